package io.bulkhead.manager.storage;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
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
    private final ConcurrentMap<PartitionName, VolumesAhead> ahead = new ConcurrentHashMap<>();

    private StorageParts(
            Syscalls sys, Path root, Path partitions, Tools tools, Consumer<Path> removeTree, ShareSources shares) {
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
            return Files.exists(directory)
                    ? directory.toRealPath()
                    : directory.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * What partitions have.
     *
     * @param diskBounded whether block I/O with the disk below is bounded, because one was found
     * @param executor for what is mounted ahead; its threads may wait
     */
    public StorageWall wall(Cgroups cgroups, boolean diskBounded, Executor executor) {
        return wall(cgroups, diskBounded, executor, StorageWall.PATIENCE_MILLIS);
    }

    /** @param patienceMillis how long devices of a run that is over may take to go */
    StorageWall wall(Cgroups cgroups, boolean diskBounded, Executor executor, long patienceMillis) {
        return new StorageWall(sys, cgroups, diskBounded, executor, patienceMillis, this);
    }

    /**
     * What partitions may have.
     *
     * @param fileSystem the type of the one with the partitions' directories
     */
    public StorageAdmission admission(Optional<String> fileSystem) {
        return new StorageAdmission(partitions, fileSystem, this::free, this::allocated, devices, shares);
    }

    /**
     * Opens the directory with a partition's own files where they are on a volume, by a mount that nobody else sees and that
     * goes with the descriptor; the caller closes it. The partition may run. Under the partition's lock, like all that changes
     * its storage.
     *
     * @return empty where they lie in the partition's directory
     */
    public Optional<Fd> openOwn(PartitionName name) {
        Path own = paths(name).own();
        if (!Files.exists(own)) {
            return Optional.empty();
        }
        // Now rather than while its files are open here, on another device.
        ahead(name).prepare();
        List<String> shown = loops.of(own);
        if (!shown.isEmpty()) {
            return Optional.of(openRoot(Path.of("/dev", shown.get(0))));
        }
        volumes.repair(own);
        try (LoopDevices.Attached device = loops.attach(own)) {
            return Optional.of(openRoot(device.node()));
        }
    }

    private Fd openRoot(Path device) {
        try (Fd tree = MountedVolumes.mount(sys, device)) {
            return sys.openAt(tree, ".", EnumSet.of(OpenFlag.DIRECTORY));
        }
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

    StoragePaths paths(PartitionName name) {
        return new StoragePaths(partitions.resolve(name.value()));
    }

    /** What is mounted ahead of a partition's next run. */
    VolumesAhead ahead(PartitionName name) {
        return ahead.computeIfAbsent(name, each -> new VolumesAhead(sys, loops, volumes, paths(each)));
    }

    /** Brings everything that is mounted ahead of a run to rest. */
    void letGo() {
        ahead.values().forEach(VolumesAhead::letGo);
    }

    /** Brings what is mounted ahead of a partition's next run to rest, since there is none to come. */
    void forget(PartitionName name) {
        VolumesAhead there = ahead.get(name);
        if (there != null) {
            there.expect(List.of());
            there.letGo();
            ahead.remove(name);
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
