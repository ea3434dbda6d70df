package io.bulkhead.manager.views;

import io.bulkhead.manager.start.Child;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.KernelText;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance's own lxcfs(1): one process in the host's groups, and a FUSE mount below the run directory. It outlives the
 * manager, like the partitions that read it; the next manager knows it by the file in which it has put its process id and by
 * the directory in its command line. The mount is read-only as a whole, since lxcfs would write to the host's /sys with the
 * power of the host's root. For one thread at a time.
 */
final class Lxcfs {
    private static final Logger LOG = LoggerFactory.getLogger(Lxcfs.class);
    private static final long PATIENCE_MILLIS = 5_000;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SIGTERM = 15;
    private static final Path NULL = Path.of("/dev/null");

    private final Syscalls sys;
    private final ProcessTable processes;
    private final Place place;

    /**
     * Where it is.
     *
     * @param program {@code /usr/bin/lxcfs}
     * @param fuse {@code /dev/fuse}
     * @param proc {@code /proc}
     * @param directory where it is mounted, made if it is missing; absolute
     * @param name what it is called in the table of mounts: the instance
     */
    record Place(Path program, Path fuse, Path proc, Path directory, String name) {
        /** On the live host. */
        static Place of(Path runDirectory, String instance) {
            return new Place(
                    Path.of("/usr/bin/lxcfs"),
                    Path.of("/dev/fuse"),
                    Path.of("/proc"),
                    runDirectory.toAbsolutePath().normalize().resolve("lxcfs"),
                    instance);
        }

        Path pidFile() {
            return directory.resolveSibling(directory.getFileName() + ".pid");
        }
    }

    Lxcfs(Syscalls sys, ProcessTable processes, Place place) {
        this.sys = sys;
        this.processes = processes;
        this.place = place;
    }

    /** Why this host has none, with the remedy; empty where it can be started. */
    Optional<String> lacking() {
        if (!Files.isExecutable(place.program())) {
            return Optional.of("lxcfs is not installed (apt-get install lxcfs)");
        }
        return Files.exists(place.fuse())
                ? Optional.empty()
                : Optional.of("the kernel has no FUSE: there is no " + place.fuse() + " (modprobe fuse)");
    }

    /** Where its files are on the host. */
    Path directory() {
        return place.directory();
    }

    /** The number of its super block while it is mounted. */
    Optional<String> device() {
        return MountTable.of(place.proc(), "self")
                .flatMap(table -> table.on(place.directory()))
                .filter(mount -> mount.type().equals(MountTable.LXCFS))
                .map(MountTable.Mount::device);
    }

    /** The one that an earlier manager has left running and mounted. Whatever else it has left is cleared away. */
    Optional<Child> takeUp() {
        Optional<Child> found = find();
        if (found.isPresent() && device().isPresent()) {
            return found;
        }
        found.ifPresent(this::end);
        clear();
        return Optional.empty();
    }

    private Optional<Child> find() {
        try {
            if (!Files.exists(place.pidFile())) {
                return Optional.empty();
            }
            long pid = Long.parseLong(Files.readString(place.pidFile()).strip());
            Optional<ProcessId> known = processes.identify(pid);
            if (known.isEmpty()) {
                return Optional.empty();
            }
            Fd process = sys.openProcess(pid);
            // Looked at after it was opened: the number cannot have changed hands in between.
            if (isOurs(pid) && processes.isRunning(known.get())) {
                return Optional.of(new Child(pid, process));
            }
            process.close();
        } catch (IOException | NumberFormatException | ErrnoException e) {
            LOG.atInfo().addKeyValue("reason", e.toString()).log("No lxcfs of an earlier manager can be found");
        }
        return Optional.empty();
    }

    private boolean isOurs(long pid) throws IOException {
        String[] words = KernelText.read(
                        place.proc().resolve(Long.toString(pid)).resolve("cmdline"))
                .split("\0");
        return words.length > 1
                && words[0].equals("lxcfs")
                && words[words.length - 1].equals(place.directory().toString());
    }

    /**
     * Starts it and waits until its files are there.
     *
     * @throws IllegalStateException with the reason; nothing is left then
     */
    Child start() {
        try (Undo undo = new Undo()) {
            clear();
            Files.createDirectories(place.directory());
            undo.push("clear its mount away", this::clear);
            Child child = spawn();
            undo.push("end it", () -> end(child));
            protect(child.pid());
            awaitMounted(child);
            undo.keep();
            return child;
        } catch (IOException | ErrnoException e) {
            throw new IllegalStateException("lxcfs cannot be started: " + e, e);
        }
    }

    private List<String> command() {
        return List.of(
                "lxcfs",
                "--foreground",
                "--enable-loadavg",
                "--enable-cfs",
                "--pidfile=" + place.pidFile(),
                "-o",
                "ro,subtype=lxcfs,fsname=" + place.name(),
                place.directory().toString());
    }

    private Child spawn() {
        try (Fd nothing = sys.open(NULL, EnumSet.of(OpenFlag.READ_WRITE))) {
            return Child.start(
                    sys,
                    new SpawnRequest(
                            place.program().toString(),
                            command(),
                            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                            Map.of(0, nothing, 1, nothing, 2, nothing)));
        }
    }

    /**
     * Every partition reads it: the kernel is to look elsewhere first when memory is short. Without CAP_SYS_RESOURCE, as in some
     * virtual machines, it has what the manager has.
     */
    private void protect(long pid) {
        try {
            Files.writeString(place.proc().resolve(Long.toString(pid)).resolve("oom_score_adj"), "-900");
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("reason", e.toString()).log("lxcfs is not protected from the kernel's killer");
        }
    }

    private void awaitMounted(Child child) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        Path last = place.directory().resolve("proc/meminfo");
        while (device().isEmpty() || !Files.exists(last)) {
            Optional<ProcessEnd> end = sys.pollEnd(child.process());
            if (end.isPresent()) {
                throw new IllegalStateException(
                        "lxcfs " + end.get() + "; what it says: " + String.join(" ", command()));
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("lxcfs has mounted nothing on " + place.directory() + " after "
                        + PATIENCE_MILLIS + " ms; what it says: " + String.join(" ", command()));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Ends it, in order where it listens, and closes its descriptor. Its mount may be left. */
    void end(Child lxcfs) {
        try (lxcfs) {
            if (lxcfs.awaitEnd(sys, 0).isEmpty()) {
                signal(lxcfs);
                if (lxcfs.awaitEnd(sys, PATIENCE_MILLIS).isEmpty()) {
                    lxcfs.kill(sys);
                }
            }
        }
    }

    private void signal(Child lxcfs) {
        try {
            sys.signal(lxcfs.process(), SIGTERM);
        } catch (ErrnoException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("lxcfs has ended by itself");
        }
    }

    /** Takes the mount of one that has ended off the host; its readers get errors until then. */
    void clear() {
        while (device().isPresent()) {
            sys.unmount(place.directory(), true);
        }
    }

    /** Removes its directory and its file too. */
    void remove() {
        clear();
        try {
            Files.deleteIfExists(place.pidFile());
            Files.deleteIfExists(place.directory());
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("path", place.directory()).setCause(e).log("A directory is left");
        }
    }
}
