package io.bulkhead.console.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a host's control groups can enforce. Reads only: what cannot be told before groups are made is said so. */
final class ControlGroupChecks {
    /** Controllers without which there is no partition, where each has a hierarchy of its own (version 1). */
    private static final List<String> SEPARATE =
            List.of("cpuset", "cpu", "memory", "pids", "blkio", "devices", "freezer");

    /** The same of one hierarchy (version 2). */
    private static final List<String> UNIFIED = List.of("cpuset", "cpu", "io", "memory", "pids");

    private static final String WHAT = "control groups";
    private static final String EXCLUSIVE = "cpuset.cpus.exclusive";
    private static final String PARTITION = "cpuset.cpus.partition";

    private final HostFiles files;
    private final String instance;

    ControlGroupChecks(HostFiles files, String instance) {
        this.files = files;
        this.instance = instance;
    }

    List<Finding> all() {
        Optional<MountLine> unified = files.mounts().stream()
                .filter(mount -> mount.type().equals("cgroup2"))
                .findFirst();
        List<String> available = unified.map(mount -> words(mount.point() + "/cgroup.controllers"))
                .orElse(List.of());
        if (unified.isPresent() && available.containsAll(UNIFIED)) {
            return ofVersion2(unified.get());
        }
        return List.of(ofVersion1(unified.isPresent(), available));
    }

    private Finding ofVersion1(boolean hasUnified, List<String> available) {
        Set<String> mounted = files.mounts().stream()
                .filter(mount -> mount.type().equals("cgroup"))
                .flatMap(mount -> mount.options().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> missing =
                SEPARATE.stream().filter(each -> !mounted.contains(each)).toList();
        if (missing.isEmpty()) {
            return Finding.good(
                    WHAT,
                    "version 1 with all controllers: memory is capped, not kept; buffered writes are not bounded");
        }
        if (hasUnified && !mounted.contains("cpuset")) {
            String absent =
                    UNIFIED.stream().filter(each -> !available.contains(each)).collect(Collectors.joining(", "));
            return Finding.bad(
                    WHAT,
                    "version 2 without " + absent,
                    "use a kernel that has them; nothing like cgroup_disable=memory may be on its command line");
        }
        return Finding.bad(
                WHAT,
                "without " + String.join(", ", missing),
                "boot with systemd.unified_cgroup_hierarchy=1, or mount the missing controllers");
    }

    private List<Finding> ofVersion2(MountLine mount) {
        List<Finding> all = new ArrayList<>();
        all.add(Finding.good(
                WHAT,
                "version 2 with " + String.join(", ", UNIFIED) + "; whole CPUs " + wayOfPartitions(mount.point())
                        + files.text("/proc/sys/kernel/osrelease")
                                .map(kernel -> "; kernel " + kernel)
                                .orElse("")));
        all.add(protection(mount));
        all.add(confinedByOthers(mount.point()));
        return all;
    }

    /** Which files the kernel has shows only in a group that has the controller, and the root group has neither. */
    private String wayOfPartitions(String mount) {
        List<String> groups = groups(mount);
        if (groups.stream().anyMatch(group -> files.exists(group + "/" + EXCLUSIVE))) {
            return "by " + EXCLUSIVE;
        }
        return groups.stream().anyMatch(group -> files.exists(group + "/" + PARTITION))
                ? "below a cpuset partition of Bulkhead's own (this kernel has no " + EXCLUSIVE
                        + "): a group of the host's that names their CPUs takes them back, and is reported"
                : "as cpuset partitions ('bulkhead host' says by which way, once it is up)";
    }

    private static Finding protection(MountLine mount) {
        String what = "memory protection";
        String option = "memory_recursiveprot";
        return mount.options().contains(option)
                ? Finding.good(what, "memory.min holds for groups inside too (" + option + ")")
                : Finding.weak(
                        what,
                        mount.point() + " is mounted without " + option
                                + ": a systemd inside a partition loses the protection",
                        "mount -o remount,nsdelegate," + option + " " + mount.point());
    }

    /** systemd does not take back what it once wrote for AllowedCPUs=. */
    private Finding confinedByOthers(String mount) {
        String what = "CPUs of the host's groups";
        List<String> confined = groups(mount).stream()
                .filter(group ->
                        !group.equals(mount + "/" + instance) && !group.equals(mount + "/" + instance + ".pool"))
                .flatMap(group -> files.text(group + "/cpuset.cpus").stream()
                        .filter(cpus -> !cpus.isEmpty())
                        .map(cpus -> group.substring(group.lastIndexOf('/') + 1) + " (" + cpus + ")"))
                .toList();
        return confined.isEmpty()
                ? Finding.good(what, "no group is confined by cpuset.cpus")
                : Finding.weak(
                        what,
                        "confined by cpuset.cpus: " + String.join(", ", confined),
                        "where no AllowedCPUs= asks for it, systemd has left it behind: echo > GROUP/cpuset.cpus in "
                                + mount);
    }

    private List<String> groups(String mount) {
        return files.names(mount).stream()
                .map(name -> mount + "/" + name)
                .filter(path -> files.exists(path + "/cgroup.procs"))
                .toList();
    }

    private List<String> words(String file) {
        return files.text(file).map(text -> List.of(text.split(" "))).orElse(List.of());
    }
}
