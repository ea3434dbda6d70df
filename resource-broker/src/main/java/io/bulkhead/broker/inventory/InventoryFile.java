package io.bulkhead.broker.inventory;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageRoom;
import io.bulkhead.contract.unit.WireSparse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
 * @param ioCapacity what the disk of the partitions can do, where that is stated
 * @param networkCapacity what partitions may receive and send together, where that is stated
 * @param storage the file system of the volumes, where that is known
 */
public record InventoryFile(
        int version,
        long madeAtMillis,
        InstanceName instance,
        Inventory inventory,
        HostStatus.HostReserve reserve,
        List<Holding> holdings,
        Optional<IoCapacity> ioCapacity,
        Optional<NetworkCapacity> networkCapacity,
        Optional<StorageRoom> storage) {
    /** The version that this program writes. */
    public static final int VERSION = 1;

    /**
     * One partition's slice.
     *
     * @param name whose
     * @param slice what
     * @param wholeCores whether no other owner may have a thread of its cores
     * @param claim what it has asked, which a move has to give it again
     * @param atRest whether it can be moved without stopping it
     */
    public record Holding(
            PartitionName name,
            Slice slice,
            boolean wholeCores,
            Optional<Claim> claim,
            @WireSparse boolean atRest) {
        /** One of which it is not known what it has asked. */
        public Holding(PartitionName name, Slice slice, boolean wholeCores) {
            this(name, slice, wholeCores, Optional.empty(), false);
        }
    }

    /** One of a machine whose disk can do nobody says what. */
    public InventoryFile(
            int version,
            long madeAtMillis,
            InstanceName instance,
            Inventory inventory,
            HostStatus.HostReserve reserve,
            List<Holding> holdings) {
        this(
                version,
                madeAtMillis,
                instance,
                inventory,
                reserve,
                holdings,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public InventoryFile {
        holdings = holdings.stream().sorted(Comparator.comparing(Holding::name)).toList();
    }
}
