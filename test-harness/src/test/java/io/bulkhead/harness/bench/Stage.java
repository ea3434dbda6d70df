package io.bulkhead.harness.bench;

import io.bulkhead.manager.sys.MountFlag;
import io.bulkhead.manager.sys.Namespace;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A thread with mounts of its own, from which peers are started: the host's mounts are never touched, and everything
 * mounted is gone with the thread and its last child.
 */
final class Stage implements AutoCloseable {
    private static final Path SLASH = Path.of("/");
    private static final Path RUN = Path.of("/run");
    private static final Path UNIFIED = Path.of("/sys/fs/cgroup/unified");

    private final Syscalls sys;
    private final Path directory;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "stage");
        made.setDaemon(true);
        return made;
    });

    private Stage(Syscalls sys, Path directory) {
        this.sys = sys;
        this.directory = directory;
    }

    /**
     * Sets up a stage.
     *
     * @param directory an empty one of the host's; what is put there is seen on the stage only
     */
    static Stage open(Syscalls sys, Path directory) {
        Stage stage = new Stage(sys, directory);
        stage.call(() -> {
            sys.unshare(EnumSet.of(Namespace.MOUNT));
            sys.mount("none", SLASH, "", EnumSet.of(MountFlag.RECURSIVE, MountFlag.PRIVATE), "");
            if (Files.isDirectory(UNIFIED)) {
                // crun refuses hosts with both versions of cgroups; without the empty version 2 it takes version 1.
                sys.mount("none", UNIFIED, "tmpfs", Set.of(), "mode=0755");
            }
            // What runtimes leave in /run goes with the stage too.
            sys.mount("none", RUN, "tmpfs", Set.of(), "mode=0755");
            sys.mount("none", directory, "tmpfs", Set.of(), "mode=0755");
            return directory;
        });
        return stage;
    }

    Path directory() {
        return directory;
    }

    Syscalls sys() {
        return sys;
    }

    /** Runs work on the stage's thread and waits for it. */
    <T> T call(Callable<T> work) {
        try {
            return thread.submit(work).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        }
    }

    /**
     * Builds a root like that of a partition: a tmpfs that belongs to the range's root, with the host's /usr read-only.
     * Peers find it ready; the manager builds one for each start.
     */
    Path makeRoot(String name, long owner) {
        Path root = directory.resolve(name);
        return call(() -> {
            Files.createDirectory(root);
            sys.mount("none", root, "tmpfs", Set.of(), "mode=0755,uid=" + owner + ",gid=" + owner);
            for (String inside : List.of("usr", "etc", "var", "proc", "sys", "dev", "tmp", "run", "root", "mnt")) {
                sys.makeDirectory(root.resolve(inside), 0755);
                sys.changeOwner(root.resolve(inside), owner, owner);
            }
            for (String link : List.of("bin", "sbin", "lib", "lib64")) {
                if (Files.isSymbolicLink(SLASH.resolve(link))) {
                    sys.makeSymbolicLink(root.resolve(link), "usr/" + link);
                    sys.changeOwner(root.resolve(link), owner, owner);
                }
            }
            for (String file : List.of("ld.so.cache", "passwd", "group")) {
                Path copy =
                        Files.copy(Path.of("/etc", file), root.resolve("etc").resolve(file));
                sys.changeOwner(copy, owner, owner);
            }
            Path usr = root.resolve("usr");
            sys.mount("/usr", usr, "", EnumSet.of(MountFlag.BIND), "");
            sys.mount("none", usr, "", EnumSet.of(MountFlag.BIND, MountFlag.REMOUNT, MountFlag.READ_ONLY), "");
            return root;
        });
    }

    /** Writes a file that is seen on the stage only. */
    Path write(String name, String text) {
        return call(() -> {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
