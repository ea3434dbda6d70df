package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** Memory of one group and the groups inside; cgroup-v2.rst, "Memory Interface Files". */
final class MemoryController {
    private final CgroupFiles files;
    private final Path group;
    private final long pageSize;

    MemoryController(CgroupFiles files, Path group, long pageSize) {
        this.files = files;
        this.group = group;
        this.pageSize = pageSize;
    }

    Path maxFile() {
        return group.resolve("memory.max");
    }

    Path minFile() {
        return group.resolve("memory.min");
    }

    Path highFile() {
        return group.resolve("memory.high");
    }

    Path swapFile() {
        return group.resolve("memory.swap.max");
    }

    Path oomGroupFile() {
        return group.resolve("memory.oom.group");
    }

    /** Exactly this much: no more, and no less against everybody, as far as the groups above have it too. */
    void setSlice(ByteSize amount) {
        String bytes = String.valueOf(rounded(amount).bytes());
        Knob.set(files, maxFile(), bytes);
        Knob.set(files, highFile(), "max");
        if (countsSwap()) {
            Knob.set(files, swapFile(), "0");
        }
        Knob.set(files, minFile(), bytes);
    }

    /** Whether all of it goes when the kernel kills a part of it for want of memory. */
    void setOomGroup(boolean wanted) {
        Knob.set(files, oomGroupFile(), wanted ? "1" : "0");
    }

    boolean oomGroup() {
        return Knob.number(files, oomGroupFile()) == 1;
    }

    void setMin(ByteSize amount) {
        Knob.set(files, minFile(), String.valueOf(rounded(amount).bytes()));
    }

    Limit<ByteSize> max() {
        return read(maxFile());
    }

    /** What the kernel takes from it last of all; an unlimited one protects everything. */
    Limit<ByteSize> min() {
        return read(minFile());
    }

    Limit<ByteSize> high() {
        return read(highFile());
    }

    /** Whether this kernel counts swap. */
    boolean countsSwap() {
        return files.exists(swapFile());
    }

    Limit<ByteSize> swap() {
        return read(swapFile());
    }

    /** What it and the groups inside have now. */
    long currentBytes() {
        return Knob.number(files, group.resolve("memory.current"));
    }

    /** Victims of the out-of-memory killer in it and in the groups inside, since it was made. */
    long outOfMemoryKills() {
        return Knob.number(files, group.resolve("memory.events"), "oom_kill");
    }

    /** What the kernel makes of an amount: whole pages, rounded down (mm/page_counter.c, page_counter_memparse). */
    ByteSize rounded(ByteSize amount) {
        return new ByteSize(amount.bytes() / pageSize * pageSize);
    }

    private Limit<ByteSize> read(Path file) {
        String text = Knob.text(files, file);
        if (text.equals("max")) {
            return Limit.unlimited();
        }
        try {
            return Limit.of(new ByteSize(Long.parseLong(text)));
        } catch (NumberFormatException e) {
            throw new CgroupException("read " + file + ": '" + text + "' is no amount of memory", e);
        }
    }
}
