package io.bulkhead.manager.storage;

import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.cgroup.PromiseReading;
import io.bulkhead.manager.cgroup.PromiseReading.Found;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.KernelText;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares what storage was promised with what files, loop devices and mounts say now. Changes nothing and never waits.
 * Any thread.
 */
final class StorageReading {
    private static final List<String> OWN_PLACES =
            OwnFiles.TREES.stream().map(tree -> "/" + tree).toList();

    private final Syscalls sys;
    private final Path root;
    private final LoopDevices loops;
    private final HandedDisks disks;

    StorageReading(Syscalls sys, Path root, LoopDevices loops, HandedDisks disks) {
        this.sys = sys;
        this.root = root;
        this.loops = loops;
        this.disks = disks;
    }

    /**
     * Reads.
     *
     * @param attached the loop devices of the run, by the files that they show
     * @param holder the parent of process 1, while there is a run: it has stayed in the mounts that the boot has made, of
     *     which process 1 has a copy that is locked; those of process 1 itself can be as many as the partition likes
     */
    List<Promise> read(
            StorageSlice storage,
            StoragePaths paths,
            Map<Path, String> attached,
            Optional<Long> holder) {
        List<Promise> promises = new ArrayList<>();
        Optional<Map<String, Set<String>>> mounts = holder.map(this::mounts);
        storage.own()
                .ifPresent(size -> promises.add(promise(
                        Resource.STORAGE,
                        size.toString(),
                        paths.own(),
                        direct(List.of(paths.own()), attached),
                        faults -> text(own(paths.own(), size, OWN_PLACES, attached, mounts, faults)))));
        if (!storage.volumes().isEmpty()) {
            List<Path> files = storage.volumes().stream()
                    .map(volume -> paths.volume(volume.name()))
                    .toList();
            promises.add(promise(
                    Resource.VOLUMES,
                    storage.volumes().stream()
                            .map(volume -> text(volume, volume.size().toString()))
                            .collect(Collectors.joining(", ")),
                    paths.volumes(),
                    direct(files, attached).or(() -> kept(storage, paths)),
                    faults -> storage.volumes().stream()
                            .map(volume -> text(
                                    volume,
                                    text(own(
                                            paths.volume(volume.name()),
                                            volume.size(),
                                            List.of(volume.at().value()),
                                            attached,
                                            mounts,
                                            faults))))
                            .collect(Collectors.joining(", "))));
        }
        if (!storage.disks().isEmpty()) {
            promises.add(handedIn(storage, paths));
        }
        return promises;
    }

    private static String text(Volume volume, String size) {
        return volume.name() + " " + size + " on " + volume.at();
    }

    private static String text(long bytes) {
        return new ByteSize(bytes).toString();
    }

    private interface Reading {
        String into(List<String> faults);
    }

    private static Promise promise(
            Resource resource, String promised, Path evidence, Optional<String> exception, Reading reading) {
        return PromiseReading.promise(resource, promised, Strength.GUARANTEED, evidence, exception, () -> {
            List<String> faults = new ArrayList<>();
            return new Found(reading.into(faults), faults);
        });
    }

    /** How much of its size a volume surely has. */
    private long own(
            Path file,
            ByteSize size,
            List<String> places,
            Map<Path, String> attached,
            Optional<Map<String, Set<String>>> mounts,
            List<String> faults) {
        long has = 0;
        try {
            long allocated = sys.allocatedBytes(file);
            has = Math.min(size.bytes(), Math.min(allocated, Files.size(file)));
            if (has < size.bytes()) {
                faults.add(file + " has " + new ByteSize(has) + " set aside, promised " + size);
            }
        } catch (ErrnoException | IOException e) {
            faults.add(String.valueOf(e.getMessage()));
        }
        mounts.ifPresent(all -> checkRun(file, places, attached, all, faults));
        return has;
    }

    private void checkRun(
            Path file,
            List<String> places,
            Map<Path, String> attached,
            Map<String, Set<String>> mounts,
            List<String> faults) {
        String device = attached.get(file);
        if (device == null || !loops.backingFile(device).equals(file.toString())) {
            faults.add("no loop device shows " + file);
            return;
        }
        String number = loops.number(device);
        for (String place : places) {
            if (!mounts.getOrDefault(place, Set.of()).contains(number)) {
                faults.add(place + " of the partition is not on " + device + " (" + number + ")");
            }
        }
    }

    /** What is said where the host's page cache could not be gone by. */
    private Optional<String> direct(List<Path> files, Map<Path, String> attached) {
        List<String> indirect = files.stream()
                .map(attached::get)
                .filter(device -> device != null && !loops.isDirect(device))
                .toList();
        return indirect.isEmpty()
                ? Optional.empty()
                : Optional.of("no direct I/O on this file system (" + String.join(", ", indirect)
                        + "): what is read and written takes the host's page cache too");
    }

    /** Volumes that were taken out of the definition. */
    private static Optional<String> kept(StorageSlice storage, StoragePaths paths) {
        List<String> kept = StorageWall.unclaimed(storage.volumes(), paths).stream()
                .map(Path::toString)
                .toList();
        return kept.isEmpty() ? Optional.empty() : Optional.of("kept, in no definition: " + String.join(", ", kept));
    }

    private Promise handedIn(StorageSlice storage, StoragePaths paths) {
        String names = String.join(", ", storage.disks());
        return PromiseReading.promise(
                Resource.DISKS,
                names,
                Strength.EXCLUSIVE,
                root.resolve("sys/class/block"),
                Optional.of("the host's root can still use them"),
                () -> {
                    try {
                        return new Found(names, disks.faults(paths, storage.disks()));
                    } catch (IOException e) {
                        return new Found("unknown", List.of(String.valueOf(e.getMessage())));
                    }
                });
    }

    /** The devices on each place; proc(5), mountinfo: the third field is the device, the fifth the place. */
    private Map<String, Set<String>> mounts(long holder) {
        Map<String, Set<String>> mounts = new TreeMap<>();
        try {
            String text = KernelText.read(root.resolve(Path.of("proc", Long.toString(holder), "mountinfo")));
            for (String line : text.split("\n")) {
                String[] fields = line.split(" ", 6);
                if (fields.length == 6) {
                    mounts.computeIfAbsent(fields[4], place -> new LinkedHashSet<>()).add(fields[2]);
                }
            }
        } catch (IOException e) {
            // It has ended: nothing of it is mounted, and that is what is found.
        }
        return mounts;
    }
}
