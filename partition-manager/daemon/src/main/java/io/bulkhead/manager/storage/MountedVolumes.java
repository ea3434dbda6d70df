package io.bulkhead.manager.storage;

import io.bulkhead.manager.mount.StoragePlan;
import io.bulkhead.manager.storage.LoopDevices.Attached;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Volumes of one partition on loop devices, then mounted on no path of the host. Devices and mounts go with their descriptors,
 * so with the manager too, unless a partition has taken the mounts meanwhile. For one thread at a time; whoever has it closes it.
 */
final class MountedVolumes implements AutoCloseable {
    /** An error stops all writing until somebody has looked; nothing that is deleted is given back to the host's disk. */
    private static final Map<String, String> OPTIONS = Map.of("errors", "remount-ro", "nodiscard", "");

    private static final Set<MountAttribute> NO_DEVICES = EnumSet.of(MountAttribute.NO_DEV);

    /** What a boot takes, and what the dynamic loader asks for: ld.so(8). */
    private static final List<String> LOOKED_UP =
            List.of(StoragePlan.CONTENT, "etc", "var/lib/dpkg", "home", "root", "srv", "etc/ld.so.preload");

    /** What is read before a run says its first word. */
    private static final List<String> READ = List.of("etc/ld.so.cache", "etc/hosts");

    /** The partition can make these files as long as it likes. */
    private static final int MOST_PIECES = 16;

    private static final int PIECE_BYTES = 16 << 10;

    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH);

    /** Whatever the partition has put there: it is not waited for. */
    private static final Set<OpenFlag> CONTENT = EnumSet.of(OpenFlag.NON_BLOCKING);

    private final Syscalls sys;
    private final List<Path> files;
    private final List<Attached> devices;
    private final List<Fd> trees = new ArrayList<>();

    private MountedVolumes(Syscalls sys, List<Path> files, List<Attached> devices) {
        this.sys = sys;
        this.files = List.copyOf(files);
        this.devices = List.copyOf(devices);
    }

    /** Repairs volumes where they need it, and shows each by a device of its own; nothing is mounted yet. */
    static MountedVolumes attach(Syscalls sys, LoopDevices loops, VolumeFiles volumes, List<Path> files) {
        try (Undo undo = new Undo()) {
            List<Attached> devices = new ArrayList<>();
            for (Path file : files) {
                volumes.repair(file);
                Attached device = loops.attach(file);
                undo.push("let " + device.name() + " go", device::close);
                devices.add(device);
            }
            undo.keep();
            return new MountedVolumes(sys, files, devices);
        }
    }

    /** Mounts all of them, which waits for the disk; from then on the mounts keep the devices. */
    void mount() {
        for (Attached device : devices) {
            trees.add(mount(sys, device.node()));
            device.close();
        }
    }

    /**
     * Has the kernel read what a run will want first, which else waits for the disk again and again. No link is followed, no
     * device can be opened on these mounts, and what is there is of no interest.
     */
    void readAhead() {
        for (Fd tree : trees) {
            for (String path : LOOKED_UP) {
                ifThere(() -> sys.openBeneath(tree, path, PLACE).close());
            }
            for (String path : READ) {
                ifThere(() -> read(tree, path));
            }
        }
    }

    private static void ifThere(Runnable work) {
        try {
            work.run();
        } catch (ErrnoException e) {
            // Then nobody will have to wait for it.
        }
    }

    private void read(Fd tree, String path) {
        byte[] piece = new byte[PIECE_BYTES];
        try (Fd file = sys.openBeneath(tree, path, CONTENT)) {
            for (int i = 0; i < MOST_PIECES && sys.read(file, piece, 0, piece.length) > 0; i++) {}
        }
    }

    /** A detached mount of the volume on a device. */
    static Fd mount(Syscalls sys, Path device) {
        return sys.makeMount("ext4", device, OPTIONS, NO_DEVICES);
    }

    List<Path> files() {
        return files;
    }

    /** The devices, as in /sys/block, by the files that they show. */
    Map<Path, String> devices() {
        Map<Path, String> byFile = new TreeMap<>();
        for (int i = 0; i < files.size(); i++) {
            byFile.put(files.get(i), devices.get(i).name());
        }
        return byFile;
    }

    boolean isMounted() {
        return trees.size() == files.size();
    }

    /** The mounts from their tops, in the order of the files; not closed by who gets them. */
    List<Fd> trees() {
        return List.copyOf(trees);
    }

    /** Harmless a second time. */
    @Override
    public void close() {
        trees.forEach(Fd::close);
        devices.forEach(Attached::close);
    }
}
