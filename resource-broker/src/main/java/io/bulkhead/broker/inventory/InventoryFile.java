package io.bulkhead.broker.inventory;

import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import java.util.Comparator;
import java.util.List;

/**
 * All that is needed to plan for a machine on another one: what it is, what its host keeps, who holds what. The answer of
 * {@code GET /v1/host/inventory} and the content of the file that {@code bulkhead host export} writes, as {@link
 * InventoryFiles} reads it.
 *
 * @param version of this format; {@link #VERSION}, or an older one
 * @param madeAtMillis when it was made, milliseconds since 1970 UTC
 * @param instance the name of the installation that it is of
 * @param inventory the machine, with the CPUs and the memory that the manager divides
 * @param reserve what the host keeps for itself
 * @param holdings one for each partition that holds a slice, in the order of names
 */
public record InventoryFile(
        int version,
        long madeAtMillis,
        InstanceName instance,
        Inventory inventory,
        HostStatus.HostReserve reserve,
        List<Holding> holdings) {
    /** The version that this program writes. */
    public static final int VERSION = 1;

    /**
     * One partition's slice.
     *
     * @param name whose
     * @param slice what
     * @param wholeCores whether no other owner may have a thread of its cores
     */
    public record Holding(PartitionName name, Slice slice, boolean wholeCores) {}

    public InventoryFile {
        holdings = holdings.stream().sorted(Comparator.comparing(Holding::name)).toList();
    }
}
