package io.bulkhead.broker;

import io.bulkhead.broker.placement.Holdings;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.StorageRoom;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.List;
import java.util.Optional;

/**
 * The whole host on one page: what there is, who has it, what is free. Host, partitions and free add up to the total.
 *
 * @param host what the manager knows
 * @param topology how the CPUs are arranged
 * @param owners one for each online CPU, ascending
 * @param memory who has how much RAM
 * @param pool who has how much of the pool's CPU time
 * @param storage who has how much of the file system of the volumes, where that is known
 */
public record HostView(
        HostStatus host, Topology topology, List<Owner> owners, Memory memory, Pool pool, Optional<Storage> storage) {
    /** The owner of CPUs of the pool. */
    public static final String HOST = "host";

    /** The owner of CPUs that are nobody's. */
    public static final String FREE = "free";

    /**
     * Whose a CPU is.
     *
     * @param cpu logical CPU
     * @param owner a partition's name, {@link #HOST} or {@link #FREE}
     * @param shared whether it is of the pool, which partitions with a part of a CPU share with the host
     */
    public record Owner(int cpu, String owner, boolean shared) {}

    /**
     * RAM.
     *
     * @param total all of it
     * @param host the host's own
     * @param partitions all partitions' together, running or not
     * @param free nobody's
     */
    public record Memory(ByteSize total, ByteSize host, ByteSize partitions, ByteSize free) {}

    /**
     * CPU time of the pool.
     *
     * @param cpus that it consists of
     * @param total all of it
     * @param host the host's own
     * @param partitions all partitions' together, running or not
     * @param free nobody's
     */
    public record Pool(CpuSet cpus, CpuMillis total, CpuMillis host, CpuMillis partitions, CpuMillis free) {}

    /**
     * The file system that has the volumes.
     *
     * @param total its size
     * @param host what is no partition's volume, and what the file system keeps for itself
     * @param partitions all volumes, also of partitions that have released their slices
     * @param free what could still be written
     */
    public record Storage(ByteSize total, ByteSize host, ByteSize partitions, ByteSize free) {
        static Storage of(StorageRoom room, long volumeBytes) {
            long used = Math.max(0, room.total().bytes() - room.available().bytes());
            long volumes = Math.min(used, volumeBytes);
            return new Storage(
                    room.total(),
                    new ByteSize(used - volumes),
                    new ByteSize(volumes),
                    new ByteSize(room.total().bytes() - used));
        }
    }

    /** One of whose file system nothing is known. */
    public HostView(HostStatus host, Topology topology, List<Owner> owners, Memory memory, Pool pool) {
        this(host, topology, owners, memory, pool, Optional.empty());
    }

    public HostView {
        owners = List.copyOf(owners);
    }

    /** Works out who has what. */
    static HostView of(HostStatus host, Topology topology, Holdings holdings) {
        HostStatus.HostReserve reserve = host.reserve();
        List<Owner> owners = topology.online().ids().stream()
                .map(cpu -> owner(cpu, reserve.pool(), holdings))
                .toList();
        ByteSize memory = topology.memory();
        ByteSize freeMemory = new ByteSize(Math.max(
                0, memory.bytes() - reserve.memory().bytes() - holdings.memory().bytes()));
        CpuMillis pool = new CpuMillis(1000L * reserve.pool().size());
        CpuMillis freePool = new CpuMillis(Math.max(
                0,
                pool.millis() - reserve.cpu().millis() - holdings.entitlements().millis()));
        return new HostView(
                host,
                topology,
                owners,
                new Memory(memory, reserve.memory(), holdings.memory(), freeMemory),
                new Pool(reserve.pool(), pool, reserve.cpu(), holdings.entitlements(), freePool),
                host.storage().map(room -> Storage.of(room, holdings.volumeBytes())));
    }

    private static Owner owner(int cpu, CpuSet pool, Holdings holdings) {
        if (pool.contains(cpu)) {
            return new Owner(cpu, HOST, true);
        }
        String owner = holdings.all().stream()
                .filter(holding -> holding.cpus().contains(cpu))
                .map(holding -> holding.owner().value())
                .findFirst()
                .orElse(FREE);
        return new Owner(cpu, owner, false);
    }
}
