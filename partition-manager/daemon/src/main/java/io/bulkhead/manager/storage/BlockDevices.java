package io.bulkhead.manager.storage;

import io.bulkhead.manager.sys.KernelText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The block devices of a host and who uses them; sysfs(5), kernel document ABI/testing/sysfs-block, proc(5). Reads below a
 * root that is given to it. Any thread; never waits.
 */
final class BlockDevices {
    private static final long SECTOR = 512;

    private final Path root;

    BlockDevices(Path root) {
        this.root = root;
    }

    /**
     * One of them.
     *
     * @param name as in /sys/class/block
     * @param number major and minor, {@code 8:16}
     * @param disk the name of the whole disk that it is, or is a part of
     * @param diskNumber that one's major and minor: block I/O is bounded by whole disks
     * @param bytes its size
     * @param identity what tells it from another that has the name some day
     */
    record BlockDevice(String name, String number, String disk, String diskNumber, long bytes, String identity) {
        int major() {
            return Integer.parseInt(number.substring(0, number.indexOf(':')));
        }

        int minor() {
            return Integer.parseInt(number.substring(number.indexOf(':') + 1));
        }
    }

    /** The device of a name, if there is one. */
    Optional<BlockDevice> find(String name) {
        Path entry = entry(name);
        Optional<String> number = text(entry.resolve("dev"));
        if (number.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path real = entry.toRealPath();
            boolean part = Files.exists(real.resolve("partition"));
            Path disk = part ? real.resolve("..").toRealPath() : real;
            return Optional.of(new BlockDevice(
                    name,
                    number.get(),
                    String.valueOf(disk.getFileName()),
                    text(disk.resolve("dev")).orElse(number.get()),
                    text(entry.resolve("size")).map(Long::parseLong).orElse(0L) * SECTOR,
                    identity(disk) + (part ? " part " + text(real.resolve("partition")).orElse("") : "")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The first that the kernel knows: its world wide name, serial number, file; else only its size. */
    private static String identity(Path disk) {
        for (String file : List.of("wwid", "device/wwid", "serial", "device/serial", "loop/backing_file")) {
            Optional<String> text = text(disk.resolve(file)).filter(found -> !found.isEmpty());
            if (text.isPresent()) {
                return text.get();
            }
        }
        return "size " + text(disk.resolve("size")).orElse("0");
    }

    /**
     * Who on the host uses a device, or a part of it, in words; empty if nobody. Partitions of a disk count as the disk,
     * and the disk as each of its partitions only where it is used as a whole.
     */
    List<String> users(BlockDevice device) {
        List<String> users = new ArrayList<>();
        List<BlockDevice> all = new ArrayList<>(List.of(device));
        parts(device.name()).forEach(part -> find(part).ifPresent(all::add));
        if (!device.disk().equals(device.name())) {
            find(device.disk()).ifPresent(all::add);
        }
        for (BlockDevice each : all) {
            mountPoints(each.number()).forEach(point -> users.add(each.name() + " is mounted on " + point));
            entries(entry(each.name()).resolve("holders"))
                    .forEach(holder -> users.add(each.name() + " is part of " + holder));
            swaps().filter(swap -> swap.equals("/dev/" + each.name()))
                    .forEach(swap -> users.add(each.name() + " is swap space"));
        }
        return users;
    }

    private List<String> parts(String name) {
        return entries(entry(name)).stream()
                .filter(child -> child.startsWith(name) && Files.exists(entry(name).resolve(child).resolve("partition")))
                .toList();
    }

    /** The third field of a line is the device, the fifth where; proc(5), mountinfo. */
    private List<String> mountPoints(String number) {
        return text(root.resolve("proc/self/mountinfo")).orElse("").lines()
                .map(line -> line.split(" ", 6))
                .filter(fields -> fields.length == 6 && fields[2].equals(number))
                .map(fields -> fields[4])
                .distinct()
                .toList();
    }

    private Stream<String> swaps() {
        return text(root.resolve("proc/swaps")).orElse("").lines().map(line -> line.split("\\s+", 2)[0]);
    }

    private Path entry(String name) {
        return root.resolve("sys/class/block").resolve(name);
    }

    private static List<String> entries(Path directory) {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
                stream.forEach(path -> names.add(path.getFileName().toString()));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot list " + directory + ": " + e.getMessage(), e);
            }
        }
        return names;
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(KernelText.read(file).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
