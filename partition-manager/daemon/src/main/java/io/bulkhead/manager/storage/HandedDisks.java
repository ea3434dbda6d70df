package io.bulkhead.manager.storage;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.manager.storage.BlockDevices.BlockDevice;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The disks that a partition was given. The kernel's names may mean other disks after a restart of the host, so what tells
 * each one is written down when it is first given, and asked for ever after. Safe for any thread with different partitions.
 */
final class HandedDisks {
    private final Syscalls sys;
    private final BlockDevices devices;

    HandedDisks(Syscalls sys, BlockDevices devices) {
        this.sys = sys;
        this.devices = devices;
    }

    /** Writes down what is new, and refuses what is not there, in use, or another disk than it was. */
    void bind(StoragePaths paths, List<String> names) {
        try {
            Map<String, String> known = known(paths);
            Map<String, String> now = new TreeMap<>();
            for (BlockDevice device : require(paths, names)) {
                now.put(device.name(), device.identity());
            }
            if (now.isEmpty()) {
                Files.deleteIfExists(paths.disks());
            } else if (!now.equals(known)) {
                List<String> lines = new ArrayList<>();
                now.forEach((name, identity) -> lines.add(name + " " + identity));
                Path fresh = paths.disks().resolveSibling(paths.disks().getFileName() + StoragePaths.NEW);
                Files.write(fresh, lines);
                Files.move(fresh, paths.disks(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                VolumeFiles.forceDirectory(paths.disks());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(paths.disks() + ": " + e.getMessage(), e);
        }
    }

    /** The disks, each of which is there, the one that it was, and used by nobody. */
    List<BlockDevice> require(StoragePaths paths, List<String> names) throws IOException {
        Map<String, String> known = known(paths);
        List<BlockDevice> found = new ArrayList<>();
        for (String name : names) {
            BlockDevice device = devices.find(name)
                    .orElseThrow(() -> Refusal.of(
                            ProblemCode.NOT_ENOUGH_RESOURCES,
                            "there is no disk " + name,
                            "name one that lsblk shows, or take it out of the definition"));
            stranger(known, device).ifPresent(text -> {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        text,
                        "name the right one in the definition; or take this one out, and put it in again");
            });
            requireUnused(device);
            found.add(device);
        }
        return found;
    }

    /** The disk of a name, if there is one. */
    Optional<BlockDevice> find(String name) {
        return devices.find(name);
    }

    /** What does not hold any more, in words. */
    List<String> faults(StoragePaths paths, List<String> names) throws IOException {
        Map<String, String> known = known(paths);
        List<String> faults = new ArrayList<>();
        for (String name : names) {
            Optional<BlockDevice> device = devices.find(name);
            if (device.isEmpty()) {
                faults.add("there is no disk " + name);
            } else {
                stranger(known, device.get()).ifPresent(faults::add);
                faults.addAll(devices.users(device.get()));
            }
        }
        return faults;
    }

    private static Optional<String> stranger(Map<String, String> known, BlockDevice device) {
        String before = known.getOrDefault(device.name(), device.identity());
        return before.equals(device.identity())
                ? Optional.empty()
                : Optional.of(device.name() + " is another disk than the one that was given: '" + device.identity()
                        + "', that was '" + before + "'");
    }

    private void requireUnused(BlockDevice device) {
        List<String> users = devices.users(device);
        if (users.isEmpty()) {
            try {
                // The kernel's own word: a mount or a holder of any mount namespace has claimed it.
                sys.open(Path.of("/dev", device.name()), EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.EXCLUSIVE))
                        .close();
                return;
            } catch (ErrnoException e) {
                if (!e.is(Errno.EBUSY)) {
                    throw e;
                }
                users = List.of(device.name() + " is claimed by a program of the host");
            }
        }
        throw inUse(device.name(), users);
    }

    static Refusal inUse(String name, List<String> users) {
        return Refusal.of(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                "the disk " + name + " is in use: " + String.join(", ", users),
                "name another, or unmount it first");
    }

    private static Map<String, String> known(StoragePaths paths) throws IOException {
        Map<String, String> known = new TreeMap<>();
        if (Files.exists(paths.disks())) {
            for (String line : Files.readAllLines(paths.disks())) {
                String[] words = line.split(" ", 2);
                known.put(words[0], words.length > 1 ? words[1] : "");
            }
        }
        return known;
    }
}
