package io.bulkhead.broker.inventory;

import io.bulkhead.broker.inventory.Inventory.BlockDevice;
import io.bulkhead.broker.inventory.Inventory.BlockKind;
import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The block devices, each with what it is made of down to the disks that limits on I/O stand on: {@code io.max} and {@code
 * blkio.throttle.*} take no partitions, and what is throttled above a RAID is not what its disks are given.
 *
 * <p>Sources: kernel documents {@code ABI/stable/sysfs-block} ({@code size} in sectors of 512 bytes), {@code
 * ABI/testing/sysfs-block-dm}, {@code admin-guide/md}, {@code ABI/testing/sysfs-block-loop}.
 */
final class BlockReader {
    private static final long SECTOR = 512;
    private static final Pattern CONTROLLER = Pattern.compile("nvme\\d+");
    private static final Pattern NUMBERS = Pattern.compile("\\d{1,9}:\\d{1,9}");

    private final KernelFiles files;
    private final Mounts mounts;

    /** A device as it stands in /sys, before those below it are known. */
    private record Raw(
            String name,
            String device,
            BlockKind kind,
            ByteSize size,
            boolean rotational,
            List<String> below,
            Optional<Integer> node,
            Optional<String> title) {}

    BlockReader(KernelFiles files, Mounts mounts) {
        this.files = files;
        this.mounts = mounts;
    }

    /** All that have a size, in the order of their names. */
    List<BlockDevice> devices() {
        Map<String, Raw> raw = new LinkedHashMap<>();
        Path directory = files.at("sys/class/block");
        for (String name : files.names(directory)) {
            raw(name, files.followed(directory.resolve(name))).ifPresent(device -> raw.put(name, device));
        }
        BlockNames names = BlockNames.of(
                raw.values(),
                Raw::name,
                Raw::device,
                each -> each.kind() == BlockKind.DEVICE_MAPPER ? each.title() : Optional.empty());
        Map<String, List<String>> below = new LinkedHashMap<>();
        raw.values().forEach(each -> below.put(each.name(), below(each, names)));
        return raw.values().stream().map(each -> finished(each, raw, below)).toList();
    }

    /** Empty for what has no number or no size: paths of a multipath disk, loop devices not in use. */
    private Optional<Raw> raw(String name, Path device) {
        Optional<String> number = files.answer(device.resolve("dev"));
        Path sizeFile = device.resolve("size");
        Optional<Long> sectors = files.answer(sizeFile).map(text -> KernelFiles.number(sizeFile, text));
        if (number.isEmpty() || sectors.isEmpty() || sectors.get() == 0) {
            return Optional.empty();
        }
        if (!NUMBERS.matcher(number.get()).matches()) {
            throw InventoryException.malformed(
                    device.resolve("dev"), "'" + number.get() + "' is not a number like 259:0");
        }
        if (sectors.get() < 0) {
            throw InventoryException.malformed(sizeFile, sectors.get() + " sectors");
        }
        BlockKind kind = kind(device);
        Path disk = kind == BlockKind.PARTITION ? parent(device) : device;
        return Optional.of(new Raw(
                name,
                number.get(),
                kind,
                new ByteSize(Math.multiplyExact(sectors.get(), SECTOR)),
                files.answer(disk.resolve("queue/rotational")).equals(Optional.of("1")),
                kind == BlockKind.PARTITION
                        ? List.of(String.valueOf(disk.getFileName()))
                        : files.names(device.resolve("slaves")),
                node(device),
                title(kind, device)));
    }

    private BlockKind kind(Path device) {
        if (files.exists(device.resolve("partition"))) {
            return BlockKind.PARTITION;
        } else if (files.exists(device.resolve("dm"))) {
            return BlockKind.DEVICE_MAPPER;
        } else if (files.exists(device.resolve("md"))) {
            return BlockKind.RAID;
        } else if (files.exists(device.resolve("loop"))) {
            return BlockKind.LOOP;
        }
        return device.startsWith(files.at("sys/devices/virtual")) && !isMultipath(device)
                ? BlockKind.VIRTUAL
                : BlockKind.DISK;
    }

    private static Path parent(Path device) {
        return Optional.ofNullable(device.getParent()).orElse(device);
    }

    /** An NVMe disk that several controllers lead to hangs below its subsystem, which is not on any bus. */
    private boolean isMultipath(Path device) {
        return parent(device).startsWith(files.at("sys/devices/virtual/nvme-subsystem"));
    }

    private Optional<Integer> node(Path device) {
        Optional<Integer> node = files.nodeOf(device);
        if (node.isPresent() || !isMultipath(device)) {
            return node;
        }
        Path subsystem = parent(device);
        return agreed(files.names(subsystem).stream()
                .filter(name -> CONTROLLER.matcher(name).matches())
                .map(name -> files.nodeOf(files.followed(subsystem.resolve(name))))
                .toList());
    }

    private Optional<String> title(BlockKind kind, Path device) {
        Optional<String> title =
                switch (kind) {
                    case DEVICE_MAPPER -> files.answer(device.resolve("dm/name"));
                    case LOOP -> files.answer(device.resolve("loop/backing_file"));
                    case DISK -> files.answer(device.resolve("device/model"));
                    case PARTITION, RAID, VIRTUAL -> Optional.empty();
                };
        return title.filter(text -> !text.isEmpty());
    }

    /** What a file of a loop device lies on is known by the mounts alone. */
    private List<String> below(Raw device, BlockNames names) {
        if (device.kind() != BlockKind.LOOP) {
            return device.below();
        }
        return device.title()
                .flatMap(mounts::of)
                .map(mount -> names.of(mount, files))
                .orElse(List.of());
    }

    private static BlockDevice finished(Raw device, Map<String, Raw> raw, Map<String, List<String>> below) {
        Set<String> disks = new LinkedHashSet<>();
        collect(device.name(), below, new LinkedHashSet<>(), disks);
        Optional<Integer> node = device.node()
                .or(() -> agreed(disks.stream()
                        .map(disk -> Optional.ofNullable(raw.get(disk)).flatMap(Raw::node))
                        .toList()));
        return new BlockDevice(
                device.name(),
                device.device(),
                device.kind(),
                device.size(),
                device.rotational(),
                below.getOrDefault(device.name(), List.of()),
                disks.stream().sorted().toList(),
                node,
                device.title());
    }

    private static void collect(String name, Map<String, List<String>> below, Set<String> seen, Set<String> disks) {
        if (!seen.add(name)) {
            return;
        }
        List<String> next = below.getOrDefault(name, List.of());
        if (next.isEmpty()) {
            disks.add(name);
        }
        next.forEach(each -> collect(each, below, seen, disks));
    }

    private static Optional<Integer> agreed(List<Optional<Integer>> nodes) {
        List<Optional<Integer>> different = new ArrayList<>(new LinkedHashSet<>(nodes));
        return different.size() == 1 ? different.get(0) : Optional.empty();
    }
}
