package io.bulkhead.manager.cgroup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A group with all groups inside. */
public final class GroupTree {
    /** A group stays busy for a moment after its last task was seen to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * The manager itself. Its throw-away threads pass through partitions' groups, and cgroup.procs names the process of
     * every thread inside: it must never be counted, let alone killed, as one of theirs.
     */
    private static final long SELF = ProcessHandle.current().pid();

    /** Half of PATH_MAX. */
    private static final int DEEP = 2048;

    private GroupTree() {}

    /** Makes a group unless it is there. */
    public static void make(CgroupFiles files, Path group) {
        if (!files.exists(group)) {
            files.makeGroup(group);
        }
    }

    /** The processes in a group and in all groups inside, but not our own; empty where it is not there. */
    public static Set<Long> processes(CgroupFiles files, Path group) {
        Set<Long> pids = new TreeSet<>();
        collect(files, group, pids);
        pids.remove(SELF);
        return pids;
    }

    private static void collect(CgroupFiles files, Path group, Set<Long> pids) {
        String text;
        try {
            text = files.read(group.resolve("cgroup.procs"));
        } catch (CgroupException e) {
            if (files.exists(group)) {
                throw e;
            }
            // Whoever lives inside may remove its own groups while they are being walked.
            return;
        }
        // A process of another pid namespace reads as 0.
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Long::valueOf)
                .forEach(pids::add);
        // On version 1 a partition nests groups in the hierarchy named systemd alone, and whoever is in those is in its
        // groups
        // of the other hierarchies too; on version 2 the kernel lets none be so deep.
        if (!isDeep(group)) {
            for (Path inside : files.groupsIn(group)) {
                collect(files, inside, pids);
            }
        }
    }

    /** Whether the groups inside may have paths that are too long: no name has more than 255 characters. */
    private static boolean isDeep(Path group) {
        return group.toString().length() > DEEP;
    }

    /** Removes a group with all groups inside, deepest first; nothing happens where it is not there. */
    public static void remove(CgroupFiles files, Path group) {
        boolean gone = Deadline.await(PATIENCE, () -> {
            try {
                removeOnce(files, group);
                return true;
            } catch (CgroupException e) {
                return false;
            }
        });
        if (!gone) {
            try {
                removeOnce(files, group);
            } catch (CgroupException e) {
                Set<Long> inside = processes(files, group);
                throw new CgroupException(
                        e.getMessage() + (inside.isEmpty() ? "" : "; processes inside: " + inside), e);
            }
        }
    }

    private static void removeOnce(CgroupFiles files, Path group) {
        if (isDeep(group)) {
            files.removeDeep(group);
            return;
        }
        List<Path> inside = files.groupsIn(group);
        inside.forEach(child -> removeOnce(files, child));
        if (files.exists(group)) {
            files.removeGroup(group);
        }
    }
}
