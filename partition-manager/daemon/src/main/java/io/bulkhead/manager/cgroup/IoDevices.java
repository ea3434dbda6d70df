package io.bulkhead.manager.cgroup;

import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The devices that partitions' block I/O is bounded with: the host's disk, and those of a run, which come and go with it.
 * Safe for any thread.
 */
public final class IoDevices {
    private final Optional<String> disk;
    private final ConcurrentMap<PartitionName, Set<String>> further = new ConcurrentHashMap<>();

    /**
     * @param disk the one under the state directory, where one was found
     */
    public IoDevices(Optional<Disk> disk) {
        this.disk = disk.map(Disk::device);
    }

    /** Notes the devices of a run, none when it is over. */
    public void note(PartitionName partition, Set<String> devices) {
        if (devices.isEmpty()) {
            further.remove(partition);
        } else {
            further.put(partition, Set.copyOf(devices));
        }
    }

    /** Major and minor numbers of all, the disk first. */
    public Set<String> of(PartitionName partition) {
        Set<String> all = new LinkedHashSet<>();
        disk.ifPresent(all::add);
        all.addAll(further.getOrDefault(partition, Set.of()));
        return all;
    }

    /** Whether a device is that of every partition, at any time. */
    public boolean isDisk(String device) {
        return disk.equals(Optional.of(device));
    }

    /**
     * Whether a slice's bounds cannot be had here: no disk is known, and its own files are on no volume, whose device
     * would do.
     */
    public boolean lacks(Slice slice) {
        return disk.isEmpty() && !slice.io().equals(IoSlice.UNLIMITED) && !hasVolume(slice);
    }

    /** Whether a partition's own files are on a device of its own while it runs. */
    public static boolean hasVolume(Slice slice) {
        return slice.storage().flatMap(StorageSlice::own).isPresent();
    }
}
