package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.IoBound;
import io.bulkhead.manager.cgroup.IoDevices;
import io.bulkhead.manager.cgroup.Knob;
import io.bulkhead.manager.cgroup.PidsController;
import io.bulkhead.manager.cgroup.PromiseReading;
import io.bulkhead.manager.cgroup.PromiseReading.Found;
import io.bulkhead.manager.cgroup.ReadOnceFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares a slice with what the kernel says now. Changes nothing. */
final class ReadBack {
    private final CgroupFiles files;
    private final V2Layout layout;
    private final V2Config config;
    private final V2Strengths strengths;
    private final IoDevices devices;

    ReadBack(CgroupFiles files, V2Layout layout, V2Config config, V2Strengths strengths, IoDevices devices) {
        this.files = files;
        this.layout = layout;
        this.config = config;
        this.strengths = strengths;
        this.devices = devices;
    }

    /** Reads every file once only. */
    List<Promise> promises(PartitionName partition, Slice slice) {
        CgroupFiles once = new ReadOnceFiles(files);
        V2Layout look = new V2Layout(once, layout.mount(), config.instance());
        return new ReadBack(once, look, config, strengths, devices)
                .read(partition, look.outer(partition, slice.cpus()), slice);
    }

    private List<Promise> read(PartitionName partition, Path outer, Slice slice) {
        List<Promise> promises = new ArrayList<>();
        promises.add(cpus(outer, slice.cpus()));
        promises.add(memory(outer, slice));
        promises.add(nodes(outer, slice.memoryNodes()));
        promises.add(tasks(outer, slice.tasks()));
        for (IoBound bound : IoBound.values()) {
            if (bound.of(slice.io()).isLimited()) {
                promises.add(io(partition, outer, bound, slice));
            }
        }
        return List.copyOf(promises);
    }

    private Promise cpus(Path outer, CpuSlice cpus) {
        CpusetController set = new CpusetController(files, outer);
        CpuController time = new CpuController(files, outer);
        if (cpus instanceof CpuSlice.Whole whole) {
            return PromiseReading.promise(
                    Resource.CPUS,
                    cpus.toString(),
                    Strength.EXCLUSIVE,
                    set.partitionFile(),
                    Optional.empty(),
                    () -> wholeCpus(outer, whole, set, time));
        }
        CpuMillis entitlement = ((CpuSlice.Part) cpus).entitlement();
        return PromiseReading.promise(
                Resource.CPUS,
                cpus.toString(),
                Strength.ENTITLED,
                time.maxFile(),
                Optional.empty(),
                () -> partOfCpu(outer, entitlement, time));
    }

    private Found wholeCpus(Path outer, CpuSlice.Whole promised, CpusetController set, CpuController time) {
        List<String> faults = new ArrayList<>();
        String kind = CpusetTops.kind(promised);
        // An upper group that is no cpuset partition any more leaves those inside with theirs in name only (6.1).
        if (!set.knowsExclusive()) {
            checkKind(new CpusetController(files, layout.wholeTop()), CpusetController.ROOT, faults);
        }
        checkKind(set, kind, faults);
        CpuSet effective = checkCpus(outer, promised.cpus(), faults);
        CpusetController hosts = new CpusetController(files, layout.mount());
        if (hosts.effectiveCpus().intersects(promised.cpus())) {
            faults.add(hosts.effectiveCpusFile() + " says '" + hosts.effectiveCpus() + "': the host has CPUs "
                    + hosts.effectiveCpus().intersection(promised.cpus()) + " too");
        }
        if (time.entitlement().isLimited()) {
            faults.add(time.maxFile() + " bounds it to " + time.entitlement() + " CPU, promised all of " + promised);
        }
        Limits.checkUpper(files, top(outer), "cpu.max", faults);
        return new Found(
                effective.isEmpty() ? "no CPU" : new CpuSlice.Whole(effective, promised.isolated()).toString(), faults);
    }

    private static void checkKind(CpusetController set, String kind, List<String> faults) {
        if (!set.partition().equals(kind)) {
            faults.add(set.partitionFile() + " says '" + set.partition() + "', promised '" + kind + "'");
        }
    }

    private Found partOfCpu(Path outer, CpuMillis promised, CpuController time) {
        List<String> faults = new ArrayList<>();
        Limit<CpuMillis> found = time.entitlement();
        if (!found.equals(Limit.of(promised))) {
            faults.add(time.maxFile() + " gives " + found + " CPU, promised " + promised);
        }
        if (time.burstMicros() != 0) {
            faults.add(time.burstFile() + " says " + time.burstMicros() + ", promised 0");
        }
        if (time.weight() != CpuController.weight(promised)) {
            faults.add(time.weightFile() + " says " + time.weight() + ", promised " + CpuController.weight(promised));
        }
        Limits.checkUpper(files, top(outer), "cpu.max", faults);
        checkCpus(outer, config.pool(), faults);
        return new Found(found + " CPU of the pool", faults);
    }

    /** The outer and the nested group must both have exactly these CPUs online. */
    private CpuSet checkCpus(Path outer, CpuSet promised, List<String> faults) {
        for (Path group : groups(outer)) {
            CpusetController set = new CpusetController(files, group);
            if (!set.effectiveCpus().equals(promised)) {
                faults.add(
                        set.effectiveCpusFile() + " says '" + set.effectiveCpus() + "', promised '" + promised + "'");
            }
        }
        return new CpusetController(files, outer).effectiveCpus();
    }

    /** The outer group, and the nested one while there is a run. */
    private List<Path> groups(Path outer) {
        Path payload = V2Layout.payload(outer);
        return files.exists(payload) ? List.of(outer, payload) : List.of(outer);
    }

    private Promise memory(Path outer, Slice slice) {
        ByteSize promised = slice.memory();
        MemoryController memory = new MemoryController(files, outer, config.pageSize());
        return PromiseReading.promise(
                Resource.MEMORY,
                promised.toString(),
                strengths.memory(),
                memory.maxFile(),
                Optional.of(strengths.memoryException()),
                () -> memory(outer, memory, memory.rounded(promised), slice.oomGroup()));
    }

    private Found memory(Path outer, MemoryController memory, ByteSize promised, boolean oomGroup) {
        List<String> faults = new ArrayList<>();
        if (memory.oomGroup() != oomGroup) {
            faults.add(memory.oomGroupFile() + " says " + (oomGroup ? "0, promised 1" : "1, promised 0"));
        }
        Limit<ByteSize> kernels = Limit.of(promised);
        check(memory.maxFile(), memory.max(), kernels, faults);
        check(memory.highFile(), memory.high(), Limit.unlimited(), faults);
        if (memory.countsSwap()) {
            check(memory.swapFile(), memory.swap(), Limit.of(ByteSize.ZERO), faults);
        }
        for (Path group : groups(outer)) {
            MemoryController each = new MemoryController(files, group, config.pageSize());
            check(each.minFile(), each.min(), kernels, faults);
        }
        Path top = top(outer);
        MemoryController above = new MemoryController(files, top, config.pageSize());
        ByteSize inside = new MemoryTops(layout, config.pageSize()).sum(files, top);
        if (above.min().fold(amount -> amount.compareTo(inside) < 0, false)) {
            faults.add(above.minFile() + " says " + above.min() + ", promised to all inside together " + inside);
        }
        Limits.checkUpper(files, top, "memory.max", faults);
        Limits.checkUpper(files, top, "memory.high", faults);
        return new Found(memory.max().toString(), faults);
    }

    private static Path top(Path outer) {
        return Optional.ofNullable(outer.getParent()).orElse(outer);
    }

    private static void check(Path file, Limit<ByteSize> found, Limit<ByteSize> promised, List<String> faults) {
        if (!found.equals(promised)) {
            faults.add(file + " says " + found + ", promised " + promised);
        }
    }

    private Promise nodes(Path outer, NodeSet promised) {
        CpusetController set = new CpusetController(files, outer);
        return PromiseReading.promise(
                Resource.MEMORY_NODES,
                "nodes " + promised,
                Strength.CAPPED,
                set.effectiveMemsFile(),
                Optional.empty(),
                () -> {
                    List<String> faults = new ArrayList<>();
                    for (Path group : groups(outer)) {
                        CpusetController each = new CpusetController(files, group);
                        if (!each.effectiveMems().equals(promised)) {
                            faults.add(each.effectiveMemsFile() + " says '" + each.effectiveMems() + "', promised '"
                                    + promised + "'");
                        }
                    }
                    return new Found("nodes " + set.effectiveMems(), faults);
                });
    }

    private Promise tasks(Path outer, int promised) {
        PidsController pids = new PidsController(files, outer);
        return PromiseReading.promise(
                Resource.TASKS, String.valueOf(promised), Strength.CAPPED, pids.maxFile(), Optional.empty(), () -> {
                    List<String> faults = new ArrayList<>();
                    Limit<Long> found = pids.max();
                    if (!found.equals(Limit.of((long) promised))) {
                        faults.add(pids.maxFile() + " says " + found + ", promised " + promised);
                    }
                    Limits.checkUpper(files, top(outer), "pids.max", faults);
                    check(outer.resolve(Limits.MOST_GROUPS_FILE), Limits.MOST_GROUPS, faults);
                    check(outer.resolve(Limits.DEEPEST_FILE), Limits.DEEPEST, faults);
                    return new Found(found.toString(), faults);
                });
    }

    private void check(Path file, String promised, List<String> faults) {
        String found = Knob.text(files, file);
        if (!found.equals(promised)) {
            faults.add(file + " says " + found + ", promised " + promised);
        }
    }

    private Promise io(PartitionName partition, Path outer, IoBound bound, Slice slice) {
        Limit<Long> promised = bound.of(slice.io());
        IoController io = new IoController(files, outer);
        return PromiseReading.promise(
                bound.resource(), bound.text(promised), Strength.CAPPED, io.maxFile(), strengths.ioException(), () -> {
                    Set<String> bounded = devices.of(partition);
                    if (bounded.isEmpty() && !IoDevices.hasVolume(slice)) {
                        throw new CgroupException("no single disk was found under the state directory");
                    }
                    List<String> faults = new ArrayList<>();
                    // At rest there may be no device yet; what is promised is what its run gets.
                    Limit<Long> found = promised;
                    for (String device : bounded) {
                        Limit<Long> one = io.get(device).getOrDefault(bound, Limit.unlimited());
                        if (!one.equals(promised)) {
                            found = one;
                            faults.add(io.maxFile() + " says " + bound.text(one) + " for " + device + ", promised "
                                    + bound.text(promised));
                        }
                    }
                    return new Found(bound.text(found), faults);
                });
    }
}
