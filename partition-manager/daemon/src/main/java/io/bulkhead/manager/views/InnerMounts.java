package io.bulkhead.manager.views;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.Namespace;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes files of lxcfs into the mounts of a process 1 and out again, on a thread that is thrown away. They go into its own
 * mount namespace, where they can be replaced, not into the one around it, whose mounts are locked: mount_namespaces(7).
 *
 * <p>Every path is walked inside: with whatever its root has done to /proc, it leads nowhere but to its own mounts. While the
 * thread is there, no class may be loaded, since the class path would be looked up inside too. Safe for any thread.
 */
final class InnerMounts {
    private static final Path ROOT = Path.of("/");
    private static final Set<Namespace> MOUNTS = EnumSet.of(Namespace.MOUNT);
    private static final Set<MountAttribute> READ_ONLY =
            EnumSet.of(MountAttribute.READ_ONLY, MountAttribute.NO_SUID, MountAttribute.NO_DEV, MountAttribute.NO_EXEC);

    private final Syscalls sys;

    InnerMounts(Syscalls sys) {
        this.sys = sys;
        warmUp();
    }

    /** Every class that {@link Visit} uses where it cannot load any; its errors come with a text, which links all that. */
    private void warmUp() {
        Visit nowhere = new Visit("nowhere", Optional.empty(), List.of(Path.of("/nowhere/of/bulkhead")), List.of());
        nowhere.change();
        if (nowhere.failure != null) {
            throw new IllegalStateException("cannot fail to unmount what is not there", nowhere.failure);
        }
    }

    /**
     * Shows files of lxcfs.
     *
     * @param init pidfd of process 1
     * @param source where lxcfs is mounted on the host
     * @param names of {@link ViewFiles}
     * @param stale the places inside with an earlier lxcfs, which goes first
     * @throws ErrnoException if something could not be shown; what could be is
     */
    void show(Fd init, Path source, List<String> names, List<Path> stale) {
        List<Attachment> attachments = new ArrayList<>();
        try {
            for (String name : names) {
                Fd tree = sys.cloneTree(ViewFiles.at(source, name), false);
                attachments.add(new Attachment(tree, ViewFiles.at(ROOT, name)));
                sys.setMountAttributes(tree, READ_ONLY, Optional.empty());
            }
            visit("views-show", init, stale, attachments);
        } finally {
            attachments.forEach(attachment -> attachment.tree().close());
        }
    }

    /** Takes off what is there of lxcfs, so that the kernel's own files are seen again. */
    void hide(Fd init, List<Path> places) {
        visit("views-hide", init, places, List.of());
    }

    private void visit(String name, Fd init, List<Path> stale, List<Attachment> attachments) {
        if (stale.isEmpty() && attachments.isEmpty()) {
            return;
        }
        Visit visit = new Visit(name, Optional.of(init), stale, attachments);
        visit.start();
        boolean interrupted = false;
        while (true) {
            try {
                visit.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (visit.failure != null) {
            throw visit.failure;
        }
    }

    private record Attachment(Fd tree, Path place) {}

    /** The thrown-away thread. */
    private final class Visit extends Thread {
        private final Optional<Fd> init;
        private final List<Path> stale;
        private final List<Attachment> attachments;
        private @Nullable RuntimeException failure;

        Visit(String name, Optional<Fd> init, List<Path> stale, List<Attachment> attachments) {
            super(name);
            this.init = init;
            this.stale = stale;
            this.attachments = attachments;
        }

        @Override
        public void run() {
            change();
        }

        private void change() {
            try {
                if (init.isPresent()) {
                    sys.unshareFileSystemContext();
                    sys.enterNamespaces(init.get(), MOUNTS);
                }
                for (Path place : stale) {
                    takeOff(place);
                }
                for (Attachment attachment : attachments) {
                    put(attachment);
                }
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        private void takeOff(Path place) {
            try {
                sys.unmount(place, true);
            } catch (ErrnoException e) {
                // Its root was faster, or has put something of its own there.
                if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                    throw e;
                }
            }
        }

        private void put(Attachment attachment) {
            try {
                sys.attachTree(attachment.tree(), attachment.place());
            } catch (ErrnoException e) {
                if (failure == null) {
                    failure = e;
                }
            }
        }
    }
}
