package io.bulkhead.manager.host;

import io.bulkhead.contract.partition.HostStatus.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the whole disk that holds a directory: from the file system's device through partitions, device mapper and md
 * down to what has no slaves; sysfs(5), kernel document ABI/testing/sysfs-block.
 */
public final class DiskFinder {
    /**
     * The disk, or why there is none.
     *
     * @param disk the one disk underneath
     * @param reason why none is named; empty when one is
     */
    public record Answer(Optional<Disk> disk, Optional<String> reason) {
        static Answer of(Disk disk) {
            return new Answer(Optional.of(disk), Optional.empty());
        }

        static Answer none(String reason) {
            return new Answer(Optional.empty(), Optional.of(reason));
        }
    }

    private final Path root;

    /** Looks below {@code root/sys}. */
    public DiskFinder(Path root) {
        this.root = root;
    }

    /** For a directory, or the nearest ancestor of it that is there. */
    Answer under(Path directory) {
        Path there = directory.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            long device = ((Number) Files.getAttribute(there, "unix:dev")).longValue();
            return ofDevice(major(device), minor(device), there);
        } catch (IOException e) {
            return Answer.none("the device of " + there + " cannot be read: " + e.getMessage());
        }
    }

    /** For the device numbers of a file system. */
    Answer ofDevice(long major, long minor, Path directory) {
        String number = major + ":" + minor;
        Path block = root.resolve("sys/dev/block").resolve(number);
        if (major == 0 || !Files.exists(block)) {
            return Answer.none(directory + " is on no block device (" + number + ")");
        }
        try {
            Set<Path> disks = new LinkedHashSet<>();
            collect(block.toRealPath(), disks);
            if (disks.size() > 1) {
                List<String> names = disks.stream().map(DiskFinder::name).toList();
                return Answer.none(directory + " is on several disks: " + String.join(", ", names));
            }
            Path disk = disks.iterator().next();
            return Answer.of(
                    new Disk(name(disk), Files.readString(disk.resolve("dev")).strip()));
        } catch (IOException | UncheckedIOException e) {
            return Answer.none("the disk under " + directory + " cannot be found: " + e.getMessage());
        }
    }

    private static void collect(Path block, Set<Path> disks) throws IOException {
        // A partition's directory lies in its disk's.
        Path whole =
                Files.exists(block.resolve("partition")) ? block.resolve("..").toRealPath() : block;
        List<Path> slaves = new ArrayList<>();
        if (Files.isDirectory(whole.resolve("slaves"))) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(whole.resolve("slaves"))) {
                entries.forEach(slaves::add);
            }
        }
        if (slaves.isEmpty()) {
            disks.add(whole);
        }
        for (Path slave : slaves) {
            collect(slave.toRealPath(), disks);
        }
    }

    private static String name(Path disk) {
        return String.valueOf(disk.getFileName());
    }

    /** gnu_dev_major, sys/sysmacros.h: 12 bits at 8 and the rest above 32. */
    static long major(long device) {
        return ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
    }

    /** gnu_dev_minor, sys/sysmacros.h: 8 bits at 0 and the rest at 12. */
    static long minor(long device) {
        return (device & 0xff) | ((device >>> 12) & 0xffffff00L);
    }
}
