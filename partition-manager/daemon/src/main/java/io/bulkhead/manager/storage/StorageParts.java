package io.bulkhead.manager.storage;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The storage of one instance, put together. Changes nothing by itself. */
public final class StorageParts {
    private final Syscalls sys;
    private final Path partitions;
    private final LoopDevices loops;
    private final VolumeFiles volumes;
    private final OwnFiles ownFiles;
    private final BlockDevices devices;
    private final HandedDisks disks;
    private final ShareSources shares;
    private final StorageReading reading;

    private StorageParts(Syscalls sys, Path root, Path partitions, Tools tools, Consumer<Path> removeTree, ShareSources shares) {
        this.sys = sys;
        this.partitions = partitions;
        this.loops = new LoopDevices(sys, root);
        this.volumes = new VolumeFiles(sys, tools);
        this.ownFiles = new OwnFiles(volumes, removeTree);
        this.devices = new BlockDevices(root);
        this.disks = new HandedDisks(sys, devices);
        this.shares = shares;
        this.reading = new StorageReading(sys, root, loops, disks);
    }

    /**
     * On this host.
     *
     * @param partitions the directory with all partitions' directories, which is there
     * @param kept directories of ours that are never shared
     * @param removeTree removes a tree that a partition may have made unpleasant
     * @param idMappings user namespaces of ranges, not closed here
     */
    public static StorageParts ofHost(
            Syscalls sys,
            Path partitions,
            List<Path> kept,
            Consumer<Path> removeTree,
            Function<UidRange, Fd> idMappings) {
        return of(sys, partitions, kept, Tools.ofHost(), removeTree, idMappings);
    }

    static StorageParts of(
            Syscalls sys,
            Path partitions,
            List<Path> kept,
            Tools tools,
            Consumer<Path> removeTree,
            Function<UidRange, Fd> idMappings) {
        return new StorageParts(
                sys,
                Path.of("/"),
                real(partitions),
                tools,
                removeTree,
                new ShareSources(sys, kept.stream().map(StorageParts::real).toList(), idMappings));
    }

    /** As the kernel names it, which is how loop devices name their files. */
    private static Path real(Path directory) {
        try {
            return Files.exists(directory) ? directory.toRealPath() : directory.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * What partitions have.
     *
     * @param diskBounded whether block I/O with the disk below is bounded, because one was found
     */
    public StorageWall wall(Cgroups cgroups, boolean diskBounded) {
        return new StorageWall(sys, cgroups, diskBounded, partitions, this);
    }

    /**
     * What partitions may have.
     *
     * @param fileSystem the type of the one with the partitions' directories
     */
    public StorageAdmission admission(Optional<String> fileSystem) {
        return new StorageAdmission(partitions, fileSystem, this::free, this::allocated, devices, shares);
    }

    private long free() {
        try {
            return Files.getFileStore(partitions).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException("the free space of " + partitions + ": " + e.getMessage(), e);
        }
    }

    private long allocated(Path file) {
        try {
            return sys.allocatedBytes(file);
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return 0;
            }
            throw e;
        }
    }

    LoopDevices loops() {
        return loops;
    }

    VolumeFiles volumes() {
        return volumes;
    }

    OwnFiles ownFiles() {
        return ownFiles;
    }

    HandedDisks disks() {
        return disks;
    }

    ShareSources shares() {
        return shares;
    }

    StorageReading reading() {
        return reading;
    }
}
