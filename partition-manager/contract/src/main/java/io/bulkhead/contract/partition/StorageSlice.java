package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.WireSparse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Storage that is a partition's alone.
 *
 * @param own the volume that holds its own files (/etc, /var, /home, /root, /srv), 16 MiB to 1 PiB, whole MiB; without
 *     one they lie in a directory of the host, unbounded
 * @param volumes further file systems, at most 16; no two with one name or place, none inside another
 * @param disks whole block devices of the host that are handed in, as /sys names them, at most 16
 */
public record StorageSlice(
        Optional<ByteSize> own,
        @WireSparse List<Volume> volumes,
        @WireSparse List<String> disks) {
    /** The most volumes, and the most disks. */
    public static final int MOST = 16;

    private static final ByteSize LEAST = ByteSize.ofMebibytes(16);
    private static final ByteSize LARGEST = ByteSize.ofMebibytes(1L << 30);
    private static final Pattern DISK = Pattern.compile("[A-Za-z][A-Za-z0-9!_-]{0,31}");

    public StorageSlice {
        volumes = List.copyOf(volumes);
        disks = List.copyOf(disks);
        own.ifPresent(StorageSlice::checkSize);
        if (volumes.size() > MOST || disks.size() > MOST) {
            throw new IllegalArgumentException("a partition has at most " + MOST + " volumes and " + MOST + " disks");
        }
        Set<PartitionName> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            Volume volume = volumes.get(i);
            if (!names.add(volume.name())) {
                throw new IllegalArgumentException("there are two volumes '" + volume.name() + "'");
            }
            for (Volume other : volumes.subList(0, i)) {
                if (other.at().meets(volume.at())) {
                    throw new IllegalArgumentException("the volumes '" + other.name() + "' and '" + volume.name()
                            + "' cannot be on " + other.at() + " and " + volume.at() + ": one place is in the other");
                }
            }
        }
        for (String disk : disks) {
            if (!DISK.matcher(disk).matches()) {
                throw new IllegalArgumentException(
                        "'" + disk + "' is not the name of a disk; write it like sdb or nvme1n1");
            }
        }
        if (new HashSet<>(disks).size() != disks.size()) {
            throw new IllegalArgumentException("a disk is named twice: " + String.join(", ", disks));
        }
        if (own.isEmpty() && volumes.isEmpty() && disks.isEmpty()) {
            throw new IllegalArgumentException("storage is a size, volumes or disks");
        }
    }

    /** One volume for its own files. */
    public static StorageSlice of(ByteSize own) {
        return new StorageSlice(Optional.of(own), List.of(), List.of());
    }

    /** All that is reserved on the file system of the host that has the volumes; checked addition. */
    public ByteSize bytes() {
        ByteSize sum = own.orElse(ByteSize.ZERO);
        for (Volume volume : volumes) {
            sum = sum.plus(volume.size());
        }
        return sum;
    }

    static void checkSize(ByteSize size) {
        if (size.compareTo(LEAST) < 0 || size.compareTo(LARGEST) > 0 || size.bytes() % (1L << 20) != 0) {
            throw new IllegalArgumentException("a volume has " + LEAST + " to " + LARGEST + " in whole MiB: " + size);
        }
    }
}
