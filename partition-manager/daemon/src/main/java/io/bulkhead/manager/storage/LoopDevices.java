package io.bulkhead.manager.storage;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.KernelText;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Loop devices on volumes; loop(4). Safe for any thread. */
final class LoopDevices {
    /** How often another program may take the device that the kernel has just named to us. */
    private static final int ATTEMPTS = 64;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Set<OpenFlag> BOTH_WAYS = EnumSet.of(OpenFlag.READ_WRITE);
    private static final Set<OpenFlag> VOLUME = EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.NO_FOLLOW);

    private final Syscalls sys;
    private final Path root;

    /**
     * @param root of the host's tree, {@code /} but in tests
     */
    LoopDevices(Syscalls sys, Path root) {
        this.sys = sys;
        this.root = root;
    }

    /**
     * A device that shows a file. It goes with the last who uses it, so it must be mounted before it is closed.
     *
     * @param name as in /sys/block
     * @param fd keeps it
     */
    record Attached(String name, Fd fd) implements AutoCloseable {
        Path node() {
            return Path.of("/dev", name);
        }

        @Override
        public void close() {
            fd.close();
        }
    }

    /** Shows a volume as a block device. */
    Attached attach(Path file) {
        try (Undo undo = new Undo();
                Fd control = sys.open(Path.of("/dev/loop-control"), BOTH_WAYS);
                Fd backing = sys.open(file, VOLUME)) {
            for (int attempt = 1; ; attempt++) {
                String name = "loop" + sys.freeLoopDevice(control);
                Fd device = sys.open(Path.of("/dev", name), BOTH_WAYS);
                undo.push("let " + name + " go", device::close);
                try {
                    configure(device, backing);
                    undo.keep();
                    return new Attached(name, device);
                } catch (ErrnoException e) {
                    device.close();
                    if (!e.is(Errno.EBUSY) || attempt == ATTEMPTS) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Not every file system has direct I/O: then the volume does without, and its certificate says so. */
    private void configure(Fd device, Fd backing) {
        try {
            sys.configureLoopDevice(device, backing, true);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            sys.configureLoopDevice(device, backing, false);
        }
    }

    /** Major and minor number, {@code 7:3}. */
    String number(String name) {
        return text(name, "dev");
    }

    /** Whether the host's page cache is gone by. */
    boolean isDirect(String name) {
        return text(name, "loop/dio").equals("1");
    }

    /** The file that a device shows; empty if none. */
    String backingFile(String name) {
        return text(name, "loop/backing_file");
    }

    /** The devices that show this very file. */
    List<String> of(Path file) {
        return where(shown -> shown.equals(file.toString()));
    }

    /** The devices that show files of a directory, or showed them before these were removed. */
    List<String> below(Path directory) {
        return where(shown -> shown.startsWith(directory + "/"));
    }

    private List<String> where(Predicate<String> wanted) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(root.resolve("sys/block"), "loop*")) {
            for (Path device : devices) {
                String name = device.getFileName().toString();
                if (wanted.test(backingFile(name))) {
                    found.add(name);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the block devices cannot be listed: " + e.getMessage(), e);
        }
        return found;
    }

    /**
     * Waits until devices of a directory are gone, and returns those that are not; the mounts go a moment after the last task.
     *
     * @param others that may stay
     */
    List<String> awaitNoneBelow(Path directory, Collection<String> others, long patienceMillis) {
        return awaitNone(
                () -> below(directory).stream()
                        .filter(name -> !others.contains(name))
                        .toList(),
                patienceMillis);
    }

    /**
     * Waits until devices show their files no more, and returns those that still do.
     *
     * @param devices as in /sys/block, by their files
     */
    List<String> awaitGone(Map<Path, String> devices, long patienceMillis) {
        return awaitNone(
                () -> devices.entrySet().stream()
                        .filter(device -> backingFile(device.getValue())
                                .equals(device.getKey().toString()))
                        .map(Map.Entry::getValue)
                        .toList(),
                patienceMillis);
    }

    private static List<String> awaitNone(Supplier<List<String>> devices, long patienceMillis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        List<String> left = devices.get();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
            left = devices.get();
        }
        return left;
    }

    /** Whether the file system on a device has met an error since it was last repaired; it is mounted. */
    boolean hasErrors(String name) {
        String count = text(root.resolve("sys/fs/ext4").resolve(name).resolve("errors_count"));
        return !count.equals("0");
    }

    /** Empty where the device has no such file: it shows nothing. */
    private String text(String name, String file) {
        return text(root.resolve("sys/block").resolve(name).resolve(file));
    }

    private static String text(Path file) {
        try {
            return KernelText.read(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
