package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Unified;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.GroupTree;
import io.bulkhead.manager.cgroup.IoDevices;
import io.bulkhead.manager.cgroup.PidsController;
import io.bulkhead.manager.cgroup.ProcReader;
import io.bulkhead.manager.cgroup.UndoableFiles;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Control groups version 2. The layout is in the package's description. */
public final class CgroupV2 implements Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupV2.class);

    private final V2Config config;
    private final CgroupFiles files;
    private final V2Layout layout;
    private final CpusetTops cpusets;
    private final MemoryTops memories;
    private final IoDevices devices;
    private final Limits limits;
    private final PayloadGroups payloads;
    private final TaskControl tasks;
    private final V2Strengths strengths;
    private final ReadBack readBack;

    /** Guards the shape of the trees: the upper groups' CPUs and memory are those of all inside together. */
    private final Object trees = new Object();

    /**
     * Touches nothing yet.
     *
     * @param unified the hierarchy, with every controller of {@link #requiredControllers()}
     * @param files the kernel's, or something that behaves like them
     */
    public CgroupV2(Unified unified, V2Config config, CgroupFiles files) {
        this.config = config;
        this.files = files;
        this.layout = new V2Layout(files, unified.mount(), config.instance());
        this.cpusets = new CpusetTops(layout, config.pool());
        this.memories = new MemoryTops(layout, config.pageSize());
        this.devices = new IoDevices(config.disk());
        this.limits = new Limits(devices, config.pageSize());
        this.payloads = new PayloadGroups(files, layout, config.pageSize());
        this.tasks = new TaskControl(files, layout);
        this.strengths = new V2Strengths(unified.options().contains("memory_recursiveprot"), config.fileSystem());
        this.readBack = new ReadBack(files, layout, config, strengths, devices);
    }

    /** Without one of these there is no partition. */
    public static List<String> requiredControllers() {
        return V2Layout.REQUIRED;
    }

    @Override
    public String kind() {
        return "v2";
    }

    @Override
    public List<Enforcement> enforcement() {
        boolean prepared = files.exists(layout.wholeTop());
        String way = prepared && cpusets.style(files) == PartitionStyle.LOCAL
                ? "below one of Bulkhead's own (no cpuset.cpus.exclusive in this kernel)"
                : "by cpuset.cpus.exclusive";
        return strengths.table(way);
    }

    @Override
    public void prepare() {
        synchronized (trees) {
            try (Undo undo = new Undo()) {
                CgroupFiles undoable = new UndoableFiles(files, undo);
                Controllers.enable(undoable, layout.mount());
                for (Path top : layout.tops()) {
                    GroupTree.make(undoable, top);
                    Controllers.enable(undoable, top);
                    Limits.openUpper(undoable, top);
                }
                cpusets.preparePool(undoable);
                new CpuController(undoable, layout.poolTop()).setHeaviest();
                cpusets.tidyTop(undoable);
                memories.settle(undoable);
                undo.keep();
            }
        }
        LOG.atInfo()
                .addKeyValue("instance", config.instance())
                .addKeyValue("cgroup", layout.wholeTop())
                .log("Control groups are ready");
    }

    /** None: the kernel itself keeps the manager and the control plane off the slices, wherever they are. */
    @Override
    public List<Path> hostGroupFiles() {
        return List.of();
    }

    @Override
    public void bind(PartitionName partition, Slice slice) {
        limits.requireDisk(slice);
        synchronized (trees) {
            Path outer = layout.outer(partition, slice.cpus());
            List<Path> leftOver = layout.everyOuter(partition).stream()
                    .filter(group -> !group.equals(outer) && files.exists(group))
                    .toList();
            if (leftOver.stream().anyMatch(group -> files.exists(V2Layout.payload(group)))) {
                throw Refusal.of(
                        ProblemCode.WRONG_STATE,
                        partition + " runs and cannot change between whole CPUs and a part of the pool",
                        "stop it first");
            }
            try (Undo undo = new Undo()) {
                CgroupFiles undoable = new UndoableFiles(files, undo);
                boolean fresh = !files.exists(outer);
                make(undoable, outer);
                if (fresh) {
                    undo.push("give back the CPUs of " + outer, () -> cpusets.letGo(files, outer));
                }
                cpusets.bind(undoable, outer, slice);
                setLimits(undoable, partition, outer, slice);
                cpusets.tidyTop(undoable);
                memories.settle(undoable);
                undo.keep();
            }
            if (!leftOver.isEmpty()) {
                leftOver.forEach(this::remove);
                cpusets.tidyTop(files);
                memories.settle(files);
            }
        }
    }

    private void make(CgroupFiles through, Path outer) {
        Controllers.enable(through, layout.mount());
        Path top = Optional.ofNullable(outer.getParent()).orElse(outer);
        Controllers.enable(through, top);
        Limits.openUpper(through, top);
        GroupTree.make(through, outer);
        Controllers.enable(through, outer);
    }

    private void setLimits(CgroupFiles through, PartitionName partition, Path outer, Slice slice) {
        memories.raise(through, outer, slice.memory());
        limits.set(through, partition, outer, slice);
        payloads.protect(through, outer);
    }

    /**
     * Brings back what somebody else has changed, each part as far as it goes: the one that cannot be had back must not
     * keep the others from it.
     */
    @Override
    public boolean repair(PartitionName partition, Slice slice) {
        synchronized (trees) {
            Path outer = layout.outer(partition, slice.cpus());
            List<RuntimeException> failures = new ArrayList<>();
            attempt(failures, () -> make(files, outer));
            attempt(failures, () -> setLimits(files, partition, outer, slice));
            attempt(failures, () -> memories.settle(files));
            attempt(failures, () -> {
                if (slice.cpus() instanceof CpuSlice.Part) {
                    cpusets.preparePool(files);
                    new CpuController(files, layout.poolTop()).setHeaviest();
                }
                cpusets.bind(files, outer, slice);
            });
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
        }
        return true;
    }

    @Override
    public void boundDevices(PartitionName partition, IoSlice io, Set<String> wanted) {
        devices.note(partition, wanted);
        Path outer = layout.outer(partition);
        if (!files.exists(outer)) {
            return;
        }
        if (wanted.isEmpty()) {
            // The run is over: what stays is the bound with the disk, which binding has set.
            IoController controller = new IoController(files, outer);
            controller.devices().stream()
                    .filter(device -> !devices.isDisk(device))
                    .forEach(device -> controller.set(device, IoSlice.UNLIMITED));
        } else {
            limits.bound(files, partition, outer, io);
        }
    }

    private static void attempt(List<RuntimeException> failures, Runnable step) {
        try {
            step.run();
        } catch (CgroupException | Refusal e) {
            failures.add(e);
        }
    }

    @Override
    public void release(PartitionName partition) {
        synchronized (trees) {
            List<Path> outers =
                    layout.everyOuter(partition).stream().filter(files::exists).toList();
            for (Path outer : outers) {
                Set<Long> inside = GroupTree.processes(files, outer);
                if (!inside.isEmpty()) {
                    throw new CgroupException(
                            "the control group of " + partition + " cannot go: processes " + inside + " are inside");
                }
            }
            outers.forEach(this::remove);
            cpusets.tidyTop(files);
            memories.settle(files);
        }
    }

    private void remove(Path outer) {
        cpusets.letGo(files, outer);
        GroupTree.remove(files, outer);
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
        return false;
    }

    @Override
    public void enterCurrentThread(PartitionName partition) {
        throw new UnsupportedOperationException("a single thread cannot enter a group of version 2");
    }

    @Override
    public void enter(PartitionName partition, long pid) {
        payloads.enter(partition, pid);
    }

    @Override
    public void parkHolder(PartitionName partition, long pid) {
        payloads.parkHolder(partition, pid);
    }

    @Override
    public List<Promise> readBack(PartitionName partition, Slice slice) {
        return readBack.promises(partition, slice);
    }

    @Override
    public Optional<String> strayedTo(PartitionName partition, long pid) {
        String inside = "/" + layout.mount().relativize(layout.outer(partition)) + "/";
        return Optional.ofNullable(
                        new ProcReader(files, config.proc()).groups(pid).get(""))
                .filter(group -> !(group + "/").startsWith(inside));
    }

    @Override
    public List<Path> noticeFiles(PartitionName partition) {
        Path outer = layout.outer(partition);
        Stream<Path> own = Stream.of("cpuset.cpus.partition", "cgroup.events", "memory.events", "pids.events")
                .map(outer::resolve);
        // Before kernel 6.11 a refused task is counted, and told of, where the one lives that wanted it.
        Stream<Path> inside = Stream.of(new PidsController(files, V2Layout.payload(outer)).eventsFile());
        return Stream.concat(own, inside).filter(files::exists).toList();
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
        Path outer = layout.outer(partition);
        return files.exists(outer) ? new MemoryController(files, outer, config.pageSize()).outOfMemoryKills() : 0;
    }

    @Override
    public long tasksRefused(PartitionName partition) {
        return new PidsController(files, layout.outer(partition)).refused();
    }

    @Override
    public Usage usage(PartitionName partition) {
        Path outer = layout.outer(partition);
        return Usage.read(
                () -> new CpuController(files, outer).usageMicros(),
                () -> new MemoryController(files, outer, config.pageSize()).currentBytes(),
                () -> new PidsController(files, outer).current());
    }

    @Override
    public Optional<Pressure> pressure(PartitionName partition) {
        return new PressureFiles(files, layout.outer(partition)).read();
    }

    @Override
    public Set<PartitionName> present() {
        return layout.present();
    }

    @Override
    public List<CgroupMount> mountsInside(boolean delegateToSystemd) {
        return List.of(new CgroupMount("", "cgroup2", "", delegateToSystemd));
    }

    @Override
    public void remove() {
        synchronized (trees) {
            Set<PartitionName> partitions = present();
            if (!partitions.isEmpty()) {
                throw new CgroupException("the control groups of " + config.instance() + " cannot go: the partitions "
                        + partitions + " have theirs inside");
            }
            layout.tops().forEach(top -> GroupTree.remove(files, top));
        }
    }

    @Override
    public boolean balancesLoad(PartitionName partition) {
        Path outer = layout.outer(partition);
        return !files.exists(outer)
                || !new CpusetController(files, outer).partition().equals(CpusetController.ISOLATED);
    }

    @Override
    public Optional<Path> besideHostGroups() {
        return Optional.of(layout.mount());
    }
}
