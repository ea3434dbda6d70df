package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.ProcReader;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The host's own group: the manager and the control plane, with {@code confine} every task of the host that can be
 * moved. It is in the hierarchies that divide CPUs only; elsewhere, also for systemd, the manager stays where it was
 * started.
 */
final class HostGroup {
    /** New tasks appear while others are being moved; each pass moves what the last one left. */
    private static final int PASSES = 20;

    private final CgroupFiles files;
    private final V1Layout layout;
    private final V1Config config;
    private final ProcReader proc;
    private final long self;

    /** Where the manager came from, by the host's group. */
    private final Map<Path, Path> origins = new HashMap<>();

    HostGroup(CgroupFiles files, V1Layout layout, V1Config config, long self) {
        this.files = files;
        this.layout = layout;
        this.config = config;
        this.proc = new ProcReader(files, config.proc());
        this.self = self;
    }

    List<Path> processFiles() {
        return layout.hostHierarchies().stream()
                .map(hierarchy -> layout.hostGroup(hierarchy).resolve("cgroup.procs"))
                .toList();
    }

    /** Makes the group and moves the manager into it. */
    void prepare(CgroupFiles undoable, Undo undo) {
        Map<String, String> groups = proc.groups(self);
        for (Hierarchy hierarchy : layout.hostHierarchies()) {
            Path host = layout.hostGroup(hierarchy);
            GroupTree.make(undoable, host);
            if (layout.isCpuset(hierarchy)) {
                CpusetController cpuset = new CpusetController(undoable, host);
                cpuset.setMems(config.nodes());
                cpuset.setCpus(config.reserve().pool());
            }
            if (hierarchy.controllers().contains("cpu")) {
                new CpuController(undoable, host).setSharesOf(config.reserve().cpu());
            }
            Path origin = origin(hierarchy, groups.getOrDefault(hierarchy.label(), "/"));
            origins.put(host, origin);
            undo.push("move the manager back to " + origin, () -> move(self, origin));
            move(self, host);
        }
        confine();
    }

    /** The directory of a group, or the root where it is one of our own: then a manager before this one was moved. */
    private Path origin(Hierarchy hierarchy, String group) {
        String shown = hierarchy.root().equals("/")
                ? group
                : group.startsWith(hierarchy.root())
                        ? group.substring(hierarchy.root().length())
                        : "/";
        String relative = shown.startsWith("/") ? shown.substring(1) : shown;
        Path directory = hierarchy.mount().resolve(relative).normalize();
        boolean ours = directory.startsWith(layout.top(hierarchy)) || directory.startsWith(layout.exclusiveTop());
        return ours || !files.exists(directory) ? hierarchy.mount() : directory;
    }

    private void move(long pid, Path group) {
        files.write(group.resolve("cgroup.procs"), String.valueOf(pid));
    }

    /**
     * Moves the host's tasks off all CPUs but the pool's, kernel threads too unless they are bound to a CPU, which refuse
     * and stay. As to CPU time, the processes join the group that has the host's reserve, and the kernel's threads stay in
     * the root: see {@link CpuController#setTopShares}.
     */
    private void confine() {
        for (Hierarchy hierarchy : confining()) {
            boolean movedOne = true;
            for (int pass = 0; movedOne && pass < PASSES; pass++) {
                movedOne = confine(hierarchy);
            }
        }
    }

    private boolean confine(Hierarchy hierarchy) {
        boolean movedOne = false;
        for (long pid : own(hierarchy.mount())) {
            boolean kernels = proc.isKernelThread(pid);
            if (layout.isCpuset(hierarchy) || !kernels) {
                movedOne |= tryMove(pid, layout.hostGroup(hierarchy)) && !kernels;
            }
        }
        return movedOne;
    }

    /** The hierarchies in which the host's tasks have to leave the root. */
    private List<Hierarchy> confining() {
        return config.confine()
                ? layout.hostHierarchies().stream()
                        .filter(hierarchy -> layout.isCpuset(hierarchy)
                                || hierarchy.controllers().contains("cpu"))
                        .toList()
                : List.of();
    }

    /** The host's user-space processes that still are in the root cpuset, so on any CPU. */
    List<Long> unconfined() {
        return own(layout.of("cpuset").mount()).stream()
                .filter(pid -> !proc.isKernelThread(pid))
                .toList();
    }

    private Set<Long> own(Path group) {
        return ProcReader.pids(files.read(group.resolve("cgroup.procs")));
    }

    private boolean tryMove(long pid, Path group) {
        try {
            move(pid, group);
            return true;
        } catch (CgroupException e) {
            // It ended meanwhile, or it is a kernel thread that stays where it is.
            return false;
        }
    }

    /** Puts every process back and removes the group. */
    void remove() {
        for (Hierarchy hierarchy : layout.hostHierarchies()) {
            Path host = layout.hostGroup(hierarchy);
            if (!files.exists(host)) {
                continue;
            }
            Path origin = origins.getOrDefault(host, hierarchy.mount());
            Path home = files.exists(origin) ? origin : hierarchy.mount();
            // What confine brought in came from the root.
            Path homeOfOthers = confining().contains(hierarchy) ? hierarchy.mount() : home;
            for (int pass = 0; pass < PASSES && !own(host).isEmpty(); pass++) {
                for (long pid : own(host)) {
                    tryMove(pid, pid == self ? home : homeOfOthers);
                }
            }
            GroupTree.remove(files, host);
        }
    }
}
