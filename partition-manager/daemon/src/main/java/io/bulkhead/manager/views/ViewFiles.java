package io.bulkhead.manager.views;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that lxcfs makes and partitions see, relative to / inside and to the mount of lxcfs outside. Files alone: below its
 * directories lxcfs hands out the host's files, with the power of the host's root.
 */
final class ViewFiles {
    private static final List<String> ALWAYS = List.of(
            "proc/cpuinfo",
            "proc/diskstats",
            "proc/loadavg",
            "proc/meminfo",
            "proc/stat",
            "proc/swaps",
            "sys/devices/system/cpu/online");

    /** With clocks of its own a partition has the kernel's, which goes with the start times of its processes. */
    private static final String UPTIME = "proc/uptime";

    private ViewFiles() {}

    /**
     * All that are to be shown.
     *
     * @param ownClocks whether partitions have a time namespace
     */
    static List<String> wanted(boolean ownClocks) {
        List<String> names = new ArrayList<>(ALWAYS);
        if (!ownClocks) {
            names.add(UPTIME);
        }
        return names;
    }

    /** Where one is, in a partition or on a host. */
    static Path at(Path root, String name) {
        return root.resolve(name);
    }

    /** How one is called in a promise: {@code meminfo}, {@code cpu/online}. */
    static String label(String name) {
        return name.replaceFirst("^(proc|sys/devices/system)/", "");
    }
}
