package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** Stops and continues all tasks of a group and of the groups inside; cgroup-v1/freezer-subsystem.rst. */
final class FreezerController {
    private final CgroupFiles files;
    private final Path group;

    FreezerController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    private Path stateFile() {
        return group.resolve("freezer.state");
    }

    /** Begins; {@link #isFrozen()} tells when all tasks have stopped. Writing it again helps a slow one along. */
    void freeze() {
        files.write(stateFile(), "FROZEN");
    }

    void thaw() {
        files.write(stateFile(), "THAWED");
    }

    boolean isFrozen() {
        return state().equals("FROZEN");
    }

    /** {@code THAWED}, {@code FREEZING} or {@code FROZEN}. */
    String state() {
        return Knob.text(files, stateFile());
    }
}
