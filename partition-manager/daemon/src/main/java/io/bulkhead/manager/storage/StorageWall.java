package io.bulkhead.manager.storage;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.mount.StoragePlan;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.storage.BlockDevices.BlockDevice;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import io.bulkhead.manager.wall.Wall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes, disks and shares of partitions: made and looked after at rest, shown to each run, and gone from the kernel
 * after it. Files outlive everything but the partition's deletion.
 */
public final class StorageWall implements Wall, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StorageWall.class);

    /** The kernel takes the last mount of a run away some milliseconds after the last task, and then the device. */
    static final long PATIENCE_MILLIS = 10_000;

    private final Syscalls sys;
    private final Cgroups cgroups;
    private final boolean diskBounded;
    private final Executor executor;
    private final long patienceMillis;
    private final StorageParts parts;
    private final LoopDevices loops;
    private final VolumeFiles volumes;
    private final OwnFiles ownFiles;
    private final HandedDisks disks;
    private final ShareSources shares;
    private final StorageReading reading;

    /** What a boot has in its hands until process 1 is let run. */
    private final ConcurrentMap<PartitionName, BootTrees> boots = new ConcurrentHashMap<>();

    /** The devices of each run, by the files that they show. */
    private final ConcurrentMap<PartitionName, Map<Path, String>> runs = new ConcurrentHashMap<>();

    /** @param executor for what is mounted ahead; its threads may wait */
    StorageWall(
            Syscalls sys,
            Cgroups cgroups,
            boolean diskBounded,
            Executor executor,
            long patienceMillis,
            StorageParts parts) {
        this.sys = sys;
        this.cgroups = cgroups;
        this.diskBounded = diskBounded;
        this.executor = executor;
        this.patienceMillis = patienceMillis;
        this.parts = parts;
        this.loops = parts.loops();
        this.volumes = parts.volumes();
        this.ownFiles = parts.ownFiles();
        this.disks = parts.disks();
        this.shares = parts.shares();
        this.reading = parts.reading();
    }

    private StoragePaths paths(PartitionName name) {
        return parts.paths(name);
    }

    // ---- at rest

    @Override
    public void refuseChange(PartitionSpec before, PartitionSpec after) {
        Optional<ByteSize> had = before.claim().storage().flatMap(StorageSlice::own);
        Optional<ByteSize> wanted = after.claim().storage().flatMap(StorageSlice::own);
        if (had.isPresent() && wanted.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "the own files of " + before.name() + " are on a volume of " + had.get() + " and cannot leave it",
                    "keep storage: " + had.get() + "; or define another partition and copy the files inside");
        }
        had.ifPresent(size -> refuseSmaller("the volume of " + before.name(), size, wanted.orElse(size)));
        List<Volume> claimed =
                before.claim().storage().map(StorageSlice::volumes).orElse(List.of());
        for (Volume volume : after.claim().storage().map(StorageSlice::volumes).orElse(List.of())) {
            Path file = paths(before.name()).volume(volume.name());
            Optional<ByteSize> size = claimed.stream()
                    .filter(one -> one.name().equals(volume.name()))
                    .findFirst()
                    .map(Volume::size);
            // One that was taken out of the definition once comes back as it was.
            size.or(() -> Files.exists(file) && everMounted(file) ? Optional.of(size(file)) : Optional.empty())
                    .ifPresent(has ->
                            refuseSmaller("the volume " + volume.name() + " of " + before.name(), has, volume.size()));
        }
    }

    private static void refuseSmaller(String what, ByteSize had, ByteSize wanted) {
        if (wanted.compareTo(had) < 0) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    what + " has " + had + " and cannot shrink to " + wanted,
                    "keep " + had + " or more; or add a smaller volume and copy the files inside");
        }
    }

    @Override
    public Optional<String> whatIsLostWith(PartitionSpec partition) {
        StoragePaths paths = paths(partition.name());
        List<String> lost = new ArrayList<>();
        Optional<StorageSlice> storage = partition.claim().storage();
        storage.flatMap(StorageSlice::own).ifPresent(size -> lost.add("its volume (" + size + ")"));
        storage.map(StorageSlice::volumes)
                .orElse(List.of())
                .forEach(volume -> lost.add(volume.name() + " (" + volume.size() + ")"));
        unclaimed(storage.map(StorageSlice::volumes).orElse(List.of()), paths)
                .forEach(file -> lost.add(file.getFileName().toString()));
        return lost.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lost));
    }

    @Override
    public List<Enforcement> enforcement() {
        return List.of(
                new Enforcement(
                        Resource.STORAGE, Strength.GUARANTEED, "an ext4 on a file whose blocks are all set aside"),
                new Enforcement(Resource.VOLUMES, Strength.GUARANTEED, "the same"),
                new Enforcement(Resource.DISKS, Strength.EXCLUSIVE, "whole block devices, each to one partition"));
    }

    @Override
    public void bind(PartitionRecord partition) {
        Optional<StorageSlice> storage = storage(partition);
        StoragePaths paths = paths(partition.name());
        parts.forget(partition.name());
        if (storage.isPresent()) {
            // What a manager that was killed had mounted goes by itself, a moment later.
            requireDetached(paths, List.of());
        }
        ownFiles.bring(paths, storage.flatMap(StorageSlice::own));
        List<Volume> claimed = storage.map(StorageSlice::volumes).orElse(List.of());
        claimed.forEach(volume -> bring(paths, volume));
        unclaimed(claimed, paths).stream()
                .filter(file -> StoragePaths.isHalfMade(file) || !everMounted(file))
                .forEach(StorageWall::removeUnused);
        disks.bind(paths, storage.map(StorageSlice::disks).orElse(List.of()));
        for (Share share : partition.definition().shares()) {
            shares.take(share, partition.uidRange()).close();
        }
        parts.ahead(partition.name()).expect(files(paths, storage));
        mountAhead(partition.name());
    }

    /** Those that a run has mounted, its own files first. */
    private static List<Path> files(StoragePaths paths, Optional<StorageSlice> storage) {
        List<Path> files = new ArrayList<>();
        storage.flatMap(StorageSlice::own).ifPresent(size -> files.add(paths.own()));
        storage.map(StorageSlice::volumes).orElse(List.of()).forEach(volume -> files.add(paths.volume(volume.name())));
        return files;
    }

    /** Beside, since nobody waits for it before the next start. */
    private void mountAhead(PartitionName name) {
        VolumesAhead ahead = parts.ahead(name);
        if (!ahead.due()) {
            return;
        }
        try {
            executor.execute(ahead::prepare);
        } catch (RejectedExecutionException e) {
            // The manager goes, and takes what is mounted along.
            LOG.atDebug().addKeyValue("partition", name).log("Its volumes are not mounted ahead any more");
        }
    }

    private void bring(StoragePaths paths, Volume volume) {
        Path file = paths.volume(volume.name());
        if (Files.exists(file)) {
            volumes.bringTo(file, volume.size());
            return;
        }
        Path template = paths.volumes().resolve("." + volume.name() + StoragePaths.NEW);
        try (Undo undo = new Undo()) {
            Path content = template.resolve(StoragePlan.CONTENT);
            undo.push("remove a template", () -> {
                Files.deleteIfExists(content);
                Files.deleteIfExists(template);
            });
            Files.createDirectories(content);
            volumes.make(file, volume.size(), template);
        } catch (IOException e) {
            throw new UncheckedIOException("the volume " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The volumes that lie there and are claimed by nobody: taken out of the definition, of a change taken back, or half
     * made by a manager that was killed.
     */
    static List<Path> unclaimed(List<Volume> claimed, StoragePaths paths) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(paths.volumes())) {
            Set<Path> wanted = new LinkedHashSet<>();
            claimed.forEach(volume -> wanted.add(paths.volume(volume.name())));
            try (DirectoryStream<Path> files = Files.newDirectoryStream(paths.volumes())) {
                for (Path file : files) {
                    if (StoragePaths.isVolume(file) && !wanted.contains(file)) {
                        found.add(file);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(paths.volumes() + ": " + e.getMessage(), e);
            }
        }
        return found;
    }

    private static void removeUnused(Path file) {
        try {
            Files.delete(file);
            LOG.atInfo().addKeyValue("path", file).log("Removed a volume that nobody has used");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean everMounted(Path file) {
        try {
            return Ext4Superblock.read(file).everMounted();
        } catch (IOException e) {
            // Whatever it is: nothing that is to be removed by itself.
            return true;
        }
    }

    private static ByteSize size(Path file) {
        try {
            return new ByteSize(Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    private static Optional<StorageSlice> storage(PartitionRecord partition) {
        return partition.slice().flatMap(Slice::storage);
    }

    // ---- a run

    @Override
    public StartRequest beforeBoot(PartitionRecord partition, StartRequest request, Undo undo) {
        List<Share> shared = partition.definition().shares();
        Optional<StorageSlice> storage = storage(partition);
        if (storage.isEmpty() && shared.isEmpty()) {
            return request;
        }
        PartitionName name = partition.name();
        StoragePaths paths = paths(name);
        List<BlockDevice> handed = handed(paths, storage);
        try (Undo half = new Undo()) {
            List<Fd> shares = new ArrayList<>();
            for (Share share : shared) {
                Fd tree = this.shares.take(share, partition.uidRange());
                half.push("let a share go", tree::close);
                shares.add(tree);
            }
            MountedVolumes mounted = volumesOfRun(name, files(paths, storage));
            half.push("let its volumes go", mounted::close);
            Map<Path, String> devices = mounted.devices();
            runs.put(name, devices);
            Set<String> bounded = bounded(devices, handed);
            if (!bounded.isEmpty() || !handed.isEmpty()) {
                open(partition, bounded, handed);
            }
            boolean own = storage.flatMap(StorageSlice::own).isPresent();
            BootTrees trees = new BootTrees(name, own, mounted, shares);
            half.keep();
            boots.put(name, trees);
            undo.push("let its volumes go", () -> closeBoot(name));
            return request.withStorage(new StoragePlan(
                    own,
                    storage.map(StorageSlice::volumes).orElse(List.of()).stream()
                            .map(Volume::at)
                            .toList(),
                    shared.stream().map(Share::at).toList(),
                    handed.stream()
                            .map(disk -> new StoragePlan.DiskNode(disk.name(), disk.major(), disk.minor()))
                            .toList(),
                    trees));
        }
    }

    private List<BlockDevice> handed(StoragePaths paths, Optional<StorageSlice> storage) {
        try {
            return disks.require(paths, storage.map(StorageSlice::disks).orElse(List.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(paths.disks() + ": " + e.getMessage(), e);
        }
    }

    /** As they were mounted ahead, or on devices and still to be mounted. */
    private MountedVolumes volumesOfRun(PartitionName name, List<Path> files) {
        Optional<MountedVolumes> ahead = parts.ahead(name).take(files);
        try {
            requireDetached(
                    paths(name), ahead.map(there -> there.devices().values()).orElse(List.of()));
        } catch (RuntimeException e) {
            ahead.ifPresent(MountedVolumes::close);
            throw e;
        }
        return ahead.orElseGet(() -> MountedVolumes.attach(sys, loops, volumes, files));
    }

    /**
     * Two devices on one file would be two file systems on the same blocks.
     *
     * @param ours the devices that may be there
     */
    private void requireDetached(StoragePaths paths, Collection<String> ours) {
        List<String> left = loops.awaitNoneBelow(paths.directory(), ours, patienceMillis);
        if (!left.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "a volume in " + paths.directory() + " is still on /dev/" + String.join(", /dev/", left),
                    "unmount what uses it, then: losetup -d /dev/" + left.get(0));
        }
    }

    /**
     * Opens the disks to the run, and bounds what it may do with them and with its volumes. What a volume does by direct I/O
     * is bounded with the disk below, where that is known: two bounds one after the other held it to 55 to 80 % of the rate.
     */
    private void open(PartitionRecord partition, Set<String> bounded, List<BlockDevice> handed) {
        partition.slice().ifPresent(slice -> cgroups.boundDevices(partition.name(), slice.io(), bounded));
        Set<String> nodes = new LinkedHashSet<>();
        handed.forEach(disk -> nodes.add(disk.number()));
        cgroups.openBlockDevices(partition.name(), nodes);
    }

    /** The devices with bounds of their own, as {@code 7:3}. */
    private Set<String> bounded(Map<Path, String> devices, List<BlockDevice> handed) {
        Set<String> bounded = new LinkedHashSet<>();
        devices.values().stream()
                .filter(device -> !diskBounded || !loops.isDirect(device))
                .forEach(device -> bounded.add(loops.number(device)));
        handed.forEach(disk -> bounded.add(disk.diskNumber()));
        return bounded;
    }

    @Override
    public void beforeRelease(PartitionRecord partition, RunningPartition running, Undo undo) {
        // From here on the mounts in the partition alone keep the devices.
        closeBoot(partition.name());
    }

    private void closeBoot(PartitionName name) {
        Optional.ofNullable(boots.remove(name)).ifPresent(BootTrees::close);
    }

    @Override
    public void afterRelease(PartitionRecord partition, RunningPartition running) {
        if (storage(partition).flatMap(StorageSlice::own).isPresent()) {
            ownFiles.forgetBefore(paths(partition.name()));
        }
    }

    @Override
    public void adopt(PartitionRecord partition, RunningPartition running) {
        storage(partition).ifPresent(storage -> {
            StoragePaths paths = paths(partition.name());
            Map<Path, String> devices = new TreeMap<>();
            for (String device : loops.below(paths.directory())) {
                devices.put(Path.of(loops.backingFile(device)), device);
            }
            runs.put(partition.name(), devices);
            List<BlockDevice> handed = handedNow(storage);
            open(partition, bounded(devices, handed), handed);
            parts.ahead(partition.name()).expect(files(paths, Optional.of(storage)));
        });
    }

    /** Those that are there, whoever uses them: the run has them open already. */
    private List<BlockDevice> handedNow(StorageSlice storage) {
        return storage.disks().stream()
                .flatMap(name -> disks.find(name).stream())
                .toList();
    }

    @Override
    public List<Promise> readBack(PartitionRecord partition, Optional<RunningPartition> running) {
        return storage(partition)
                .map(storage -> reading.read(
                        storage,
                        paths(partition.name()),
                        runs.getOrDefault(partition.name(), Map.of()),
                        running.map(run -> run.holder().pid())))
                .orElse(List.of());
    }

    @Override
    public void afterRun(PartitionName partition) {
        closeBoot(partition);
        cgroups.boundDevices(partition, IoSlice.UNLIMITED, Set.of());
        cgroups.openBlockDevices(partition, Set.of());
        parts.ahead(partition).letGo();
        List<String> left = loops.awaitNoneBelow(paths(partition).directory(), List.of(), patienceMillis);
        if (!left.isEmpty()) {
            throw new IllegalStateException("its volumes are still on " + String.join(", ", left));
        }
        runs.remove(partition);
        mountAhead(partition);
    }

    @Override
    public void release(PartitionName partition) {
        parts.forget(partition);
    }

    /** The manager goes: what it has mounted ahead comes to rest; runs go on. */
    @Override
    public void close() {
        parts.letGo();
    }
}
