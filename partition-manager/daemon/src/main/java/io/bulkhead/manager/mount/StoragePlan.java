package io.bulkhead.manager.mount;

import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.manager.sys.Fd;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a boot shows beyond the partition's directory on the host.
 *
 * @param own whether the partition's own files are on a volume
 * @param volumes where further volumes are shown
 * @param shares where directories of the host are shown
 * @param disks block devices that get a node
 * @param trees what is shown there, which may still be in the making: waits for it
 */
public record StoragePlan(
        boolean own, List<InsidePath> volumes, List<InsidePath> shares, List<DiskNode> disks, Supplier<Trees> trees) {
    /** The directory of a volume that the partition sees: not its top, where e2fsck keeps {@code lost+found}. */
    public static final String CONTENT = "content";

    /** Nothing at all. */
    public static final StoragePlan NONE = new StoragePlan(
            false, List.of(), List.of(), List.of(), () -> new Trees(Optional.empty(), List.of(), List.of()));

    /**
     * A block device of the host.
     *
     * @param name in /dev
     */
    public record DiskNode(String name, int major, int minor) {}

    /**
     * Detached mounts; whoever has made them closes them.
     *
     * @param own the volume with the partition's own files, from its top
     * @param volumes from their tops, in the plan's order
     * @param shares with the partition's ids already, in the plan's order
     */
    public record Trees(Optional<Fd> own, List<Fd> volumes, List<Fd> shares) {
        public Trees {
            volumes = List.copyOf(volumes);
            shares = List.copyOf(shares);
        }
    }

    public StoragePlan {
        volumes = List.copyOf(volumes);
        shares = List.copyOf(shares);
        disks = List.copyOf(disks);
    }

    /** Every place that something is shown on. */
    List<InsidePath> places() {
        return Stream.concat(volumes.stream(), shares.stream()).toList();
    }
}
