package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.IoBound;
import io.bulkhead.manager.cgroup.IoDevices;
import io.bulkhead.manager.cgroup.Killer;
import io.bulkhead.manager.cgroup.PidsController;
import io.bulkhead.manager.cgroup.UndoableFiles;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Control groups version 1, whether or not version 2 is mounted beside them. The layout is in the package's
 * description.
 */
public final class CgroupV1 implements Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupV1.class);

    private final CgroupHierarchies mounted;
    private final V1Config config;
    private final CgroupFiles files;
    private final V1Layout layout;
    private final CpusetTrees cpusets;
    private final HostGroup host;
    private final PayloadGroups payloads;
    private final TaskControl tasks;
    private final IoDevices devices;
    private final ConcurrentMap<PartitionName, Set<String>> openedDisks = new ConcurrentHashMap<>();
    private final ReadBack readBack;

    /** Guards the shape of the trees: the exclusive top group's CPUs are those of all whole slices together. */
    private final Object trees = new Object();

    /**
     * Touches nothing yet.
     *
     * @param mounted with every controller of {@link #requiredControllers()} on a version 1 hierarchy
     * @param files the kernel's, or something that behaves like them
     * @param killer for {@link #killAll}
     * @param self the manager's process id
     */
    public CgroupV1(CgroupHierarchies mounted, V1Config config, CgroupFiles files, Killer killer, long self) {
        this.mounted = mounted;
        this.config = config;
        this.files = files;
        this.layout = new V1Layout(files, config.instance(), mounted);
        this.cpusets = new CpusetTrees(layout, config.reserve().pool(), config.nodes());
        this.host = new HostGroup(files, layout, config, self);
        this.payloads = new PayloadGroups(files, layout, config.disk(), config.pageSize());
        this.tasks = new TaskControl(files, layout, killer);
        this.devices = new IoDevices(config.disk());
        this.readBack = new ReadBack(files, layout, config, host, devices);
    }

    /** Without one of these there is no partition. */
    public static List<String> requiredControllers() {
        return V1Layout.REQUIRED;
    }

    @Override
    public String kind() {
        return mounted.kind().toString();
    }

    @Override
    public List<Enforcement> enforcement() {
        return V1Strengths.table(config.confine());
    }

    @Override
    public void prepare() {
        synchronized (trees) {
            try (Undo undo = new Undo()) {
                CgroupFiles undoable = new UndoableFiles(files, undo);
                cpusets.preparePool(undoable);
                for (Hierarchy hierarchy : layout.hierarchies()) {
                    Path top = layout.top(hierarchy);
                    GroupTree.make(undoable, top);
                    if (hierarchy.controllers().contains("memory")) {
                        memory(undoable, top).makeHierarchical();
                    }
                    if (hierarchy.controllers().contains("cpu")) {
                        new CpuController(undoable, top).setTopShares(config.onlineCpus(), config.confine());
                    }
                }
                host.prepare(undoable, undo);
                undo.keep();
            }
        }
        LOG.atInfo()
                .addKeyValue("instance", config.instance())
                .addKeyValue("cgroup", layout.poolTop())
                .log("Control groups are ready");
    }

    @Override
    public List<Path> hostGroupFiles() {
        return host.processFiles();
    }

    @Override
    public void bind(PartitionName partition, Slice slice) {
        refuseIoWithoutDisk(slice);
        refuseWhatTakesVersion2(slice);
        synchronized (trees) {
            Optional<Path> leftOver = cpusets.leftOver(files, partition, slice.cpus());
            if (leftOver.isPresent()
                    && !GroupTree.processes(files, leftOver.get()).isEmpty()) {
                throw Refusal.of(
                        ProblemCode.WRONG_STATE,
                        partition + " runs and cannot change between whole CPUs and a part of the pool",
                        "stop it first");
            }
            try (Undo undo = new Undo()) {
                CgroupFiles undoable = new UndoableFiles(files, undo);
                cpusets.bind(undoable, undo, partition, slice);
                for (Hierarchy hierarchy : layout.hierarchies()) {
                    if (!layout.isCpuset(hierarchy)) {
                        GroupTree.make(undoable, layout.outer(hierarchy, partition));
                    }
                }
                setLimits(undoable, partition, slice);
                payloads.prepare(undoable, partition, cpusets.outer(partition, slice.cpus()));
                leftOver.ifPresent(group -> GroupTree.remove(files, group));
                undo.keep();
            }
            cpusets.tidyTop(files);
            cpusets.removeEmptyTop(files);
        }
    }

    private void refuseIoWithoutDisk(Slice slice) {
        if (devices.lacks(slice)) {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "block I/O cannot be bounded: no single disk was found under the state directory",
                    "leave io out of the definition, give it storage of its own, or put the state directory onto one whole disk");
        }
    }

    private static void refuseWhatTakesVersion2(Slice slice) {
        if (slice.cpus() instanceof CpuSlice.Whole whole && whole.isolated()) {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "isolated CPUs take cgroup v2, which this host does not use",
                    "leave isolated out of the definition, or boot the host with cgroup v2");
        }
        if (slice.oomGroup()) {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "killing a partition as a whole for want of memory takes cgroup v2, which this host does not use",
                    "leave oomGroup out of the definition, or boot the host with cgroup v2");
        }
    }

    private void setLimits(CgroupFiles undoable, PartitionName partition, Slice slice) {
        payloads.hideQuota(undoable, partition);
        CpuController cpu = new CpuController(undoable, outer("cpu", partition));
        if (slice.cpus() instanceof CpuSlice.Part part) {
            cpu.setEntitlement(part.entitlement());
        } else if (slice.cpus() instanceof CpuSlice.Whole whole) {
            cpu.setWhole(whole.cpus().size());
        }
        MemoryController memory = memory(undoable, outer("memory", partition));
        memory.makeHierarchical();
        memory.setLimit(slice.memory());
        new PidsController(undoable, outer("pids", partition)).setMax(slice.tasks());
        new DevicesController(undoable, outer("devices", partition)).allowStandardNodes();
        if (config.disk().isPresent()) {
            String device = config.disk().get().device();
            Path outer = outer("blkio", partition);
            List<Path> groups = new ArrayList<>(undoable.groupsIn(outer));
            groups.add(outer);
            for (Path group : groups) {
                BlkioController blkio = new BlkioController(undoable, group);
                for (IoBound bound : IoBound.values()) {
                    blkio.set(bound, device, bound.of(slice.io()));
                }
            }
        }
    }

    @Override
    public void boundDevices(PartitionName partition, IoSlice io, Set<String> wanted) {
        devices.note(partition, wanted);
        Path outer = outer("blkio", partition);
        if (!files.exists(outer)) {
            return;
        }
        List<Path> groups = new ArrayList<>(files.groupsIn(outer));
        groups.add(outer);
        for (Path group : groups) {
            BlkioController blkio = new BlkioController(files, group);
            for (IoBound bound : IoBound.values()) {
                for (String device : blkio.devices(bound)) {
                    if (!wanted.contains(device) && !devices.isDisk(device)) {
                        blkio.set(bound, device, Limit.unlimited());
                    }
                }
                wanted.forEach(device -> blkio.set(bound, device, bound.of(io)));
            }
        }
    }

    @Override
    public void openBlockDevices(PartitionName partition, Set<String> wanted) {
        Path outer = outer("devices", partition);
        if (files.exists(outer)) {
            new DevicesController(files, outer).openBlockDevices(wanted);
        }
        openedDisks.put(partition, Set.copyOf(wanted));
    }

    @Override
    public Set<String> openedDisks(PartitionName partition) {
        return openedDisks.getOrDefault(partition, Set.of());
    }

    private Path outer(String controller, PartitionName partition) {
        return layout.outer(layout.of(controller), partition);
    }

    private MemoryController memory(CgroupFiles through, Path group) {
        return new MemoryController(through, group, config.pageSize());
    }

    /** Not here: who turns the knobs of an old host by hand is left to have seen it. */
    @Override
    public boolean repair(PartitionName partition, Slice slice) {
        return false;
    }

    @Override
    public void release(PartitionName partition) {
        synchronized (trees) {
            Set<Long> inside = tasks.processes(partition);
            if (!inside.isEmpty()) {
                throw new CgroupException(
                        "the control groups of " + partition + " cannot go: processes " + inside + " are inside");
            }
            for (Hierarchy hierarchy : layout.hierarchies()) {
                GroupTree.remove(files, layout.outer(hierarchy, partition));
            }
            // A change between whole and part that was cut off may have left one of each.
            GroupTree.remove(files, layout.outer(layout.poolTop(), partition));
            cpusets.tidyTop(files);
            cpusets.removeEmptyTop(files);
            payloads.forget(partition);
        }
    }

    @Override
    public void openPayload(PartitionName partition, UidRange owner, boolean delegateToSystemd) {
        payloads.open(partition, owner, delegateToSystemd);
    }

    @Override
    public void closePayload(PartitionName partition) {
        payloads.close(partition);
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public void enterCurrentThread(PartitionName partition) {
        payloads.enterCurrentThread(partition);
    }

    @Override
    public void enter(PartitionName partition, long pid) {
        payloads.enter(partition, pid);
    }

    /** Stays: a version 1 group may have both processes and groups inside. */
    @Override
    public void parkHolder(PartitionName partition, long pid) {}

    @Override
    public List<Path> noticeFiles(PartitionName partition) {
        // A refused task is counted, and told of, where the one lives that wanted it.
        Path refusals = new PidsController(files, layout.payload(layout.of("pids"), partition)).eventsFile();
        return files.exists(refusals) ? List.of(refusals) : List.of();
    }

    @Override
    public List<Promise> readBack(PartitionName partition, Slice slice) {
        return readBack.promises(partition, slice);
    }

    @Override
    public Optional<Promise> readBackDevices(PartitionName partition) {
        return Optional.of(new DevicesController(files, outer("devices", partition)).promise(openedDisks(partition)));
    }

    @Override
    public List<Promise> readBackAtBirth(PartitionName partition, Slice slice, List<Long> processes) {
        return readBack.promisesAtBirth(partition, slice, processes);
    }

    @Override
    public void freeze(PartitionName partition) {
        tasks.freeze(partition);
    }

    @Override
    public void thaw(PartitionName partition) {
        tasks.thaw(partition);
    }

    @Override
    public boolean isFrozen(PartitionName partition) {
        return tasks.isFrozen(partition);
    }

    @Override
    public Set<Long> processes(PartitionName partition) {
        return tasks.processes(partition);
    }

    @Override
    public void killAll(PartitionName partition) {
        tasks.killAll(partition);
    }

    @Override
    public long outOfMemoryKills(PartitionName partition) {
        return payloads.outOfMemoryKills(partition);
    }

    @Override
    public long tasksRefused(PartitionName partition) {
        return payloads.tasksRefused(partition);
    }

    @Override
    public Usage usage(PartitionName partition) {
        return Usage.read(
                () -> layout.cpuacct()
                                .map(hierarchy -> new CpuacctController(files, layout.outer(hierarchy, partition)))
                                .orElseThrow(() -> new CgroupException("no hierarchy of cpuacct is mounted"))
                                .usageNanos()
                        / 1000,
                () -> memory(files, outer("memory", partition)).usageBytes(),
                () -> new PidsController(files, outer("pids", partition)).current());
    }

    @Override
    public Set<PartitionName> present() {
        return layout.present();
    }

    @Override
    public List<CgroupMount> mountsInside(boolean delegateToSystemd) {
        List<CgroupMount> mounts = new ArrayList<>();
        mounts.add(new CgroupMount("", "tmpfs", "mode=755", false));
        for (Hierarchy hierarchy : layout.hierarchies()) {
            if (hierarchy.name().isEmpty()) {
                String controllers = hierarchy.label();
                mounts.add(new CgroupMount(controllers, "cgroup", controllers, false));
            }
        }
        if (delegateToSystemd && layout.systemd().isPresent()) {
            mounts.add(new CgroupMount("systemd", "cgroup", "none,name=systemd", true));
        }
        return mounts;
    }

    @Override
    public void remove() {
        synchronized (trees) {
            Set<PartitionName> partitions = present();
            if (!partitions.isEmpty()) {
                throw new CgroupException("the control groups of " + config.instance() + " cannot go: the partitions "
                        + partitions + " have theirs inside");
            }
            host.remove();
            cpusets.removeEmptyTop(files);
            layout.hierarchies().forEach(hierarchy -> GroupTree.remove(files, layout.top(hierarchy)));
        }
    }
}
