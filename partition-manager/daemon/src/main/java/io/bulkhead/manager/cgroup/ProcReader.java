package io.bulkhead.manager.cgroup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What proc(5) says of a process that matters for groups. */
public final class ProcReader {
    /** PF_KTHREAD, include/linux/sched.h. */
    private static final long KERNEL_THREAD = 0x0020_0000;

    /** PF_EXITING, the same. */
    private static final long ENDING = 0x4;

    private final CgroupFiles files;
    private final Path proc;

    public ProcReader(CgroupFiles files, Path proc) {
        this.files = files;
        this.proc = proc;
    }

    /** The group of a process in each hierarchy, by the hierarchy's controllers or name; empty when it has ended. */
    public Map<String, String> groups(long pid) {
        String text;
        try {
            text = files.read(proc.resolve(String.valueOf(pid)).resolve("cgroup"));
        } catch (CgroupException e) {
            return Map.of();
        }
        Map<String, String> groups = new HashMap<>();
        text.lines()
                .map(line -> line.split(":", 3))
                .filter(fields -> fields.length == 3)
                .forEach(fields -> groups.put(fields[1], fields[2]));
        // Of one that is ending, and of a zombie, the hierarchies of version 1 say that it is at their top.
        return groups.containsValue("/") && isAny(pid, ENDING) ? Map.of() : groups;
    }

    /** Whether it is a thread of the kernel, or has ended. */
    public boolean isKernelThread(long pid) {
        return isAny(pid, KERNEL_THREAD);
    }

    /** Whether a process has a flag of these, or has ended. */
    private boolean isAny(long pid, long flags) {
        String stat;
        try {
            stat = files.read(proc.resolve(String.valueOf(pid)).resolve("stat"));
        } catch (CgroupException e) {
            return true;
        }
        // The name in parentheses may hold spaces; the flags are the 7th field after it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return (Long.parseLong(fields[6]) & flags) != 0;
    }

    public static Set<Long> pids(String text) {
        Set<Long> pids = new TreeSet<>();
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Long::valueOf)
                .forEach(pids::add);
        return pids;
    }
}
