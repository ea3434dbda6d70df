package io.bulkhead.manager.mount;

import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.manager.mount.StoragePlan.Trees;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Shows volumes and shares on the calling thread of a boot, which stands in the new root. A place below the partition's
 * own files is made, and found, without following a link that the partition may have laid there: openat2(2), beneath.
 * For one thread; owns the trees that it takes until they are attached.
 */
public final class StorageRunner implements AutoCloseable {
    /** Where a volume may be attached for a moment, to take directories of it; relative to the new root. */
    private static final Path DESK = Path.of("mnt");

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static final Path SLASH = Path.of("/");
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.DIRECTORY);
    private static final Set<MountAttribute> NO_DEVICES = EnumSet.of(MountAttribute.NO_DEV);

    private final Syscalls sys;
    private final Fd idMapping;
    private final StoragePlan plan;
    private final List<Fd> taken = new ArrayList<>();
    private final List<Fd> volumes = new ArrayList<>();
    private List<Fd> shares = List.of();

    /**
     * @param idMapping the partition's user namespace, not closed here
     */
    public StorageRunner(Syscalls sys, Fd idMapping, StoragePlan plan) {
        this.sys = sys;
        this.idMapping = idMapping;
        this.plan = plan;
    }

    /**
     * Takes what is to be shown later, while the host is in sight.
     *
     * @param files the partition's directory on the host, where its own files are unless they are on a volume
     * @param ownFiles takes those from a directory; done once more if it has met EINVAL
     */
    public void take(Path files, Consumer<Path> ownFiles) {
        Trees trees = plan.trees().get();
        shares = trees.shares();
        Consumer<Path> own = directory -> {
            makePlaces(directory);
            ownFiles.accept(directory);
        };
        trees.own().ifPresentOrElse(tree -> takeFrom(tree, own), () -> own.accept(files));
        for (Fd volume : trees.volumes()) {
            takeFrom(volume, directory -> takeContent(directory.resolve(StoragePlan.CONTENT)));
        }
    }

    /**
     * Takes directories of a mount that is on no path: through its descriptor, or before kernel 6.15, which copies nothing of
     * such a mount, by attaching it for a moment.
     */
    private void takeFrom(Fd tree, Consumer<Path> work) {
        try {
            work.accept(DESCRIPTORS.resolve(Integer.toString(tree.number())));
        } catch (ErrnoException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            sys.attachTree(tree, DESK);
            work.accept(DESK);
            sys.unmount(DESK, true);
        }
    }

    private void takeContent(Path directory) {
        Fd content = sys.cloneTree(directory, false);
        taken.add(content);
        sys.setMountAttributes(content, NO_DEVICES, Optional.of(idMapping));
        volumes.add(content);
    }

    /** Shows all of it, when the partition's own files are shown and no program runs on the host's behalf any more. */
    public void show() {
        if (plan.places().isEmpty()) {
            return;
        }
        try (Fd root = sys.open(SLASH, PLACE)) {
            for (int i = 0; i < volumes.size(); i++) {
                attach(root, volumes.get(i), plan.volumes().get(i));
            }
            for (int i = 0; i < shares.size(); i++) {
                attach(root, shares.get(i), plan.shares().get(i));
            }
        }
    }

    private void attach(Fd root, Fd tree, InsidePath at) {
        try (Fd target = beneath(root, at.value().substring(1), at)) {
            sys.attachTree(tree, target);
        }
    }

    private void makePlaces(Path files) {
        List<InsidePath> own =
                plan.places().stream().filter(MountPlan::isInOwnFiles).toList();
        if (own.isEmpty()) {
            return;
        }
        try (Fd base = sys.open(files, PLACE)) {
            for (InsidePath place : own) {
                makePlace(base, place);
            }
        }
    }

    /** Directories of the partition's root; those that are there stay as they are. */
    private void makePlace(Fd base, InsidePath place) {
        String[] names = place.value().substring(1).split("/");
        String path = names[0];
        for (int i = 1; i < names.length; i++) {
            try (Fd above = beneath(base, path, place)) {
                makeUnlessThere(above, names[i]);
            }
            path = path + "/" + names[i];
        }
        beneath(base, path, place).close();
    }

    private void makeUnlessThere(Fd above, String name) {
        try {
            sys.makeDirectoryAt(above, name, 0755);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    private Fd beneath(Fd base, String path, InsidePath place) {
        try {
            return sys.openBeneath(base, path, PLACE);
        } catch (ErrnoException e) {
            if (e.is(Errno.ELOOP) || e.is(Errno.ENOTDIR) || e.is(Errno.EXDEV)) {
                throw new IllegalStateException(
                        "/" + path + " in the partition is a link or no directory, so nothing can be shown on " + place
                                + "; take it out of the definition, start, and remove it inside",
                        e);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        taken.forEach(Fd::close);
        taken.clear();
    }
}
