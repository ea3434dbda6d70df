package io.bulkhead.harness.bench;

import io.bulkhead.contract.partition.HostStatus.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small disk of our own, which may be filled: a file with a loop device and an ext4, mounted. It takes a mount namespace of
 * the bench's own, as {@code ./dev bench} makes one: with its last process mount, device and file are gone by themselves,
 * since the device clears itself and the file has no name any more.
 */
final class BenchDisk implements AutoCloseable {
    private static final long BYTES = 2L << 30;

    /** Property: our mounts are not the host's. */
    private static final String OWN_MOUNTS = "bulkhead.bench.own-mounts";

    private final Path place;
    private final Disk disk;

    private BenchDisk(Path place, Disk disk) {
        this.place = place;
        this.disk = disk;
    }

    /** Makes one. */
    static BenchDisk make(String instance) throws IOException {
        if (!Boolean.getBoolean(OWN_MOUNTS)) {
            throw new IOException("the mounts would be the host's; start it by ./dev bench");
        }
        Path place = Files.createDirectory(Path.of("/var/tmp", instance));
        Path image = place.resolveSibling(place.getFileName() + ".img");
        try {
            HostProgram.run("fallocate", "-l", Long.toString(BYTES), image.toString());
            HostProgram.run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "nodiscard", image.toString());
            String device = HostProgram.run("losetup", "--find", "--show", "--direct-io=on", image.toString())
                    .strip();
            try {
                HostProgram.run("mount", "-t", "ext4", device, place.toString());
            } finally {
                // With a mount on it this only marks it: it goes with the mount.
                HostProgram.run("losetup", "--detach", device);
            }
            String name = Path.of(device).getFileName().toString();
            return new BenchDisk(
                    place,
                    new Disk(name, HostLines.text("/sys/block/" + name + "/dev").strip()));
        } finally {
            Files.deleteIfExists(image);
        }
    }

    /** Where it is mounted. */
    Path place() {
        return place;
    }

    /** The device. */
    Disk disk() {
        return disk;
    }

    @Override
    public void close() throws IOException {
        HostProgram.run("umount", place.toString());
        Files.delete(place);
    }
}
