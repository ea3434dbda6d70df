package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.StorageRoom;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.keeping.HostKeeping;
import io.bulkhead.manager.wall.Wall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the manager says of the host and of itself.
 *
 * @param instance whose manager
 * @param version of its program
 * @param pid of its process
 * @param startedAtMillis when it came up, milliseconds since 1970 UTC
 * @param facts the hardware
 * @param reserve what the host keeps
 * @param ioCapacity what the disk can do, as far as it is stated
 * @param networkCapacity what partitions may receive and send together, as far as it is stated
 * @param storage measures the file system of the volumes
 */
public record HostDescription(
        InstanceName instance,
        String version,
        long pid,
        long startedAtMillis,
        HostFacts facts,
        HostReserve reserve,
        IoCapacity ioCapacity,
        NetworkCapacity networkCapacity,
        Supplier<Optional<StorageRoom>> storage) {
    /** One of whose disk and network nothing is known. */
    public HostDescription(
            InstanceName instance,
            String version,
            long pid,
            long startedAtMillis,
            HostFacts facts,
            HostReserve reserve) {
        this(
                instance,
                version,
                pid,
                startedAtMillis,
                facts,
                reserve,
                IoCapacity.UNSTATED,
                NetworkCapacity.UNSTATED,
                Optional::empty);
    }

    HostStatus status(CpuSet online, Cgroups cgroups, Wall walls, HostKeeping keeping) {
        List<Enforcement> enforcement = new ArrayList<>(cgroups.enforcement());
        enforcement.addAll(walls.enforcement());
        return new HostStatus(
                instance,
                version,
                pid,
                startedAtMillis,
                facts.kernel(),
                cgroups.kind(),
                online,
                facts.nodes(),
                facts.memory(),
                reserve,
                facts.disk(),
                enforcement,
                keeping.steeringStatus(),
                keeping.capStatus(),
                Optional.of(ioCapacity).filter(capacity -> !capacity.equals(IoCapacity.UNSTATED)),
                Optional.of(networkCapacity).filter(capacity -> !capacity.equals(NetworkCapacity.UNSTATED)),
                storage.get());
    }
}
