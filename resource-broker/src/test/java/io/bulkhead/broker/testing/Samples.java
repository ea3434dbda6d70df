package io.bulkhead.broker.testing;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Machines and definitions that many tests need. */
public final class Samples {
    private Samples() {}

    /** One socket, one node with 8 GiB, cores of one thread. */
    public static Topology machine(int cpus) {
        return new Topology(
                IntStream.range(0, cpus)
                        .mapToObj(id -> new Topology.Cpu(id, 0, id, 0))
                        .toList(),
                List.of(new Topology.Node(0, ByteSize.parse("8GiB"))));
    }

    /** A host with that hardware whose pool is CPU 0, half of it its own, and which keeps 1 GiB. */
    public static HostStatus host(String instance, Topology topology) {
        return new HostStatus(
                InstanceName.parse(instance),
                "0",
                1,
                0,
                "6.1.0",
                "v2",
                topology.online(),
                NodeSet.of(0),
                topology.memory(),
                new HostStatus.HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
                Optional.empty(),
                List.of(),
                new HostStatus.Steering(true, Optional.empty(), CpuSet.EMPTY, Optional.empty(), List.of()),
                new HostStatus.MemoryCaps(true, Optional.empty(), Optional.empty(), List.of()));
    }

    /** Whole CPUs, 1 GiB and a shell. */
    public static PartitionSpec definition(String name, int cpus) {
        return definition(name, CpuClaim.Whole.of(cpus));
    }

    public static PartitionSpec definition(String name, CpuClaim cpus) {
        return new PartitionSpec(
                new PartitionName(name),
                new Claim(cpus, ByteSize.parse("1GiB"), PartitionSpec.DEFAULT_TASKS, IoSlice.UNLIMITED),
                new Init.Shell(),
                false,
                false,
                PartitionSpec.DEFAULT_STOP_TIMEOUT_MILLIS,
                Optional.empty());
    }

    /** The slice that {@link #definition} gets on these CPUs. */
    public static Slice slice(String cpus) {
        return new Slice(
                new CpuSlice.Whole(CpuSet.parse(cpus)),
                NodeSet.of(0),
                ByteSize.parse("1GiB"),
                PartitionSpec.DEFAULT_TASKS,
                IoSlice.UNLIMITED);
    }
}
