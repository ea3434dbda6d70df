package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.ProcReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a partition's processes are in its groups in every hierarchy: a limit holds only those inside.
 *
 * <p>What is compared was read at different moments, so a process that one hierarchy shows and another does not is
 * asked about by itself before it counts.
 */
final class Membership {
    private final V1Layout layout;
    private final Map<Hierarchy, List<String>> faults;

    private Membership(V1Layout layout, Map<Hierarchy, List<String>> faults) {
        this.layout = layout;
        this.faults = faults;
    }

    static Membership of(CgroupFiles files, V1Layout layout, ProcReader proc, PartitionName partition) {
        Map<Hierarchy, List<String>> faults = new HashMap<>();
        Map<Hierarchy, Set<Long>> inside = new HashMap<>();
        Set<Long> all = new HashSet<>();
        Map<Hierarchy, Path> payloads = new HashMap<>();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            Path payload = layout.payload(hierarchy, partition);
            if (files.exists(payload)) {
                payloads.put(hierarchy, payload);
            }
        }
        for (Hierarchy hierarchy : layout.hierarchies()) {
            List<String> found = new ArrayList<>();
            faults.put(hierarchy, found);
            if (!payloads.isEmpty() && !payloads.containsKey(hierarchy)) {
                found.add("there is no " + layout.payload(hierarchy, partition) + " where the processes belong");
            }
            try {
                // The outer group has none of its own; one that strayed there is still inside, and asked about below.
                Path group = payloads.getOrDefault(hierarchy, layout.outer(hierarchy, partition));
                Set<Long> pids = GroupTree.processes(files, group);
                inside.put(hierarchy, pids);
                all.addAll(pids);
            } catch (CgroupException e) {
                found.add(String.valueOf(e.getMessage()));
            }
        }
        for (Map.Entry<Hierarchy, Set<Long>> entry : inside.entrySet()) {
            for (long pid : all) {
                if (!entry.getValue().contains(pid)) {
                    addIfOutside(
                            entry.getKey(), pid, proc.groups(pid), layout.outer(entry.getKey(), partition), faults);
                }
            }
        }
        return new Membership(layout, faults);
    }

    /** Of processes that are known to be all there are. */
    static Membership ofAll(List<Long> processes, V1Layout layout, ProcReader proc, PartitionName partition) {
        Map<Hierarchy, List<String>> faults = new HashMap<>();
        for (long pid : processes) {
            Map<String, String> groups = proc.groups(pid);
            for (Hierarchy hierarchy : layout.hierarchies()) {
                addIfOutside(hierarchy, pid, groups, layout.outer(hierarchy, partition), faults);
            }
        }
        return new Membership(layout, faults);
    }

    private static void addIfOutside(
            Hierarchy hierarchy,
            long pid,
            Map<String, String> groups,
            Path outer,
            Map<Hierarchy, List<String>> faults) {
        String group = groups.get(hierarchy.label());
        String expected = "/" + hierarchy.mount().relativize(outer);
        // A process that has ended has no group any more; one that was born meanwhile is inside.
        if (group != null && !(group + "/").contains(expected + "/")) {
            faults.computeIfAbsent(hierarchy, any -> new ArrayList<>())
                    .add("process " + pid + " is in " + group + " of " + hierarchy.label() + ", not in " + expected);
        }
    }

    /** What is wrong in the hierarchy of a controller; empty when nothing is. */
    List<String> faults(String controller) {
        return faults.getOrDefault(layout.of(controller), List.of());
    }
}
