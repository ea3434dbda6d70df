package io.bulkhead.manager.storage;

import io.bulkhead.contract.partition.PartitionName;
import java.nio.file.Path;

/**
 * Where a partition's storage lies.
 *
 * @param directory the partition's own
 */
record StoragePaths(Path directory) {
    /** The ending of what is in the making. */
    static final String NEW = ".new";

    private static final String VOLUME = ".ext4";

    /** The volume with the partition's own files. */
    Path own() {
        return directory.resolve("own" + VOLUME);
    }

    /** Where the files are that went onto the volume, until it has been used. */
    Path before() {
        return directory.resolve("before-volume");
    }

    Path volumes() {
        return directory.resolve("volumes");
    }

    Path volume(PartitionName name) {
        return volumes().resolve(name + VOLUME);
    }

    /** What tells the handed-in disks from others. */
    Path disks() {
        return directory.resolve("disks");
    }

    /** Whether a file is a volume, be it half-made, by its name. */
    static boolean isVolume(Path file) {
        return file.getFileName().toString().endsWith(VOLUME) || isHalfMade(file);
    }

    /** Whether nobody has finished a volume. */
    static boolean isHalfMade(Path file) {
        return file.getFileName().toString().endsWith(VOLUME + NEW);
    }
}
