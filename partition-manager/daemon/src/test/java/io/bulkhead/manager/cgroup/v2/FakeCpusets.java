package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Cpuset partitions as kernels 6.1 (without {@code cpuset.cpus.exclusive}) and 6.12 (with it) treat them: what makes one
 * invalid and with which words, that an invalid one heals only when it is asked for anew, which CPUs each group has.
 */
final class FakeCpusets {
    private static final String CPUS = "cpuset.cpus";
    private static final String EXCLUSIVE = "cpuset.cpus.exclusive";
    private static final String PARTITION = "cpuset.cpus.partition";
    private static final String EFFECTIVE = "cpuset.cpus.effective";

    private static final String NOTHING_LEFT = "Parent unable to distribute cpu downstream";

    private final Path root;
    private final boolean knowsExclusive;
    private CpuSet online = CpuSet.parse("0-3");

    FakeCpusets(Path root, boolean knowsExclusive) {
        this.root = root;
        this.knowsExclusive = knowsExclusive;
    }

    boolean knowsExclusive() {
        return knowsExclusive;
    }

    void setOnline(CpuSet cpus) {
        online = cpus;
        settle();
    }

    void write(Path file, Path group, String name, String value) {
        switch (name) {
            case "cpuset.mems" -> {
                if (!NodeSet.of(0, 1).containsAll(NodeSet.parse(value))) {
                    throw FakeCgroup2Tree.refused(file, value, "Invalid argument");
                }
                FakeCgroup2Tree.put(file, value);
            }
            case EXCLUSIVE -> {
                CpuSet wanted = CpuSet.parse(value);
                for (Path sibling : siblings(group)) {
                    if (cpus(sibling, EXCLUSIVE).intersects(wanted)) {
                        throw FakeCgroup2Tree.refused(file, value, "Invalid argument");
                    }
                }
                FakeCgroup2Tree.put(file, wanted.toString());
            }
            case CPUS -> {
                boolean grows = !cpus(group, CPUS).containsAll(CpuSet.parse(value));
                FakeCgroup2Tree.put(file, CpuSet.parse(value).toString());
                if (grows && isValidPartition(group) && leavesNothingAbove(group)) {
                    String kind = text(group, PARTITION);
                    FakeCgroup2Tree.put(group.resolve(PARTITION), kind + " invalid (" + NOTHING_LEFT + ")");
                }
            }
            case PARTITION -> {
                String before = text(group, PARTITION);
                boolean staysInvalid = !knowsExclusive && before.contains("invalid") && !value.equals("member");
                FakeCgroup2Tree.put(file, staysInvalid ? value + before.substring(before.indexOf(' ')) : value);
                Optional<String> reason =
                        leavesNothingAbove(group) && !value.equals("member") ? Optional.of(NOTHING_LEFT) : why(group);
                if (!staysInvalid) {
                    reason.ifPresent(words -> FakeCgroup2Tree.put(file, value + " invalid (" + words + ")"));
                }
            }
            default -> throw new IllegalArgumentException(name);
        }
        settle();
    }

    /** Before 6.7 a populated group needs the one above to have a CPU besides. */
    private boolean leavesNothingAbove(Path group) {
        Path parent = parent(group);
        if (knowsExclusive || parent.equals(root) || !isPopulated(group)) {
            return false;
        }
        CpuSet left = own(parent);
        for (Path sibling : siblings(group)) {
            left = isValidPartition(sibling) ? left.minus(own(sibling)) : left;
        }
        return own(group).containsAll(left);
    }

    private static boolean isPopulated(Path group) {
        return FakeCgroup2Tree.walk(group)
                .anyMatch(path -> path.endsWith("cgroup.procs")
                        && !FakeCgroup2Tree.text(path).isBlank());
    }

    /** Looks at every partition again, then at who has which CPUs. */
    void settle() {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Path group : groups(root)) {
                if (isValidPartition(group)) {
                    Optional<String> reason = why(group);
                    if (reason.isPresent()) {
                        String kind = text(group, PARTITION);
                        boolean demoted = knowsExclusive && reason.get().equals("taken from above");
                        FakeCgroup2Tree.put(
                                group.resolve(PARTITION),
                                demoted ? "member" : kind + " invalid (" + reason.get() + ")");
                        changed = true;
                    }
                }
            }
        }
        distribute();
    }

    /** Why a group cannot be the partition it asks to be. */
    private Optional<String> why(Path group) {
        if (text(group, PARTITION).startsWith("member")) {
            return Optional.empty();
        }
        CpuSet own = own(group);
        if (own.isEmpty()) {
            return Optional.of(
                    knowsExclusive
                            ? "cpuset.cpus and cpuset.cpus.exclusive are empty"
                            : "Parent unable to distribute cpu downstream");
        }
        if (isPopulated(group) && !own.intersects(online)) {
            return Optional.of("No cpu available due to hotplug");
        }
        boolean remote = knowsExclusive && !cpus(group, EXCLUSIVE).isEmpty();
        if (remote) {
            for (Path above = parent(group); !above.equals(root); above = parent(above)) {
                if (!cpus(above, EXCLUSIVE).containsAll(own)) {
                    return Optional.of("taken from above");
                }
            }
            boolean overlapped = siblings(group).stream()
                    .anyMatch(sibling -> cpus(sibling, CPUS).intersects(cpus(group, CPUS)));
            return overlapped ? Optional.of("Cpu list in cpuset.cpus not exclusive") : Optional.empty();
        }
        Path parent = parent(group);
        if (!parent.equals(root) && !isValidPartition(parent)) {
            return Optional.of("Parent is not a partition root");
        }
        boolean overlapped =
                siblings(group).stream().anyMatch(sibling -> cpus(sibling, CPUS).intersects(own));
        return overlapped ? Optional.of("Cpu list in cpuset.cpus not exclusive") : Optional.empty();
    }

    private void distribute() {
        Map<Path, CpuSet> effective = new HashMap<>();
        effective.put(root, online.minus(taken(root)));
        for (Path group : groups(root)) {
            CpuSet above = effective.getOrDefault(parent(group), CpuSet.EMPTY);
            CpuSet mine;
            if (isValidPartition(group)) {
                mine = own(group).intersection(online).minus(taken(group));
            } else {
                CpuSet asked = cpus(group, CPUS).intersection(above);
                mine = asked.isEmpty() ? above : asked;
            }
            effective.put(group, mine);
            String mems = text(group, "cpuset.mems");
            FakeCgroup2Tree.put(
                    group.resolve("cpuset.mems.effective"),
                    mems.isEmpty() ? text(parent(group), "cpuset.mems.effective") : mems);
        }
        effective.forEach((group, cpus) -> FakeCgroup2Tree.put(group.resolve(EFFECTIVE), cpus.toString()));
    }

    /** What the partitions inside have of a group's CPUs. */
    private CpuSet taken(Path group) {
        CpuSet taken = CpuSet.EMPTY;
        for (Path inside : groups(group)) {
            if (isValidPartition(inside)) {
                taken = taken.union(own(inside));
            }
        }
        return taken;
    }

    private boolean isValidPartition(Path group) {
        String text = text(group, PARTITION);
        return text.equals("root") || text.equals("isolated");
    }

    private CpuSet own(Path group) {
        CpuSet exclusive = cpus(group, EXCLUSIVE);
        return exclusive.isEmpty() ? cpus(group, CPUS) : exclusive;
    }

    private static CpuSet cpus(Path group, String file) {
        return CpuSet.parse(text(group, file));
    }

    private static String text(Path group, String file) {
        Path path = group.resolve(file);
        return Files.exists(path) ? FakeCgroup2Tree.text(path).strip() : "";
    }

    private Path parent(Path group) {
        return FakeCgroup2Tree.parent(group);
    }

    private List<Path> siblings(Path group) {
        return groups(parent(group)).stream()
                .filter(other -> parent(other).equals(parent(group)) && !other.equals(group))
                .toList();
    }

    /** Every group inside that has cpuset files, those above before those below. */
    private static List<Path> groups(Path above) {
        Set<Path> found = new HashSet<>();
        List<Path> sorted = new ArrayList<>();
        FakeCgroup2Tree.walk(above)
                .filter(path -> path.endsWith(PARTITION))
                .map(FakeCgroup2Tree::parent)
                .filter(group -> !group.equals(above) && found.add(group))
                .sorted()
                .forEach(sorted::add);
        return sorted;
    }
}
