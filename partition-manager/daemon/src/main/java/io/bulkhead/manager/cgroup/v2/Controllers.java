package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which controllers the groups inside a group have; cgroup-v2.rst, "Enabling and Disabling". */
final class Controllers {
    private Controllers() {}

    /** Switches on what is required and is not on yet. */
    static void enable(CgroupFiles files, Path group) {
        Path file = group.resolve("cgroup.subtree_control");
        Set<String> on = Set.of(Knob.text(files, file).split(" ", -1));
        List<String> missing =
                V2Layout.REQUIRED.stream().filter(each -> !on.contains(each)).toList();
        if (!missing.isEmpty()) {
            files.replace(file, signed("+", missing), signed("-", missing));
        }
    }

    /** Whether any is on: processes cannot be in such a group itself. */
    static boolean anyOn(CgroupFiles files, Path group) {
        return !Knob.text(files, group.resolve("cgroup.subtree_control")).isEmpty();
    }

    private static String signed(String sign, List<String> controllers) {
        return controllers.stream().map(each -> sign + each).collect(Collectors.joining(" "));
    }
}
