package io.bulkhead.manager.cgroup.v1;

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
import io.bulkhead.manager.cgroup.PidsController;
import io.bulkhead.manager.cgroup.ProcReader;
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
    private final V1Layout layout;
    private final V1Config config;
    private final HostGroup host;
    private final IoDevices devices;

    ReadBack(CgroupFiles files, V1Layout layout, V1Config config, HostGroup host, IoDevices devices) {
        this.files = files;
        this.layout = layout;
        this.config = config;
        this.host = host;
        this.devices = devices;
    }

    /** Reads every file once only. */
    List<Promise> promises(PartitionName partition, Slice slice) {
        ReadBack once = once();
        return once.read(partition, slice, Membership.of(once.files, layout, once.proc(), partition));
    }

    /** The same where all processes are known: a file of each of them instead of one of each of its groups. */
    List<Promise> promisesAtBirth(PartitionName partition, Slice slice, List<Long> processes) {
        ReadBack once = once();
        return once.read(partition, slice, Membership.ofAll(processes, layout, once.proc(), partition));
    }

    private ReadBack once() {
        return new ReadBack(new ReadOnceFiles(files), layout, config, host, devices);
    }

    private ProcReader proc() {
        return new ProcReader(files, config.proc());
    }

    private List<Promise> read(PartitionName partition, Slice slice, Membership membership) {
        List<Promise> promises = new ArrayList<>();
        promises.add(cpus(partition, slice.cpus(), membership));
        promises.add(memory(partition, slice.memory(), membership));
        promises.add(nodes(partition, slice.memoryNodes(), membership));
        promises.add(tasks(partition, slice.tasks(), membership));
        for (IoBound bound : IoBound.values()) {
            if (bound.of(slice.io()).isLimited()) {
                promises.add(io(partition, bound, slice, membership));
            }
        }
        return List.copyOf(promises);
    }

    private Promise cpus(PartitionName partition, CpuSlice cpus, Membership membership) {
        CpusetController set = new CpusetController(files, outer("cpuset", partition));
        CpuController time = new CpuController(files, outer("cpu", partition));
        if (cpus instanceof CpuSlice.Whole whole) {
            return PromiseReading.promise(
                    Resource.CPUS,
                    cpus.toString(),
                    V1Strengths.wholeCpus(config.confine()),
                    set.effectiveCpusFile(),
                    config.confine() ? Optional.empty() : Optional.of("the host's own tasks may run there too"),
                    () -> wholeCpus(partition, whole, set, time, membership));
        }
        CpuMillis entitlement = ((CpuSlice.Part) cpus).entitlement();
        return PromiseReading.promise(
                Resource.CPUS,
                cpus.toString(),
                Strength.ENTITLED,
                time.quotaFile(),
                Optional.empty(),
                () -> partOfCpu(partition, entitlement, set, time, membership));
    }

    private Found wholeCpus(
            PartitionName partition,
            CpuSlice.Whole promised,
            CpusetController set,
            CpuController time,
            Membership membership) {
        List<String> faults = new ArrayList<>();
        CpuSet effective = checkCpus(partition, set, promised.cpus(), faults);
        if (!set.exclusive()) {
            faults.add(set.exclusiveFile() + " says 0, promised 1");
        }
        if (time.entitlement().isLimited()) {
            faults.add(time.quotaFile() + " bounds it to " + time.entitlement() + " CPU, promised all of " + promised);
        }
        if (config.confine()) {
            List<Long> outside = host.unconfined();
            if (!outside.isEmpty()) {
                faults.add("processes of the host are not confined to the pool: " + outside);
            }
        }
        faults.addAll(membership.faults("cpuset"));
        return new Found(effective.isEmpty() ? "no CPU" : new CpuSlice.Whole(effective).toString(), faults);
    }

    private Found partOfCpu(
            PartitionName partition,
            CpuMillis promised,
            CpusetController set,
            CpuController time,
            Membership membership) {
        List<String> faults = new ArrayList<>();
        Limit<CpuMillis> found = time.entitlement();
        if (!found.equals(Limit.of(promised))) {
            faults.add(time.quotaFile() + " gives " + found + " CPU, promised " + promised);
        }
        if (time.burstMicros() != 0) {
            faults.add(time.burstFile() + " says " + time.burstMicros() + ", promised 0");
        }
        checkCpus(partition, set, config.reserve().pool(), faults);
        faults.addAll(membership.faults("cpuset"));
        faults.addAll(membership.faults("cpu"));
        return new Found(found + " CPU of the pool", faults);
    }

    /** The outer and the nested group must both have exactly these CPUs online. */
    private CpuSet checkCpus(PartitionName partition, CpusetController outer, CpuSet promised, List<String> faults) {
        CpuSet effective = outer.effectiveCpus();
        if (!effective.equals(promised)) {
            faults.add(outer.effectiveCpusFile() + " says '" + effective + "', promised '" + promised + "'");
        }
        Path payload = layout.payload(outer("cpuset", partition));
        if (files.exists(payload)) {
            CpusetController nested = new CpusetController(files, payload);
            if (!nested.effectiveCpus().equals(promised)) {
                faults.add(nested.effectiveCpusFile() + " says '" + nested.effectiveCpus() + "', promised '" + promised
                        + "'");
            }
        }
        return effective;
    }

    private Promise memory(PartitionName partition, ByteSize promised, Membership membership) {
        MemoryController memory = new MemoryController(files, outer("memory", partition), config.pageSize());
        return PromiseReading.promise(
                Resource.MEMORY,
                promised.toString(),
                Strength.CAPPED,
                memory.limitFile(),
                memory.countsSwap() ? Optional.empty() : Optional.of("this kernel does not count swap with memory"),
                () -> {
                    List<String> faults = new ArrayList<>();
                    // Where pages are larger than 4 KiB the kernel rounds down: never more than promised.
                    Limit<ByteSize> kernels = Limit.of(memory.rounded(promised));
                    Limit<ByteSize> found = memory.limit();
                    if (!found.equals(kernels)) {
                        faults.add(memory.limitFile() + " says " + found + ", promised " + promised);
                    }
                    if (memory.countsSwap() && !memory.limitWithSwap().equals(kernels)) {
                        faults.add(memory.limitWithSwapFile() + " says " + memory.limitWithSwap() + ", promised "
                                + promised);
                    }
                    if (!memory.hierarchical()) {
                        faults.add(memory.hierarchyFile() + " says 0, promised 1");
                    }
                    faults.addAll(membership.faults("memory"));
                    return new Found(found.toString(), faults);
                });
    }

    private Promise nodes(PartitionName partition, NodeSet promised, Membership membership) {
        CpusetController set = new CpusetController(files, outer("cpuset", partition));
        return PromiseReading.promise(
                Resource.MEMORY_NODES, "nodes " + promised, Strength.CAPPED, set.memsFile(), Optional.empty(), () -> {
                    List<String> faults = new ArrayList<>();
                    NodeSet found = set.mems();
                    if (!found.equals(promised)) {
                        faults.add(set.memsFile() + " says '" + found + "', promised '" + promised + "'");
                    }
                    Path payload = layout.payload(outer("cpuset", partition));
                    if (files.exists(payload)) {
                        CpusetController nested = new CpusetController(files, payload);
                        if (!nested.mems().equals(promised)) {
                            faults.add(
                                    nested.memsFile() + " says '" + nested.mems() + "', promised '" + promised + "'");
                        }
                    }
                    faults.addAll(membership.faults("cpuset"));
                    return new Found("nodes " + found, faults);
                });
    }

    private Promise tasks(PartitionName partition, int promised, Membership membership) {
        PidsController pids = new PidsController(files, outer("pids", partition));
        return PromiseReading.promise(
                Resource.TASKS, String.valueOf(promised), Strength.CAPPED, pids.maxFile(), Optional.empty(), () -> {
                    List<String> faults = new ArrayList<>();
                    Limit<Long> found = pids.max();
                    if (!found.equals(Limit.of((long) promised))) {
                        faults.add(pids.maxFile() + " says " + found + ", promised " + promised);
                    }
                    faults.addAll(membership.faults("pids"));
                    return new Found(found.toString(), faults);
                });
    }

    private Promise io(PartitionName partition, IoBound bound, Slice slice, Membership membership) {
        Limit<Long> promised = bound.of(slice.io());
        Path outer = outer("blkio", partition);
        BlkioController blkio = new BlkioController(files, outer);
        return PromiseReading.promise(
                bound.resource(),
                bound.text(promised),
                Strength.CAPPED,
                blkio.file(bound),
                Optional.of(V1Strengths.IO_EXCEPTION),
                () -> {
                    Set<String> bounded = devices.of(partition);
                    if (bounded.isEmpty() && !IoDevices.hasVolume(slice)) {
                        throw new CgroupException("no single disk was found under the state directory");
                    }
                    List<String> faults = new ArrayList<>();
                    // At rest there may be no device yet; what is promised is what its run gets.
                    Limit<Long> found = promised;
                    for (String device : bounded) {
                        // The kernel throttles each group by its own bounds only, so those of every group count.
                        List<Path> groups = new ArrayList<>(files.groupsIn(outer));
                        groups.add(outer);
                        for (Path group : groups) {
                            Limit<Long> one = checkBound(new BlkioController(files, group), bound, device, promised, faults);
                            found = one.equals(promised) ? found : one;
                        }
                    }
                    faults.addAll(membership.faults("blkio"));
                    return new Found(bound.text(found), faults);
                });
    }

    private static Limit<Long> checkBound(
            BlkioController blkio, IoBound bound, String device, Limit<Long> promised, List<String> faults) {
        Limit<Long> found = blkio.get(bound, device);
        if (!found.equals(promised)) {
            faults.add(blkio.file(bound) + " says " + bound.text(found) + " for " + device + ", promised "
                    + bound.text(promised));
        }
        return found;
    }

    private Path outer(String controller, PartitionName partition) {
        return layout.outer(layout.of(controller), partition);
    }
}
