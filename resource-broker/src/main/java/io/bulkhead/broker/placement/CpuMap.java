package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.PartitionName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which CPUs nobody else may have, by holder: the arrangement of the machine, the host's pool, the partitions. */
final class CpuMap {
    private final List<Core> cores;
    private final CpuSet pool;
    private final Map<PartitionName, CpuSet> blocked = new LinkedHashMap<>();

    CpuMap(Topology topology, HostReserve reserve, Holdings holdings) {
        this.cores = topology.cores();
        this.pool = reserve.pool();
        for (Holdings.Holding holding : holdings.all()) {
            if (!holding.cpus().isEmpty()) {
                blocked.put(holding.owner(), holding.wholeCores() ? wholeCores(holding.cpus()) : holding.cpus());
            }
        }
    }

    /** A thread that came online after its core was given out belongs to the core's owner all the same. */
    private CpuSet wholeCores(CpuSet cpus) {
        return cores.stream()
                .filter(core -> core.threads().intersects(cpus))
                .map(Core::threads)
                .reduce(cpus, CpuSet::union);
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
        return blocked.entrySet().stream()
                .filter(entry -> !leftOut.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(pool, CpuSet::union);
    }
}
