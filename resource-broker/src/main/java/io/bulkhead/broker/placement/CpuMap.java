package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.PartitionName;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Which CPUs nobody else may have, by holder: the arrangement of the machine, the host's pool, the partitions. */
final class CpuMap {
    private final List<Core> cores;
    private final CpuSet pool;
    private final Map<PartitionName, CpuSet> blocked = new LinkedHashMap<>();

    CpuMap(Topology topology, HostReserve reserve, Holdings holdings) {
        this.cores = topology.cores();
        this.pool = reserve.pool();
        Map<Integer, CpuSet> coreOf = new HashMap<>();
        cores.forEach(core -> core.threads().stream().forEach(cpu -> coreOf.put(cpu, core.threads())));
        for (Holdings.Holding holding : holdings.all()) {
            if (!holding.cpus().isEmpty()) {
                blocked.put(
                        holding.owner(), holding.wholeCores() ? wholeCores(holding.cpus(), coreOf) : holding.cpus());
            }
        }
    }

    /** A thread that came online after its core was given out belongs to the core's owner all the same. */
    private static CpuSet wholeCores(CpuSet cpus, Map<Integer, CpuSet> coreOf) {
        return CpuSet.of(cpus.stream()
                .flatMap(cpu -> coreOf.getOrDefault(cpu, CpuSet.of(cpu)).stream())
                .toArray());
    }

    /** The cores in ascending order of their lowest CPU. */
    List<Core> cores() {
        return cores;
    }

    /** The host's CPUs. */
    CpuSet pool() {
        return pool;
    }

    /** The CPUs that each partition keeps from others, in the order of names. */
    Map<PartitionName, CpuSet> blocked() {
        return blocked;
    }

    /** Every CPU that cannot be had, when these owners are left out. */
    CpuSet taken(Set<PartitionName> leftOut) {
        IntStream held = blocked.entrySet().stream()
                .filter(entry -> !leftOut.contains(entry.getKey()))
                .flatMapToInt(entry -> entry.getValue().stream());
        return CpuSet.of(IntStream.concat(pool.stream(), held).toArray());
    }
}
