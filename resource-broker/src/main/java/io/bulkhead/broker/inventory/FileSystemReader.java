package io.bulkhead.broker.inventory;

import io.bulkhead.broker.inventory.Inventory.BlockDevice;
import io.bulkhead.broker.inventory.Inventory.BlockKind;
import io.bulkhead.broker.inventory.Inventory.FileSystem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The file systems on block devices, and whether a buffered write counts for the group that wrote.
 *
 * <p>Source: kernel document {@code admin-guide/cgroup-v2}, "Writeback": ext2, ext4, btrfs, f2fs and xfs do; on others all
 * of it is the root group's. It takes the memory and the io controller on the hierarchy of version 2.
 */
final class FileSystemReader {
    private static final Set<String> ATTRIBUTING = Set.of("ext2", "ext4", "btrfs", "f2fs", "xfs");
    private static final Set<String> ONLY_READ = Set.of("squashfs", "erofs", "iso9660", "cramfs", "romfs");

    /** Bring their own devices, which no block device of the mount tells of. */
    private static final Set<String> POOLS = Set.of("zfs");

    private final KernelFiles files;
    private final Mounts mounts;
    private final ControlGroupReader groups;

    FileSystemReader(KernelFiles files, Mounts mounts, ControlGroupReader groups) {
        this.files = files;
        this.mounts = mounts;
        this.groups = groups;
    }

    /** Each once, in the order of the first mounts. */
    List<FileSystem> fileSystems(List<BlockDevice> devices) {
        BlockNames names = BlockNames.of(
                devices,
                BlockDevice::name,
                BlockDevice::device,
                each -> each.kind() == BlockKind.DEVICE_MAPPER ? each.title() : Optional.empty());
        Map<String, BlockDevice> byName = new LinkedHashMap<>();
        devices.forEach(each -> byName.put(each.name(), each));
        Map<String, FileSystem> found = new LinkedHashMap<>();
        for (Mounts.Mount mount : mounts.all()) {
            List<String> on = names.of(mount, files);
            if (!on.isEmpty() || POOLS.contains(mount.type())) {
                // A btrfs has another number for each of its subvolumes.
                found.putIfAbsent(on.isEmpty() ? mount.source() : String.join(" ", on), fileSystem(mount, on, byName));
            }
        }
        return new ArrayList<>(found.values());
    }

    private FileSystem fileSystem(Mounts.Mount mount, List<String> on, Map<String, BlockDevice> byName) {
        List<String> disks = on.stream()
                .flatMap(name -> Optional.ofNullable(byName.get(name)).stream())
                .flatMap(device -> device.disks().stream())
                .distinct()
                .sorted()
                .toList();
        boolean attributes = groups.canAttributeWrites() && ATTRIBUTING.contains(mount.type());
        return new FileSystem(mount.point(), mount.type(), on, disks, attributes, reason(mount.type()));
    }

    private String reason(String type) {
        if (ONLY_READ.contains(type)) {
            return type + " is only read";
        } else if (!groups.canAttributeWrites()) {
            return "version 1 of control groups does not know whose a buffered write is";
        }
        return ATTRIBUTING.contains(type)
                ? type + " tells the kernel who wrote"
                : type + " does not tell the kernel who wrote: buffered writes pass by limits";
    }
}
