package io.bulkhead.manager.mount;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.mount.MountStep.BlockNode;
import io.bulkhead.manager.mount.MountStep.Console;
import io.bulkhead.manager.mount.MountStep.DeviceNode;
import io.bulkhead.manager.mount.MountStep.Directory;
import io.bulkhead.manager.mount.MountStep.FileSystem;
import io.bulkhead.manager.mount.MountStep.IdmappedBind;
import io.bulkhead.manager.mount.MountStep.IdmappedBindIfPresent;
import io.bulkhead.manager.mount.MountStep.LockReadOnly;
import io.bulkhead.manager.mount.MountStep.MaskDirectory;
import io.bulkhead.manager.mount.MountStep.MaskFile;
import io.bulkhead.manager.mount.MountStep.Proc;
import io.bulkhead.manager.mount.MountStep.RemountReadOnly;
import io.bulkhead.manager.mount.MountStep.ShownText;
import io.bulkhead.manager.mount.MountStep.Symlink;
import io.bulkhead.manager.mount.MountStep.TextFile;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountFlag;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Performs the steps of a {@link MountPlan} on the calling thread, with system calls alone: it must work where neither
 * class path nor host are in sight. For one thread; owns the detached trees until they are attached.
 */
public final class MountRunner implements AutoCloseable {
    private static final Set<MountFlag> LOCKED = EnumSet.of(
            MountFlag.REMOUNT,
            MountFlag.BIND,
            MountFlag.READ_ONLY,
            MountFlag.NO_SUID,
            MountFlag.NO_DEV,
            MountFlag.NO_EXEC);
    private static final Set<MountFlag> EMPTY =
            EnumSet.of(MountFlag.READ_ONLY, MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC);
    private static final Set<MountFlag> BIND = EnumSet.of(MountFlag.BIND);
    private static final Path SLASH = Path.of("/");
    private static final Set<OpenFlag> NEW_FILE = EnumSet.of(OpenFlag.WRITE_ONLY, OpenFlag.CREATE);
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW);

    private final Syscalls sys;
    private final long owner;
    private final Fd idMapping;
    private final Runnable procMounter;
    private final Map<IdmappedBind, Fd> trees = new HashMap<>();
    private @Nullable Path emptyDirectory;

    /**
     * @param range whose first id owns all that is made
     * @param idMapping the partition's user namespace, not closed here
     * @param procMounter mounts proc on /proc of the calling thread's root, from inside the pid namespace
     */
    public MountRunner(Syscalls sys, UidRange range, Fd idMapping, Runnable procMounter) {
        this.sys = sys;
        this.owner = range.base();
        this.idMapping = idMapping;
        this.procMounter = procMounter;
    }

    /**
     * Takes detached copies of the directories that later steps show, while the host is still in sight; those that were taken
     * before a failure are not taken again.
     *
     * @param base what the paths of the steps are relative to, if they are
     */
    public void cloneTrees(Path base, List<MountStep> steps) {
        for (MountStep step : steps) {
            if (step instanceof IdmappedBind bind) {
                clone(base, bind);
            } else if (step instanceof IdmappedBindIfPresent optional) {
                clone(base, optional.bind());
            }
        }
    }

    /**
     * Performs steps in their order.
     *
     * @param root where the partition's root is now, {@code /} after the pivot
     */
    public void run(Path root, List<MountStep> steps) {
        for (MountStep step : steps) {
            perform(root, step);
        }
    }

    @Override
    public void close() {
        trees.values().forEach(Fd::close);
        trees.clear();
    }

    private void perform(Path root, MountStep step) {
        if (step instanceof Directory directory) {
            Path path = at(root, directory.target());
            sys.makeDirectory(path, directory.mode());
            sys.changeOwner(path, owner, owner);
        } else if (step instanceof Symlink link) {
            Path path = at(root, link.target());
            sys.makeSymbolicLink(path, link.pointsTo());
            sys.changeOwner(path, owner, owner);
        } else if (step instanceof TextFile file) {
            write(at(root, file.target()), file);
        } else if (step instanceof DeviceNode node) {
            Path path = at(root, node.target());
            sys.makeCharacterDevice(path, 0666, node.major(), node.minor());
            sys.changeOwner(path, owner, owner);
        } else if (step instanceof BlockNode node) {
            Path path = at(root, node.target());
            sys.makeBlockDevice(path, 0660, node.major(), node.minor());
            sys.changeOwner(path, owner, owner + MountPlan.GROUP_DISK);
        } else if (step instanceof Console console) {
            bindConsole(at(root, "/dev/console"), console.slave());
        } else {
            mount(root, step);
        }
    }

    private void mount(Path root, MountStep step) {
        if (step instanceof FileSystem system) {
            sys.mount(system.type(), at(root, system.target()), system.type(), system.flags(), system.options());
        } else if (step instanceof IdmappedBind bind) {
            attach(bind, at(root, bind.target()));
        } else if (step instanceof IdmappedBindIfPresent optional) {
            attachIfPresent(optional.bind(), at(root, optional.bind().target()));
        } else if (step instanceof MaskFile mask) {
            sys.mount("/dev/null", at(root, mask.target()), "", BIND, "");
        } else if (step instanceof MaskDirectory mask) {
            mask(at(root, mask.target()));
        } else if (step instanceof ShownText shown) {
            show(root, shown);
        } else if (step instanceof LockReadOnly lock) {
            sys.mount(lock.target(), at(root, lock.target()), "", BIND, "");
            sys.mount("none", at(root, lock.target()), "", LOCKED, "");
        } else if (step instanceof RemountReadOnly remount) {
            sys.mount("none", at(root, remount.target()), "", LOCKED, "");
        } else if (step instanceof Proc) {
            procMounter.run();
        } else {
            throw new IllegalStateException("no way to perform " + step);
        }
    }

    /** One empty directory, again and again: a file system for each would take the kernel longer. */
    private void mask(Path target) {
        if (emptyDirectory == null) {
            sys.mount("tmpfs", target, "tmpfs", EMPTY, "size=4k,nr_inodes=2,mode=0555");
            emptyDirectory = target;
        } else {
            sys.mount(emptyDirectory.toString(), target, "", BIND, "");
        }
    }

    private void write(Path path, TextFile file) {
        fill(path, file.content());
        sys.changeOwner(path, owner, owner);
        sys.changeMode(path, file.mode());
    }

    private void fill(Path path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try (Fd fd = sys.open(path, NEW_FILE)) {
            for (int done = 0; done < bytes.length; ) {
                done += sys.write(fd, bytes, done, bytes.length - done);
            }
        }
    }

    /** The file behind it stays the host's root's, whom nobody inside can be. */
    private void show(Path root, ShownText shown) {
        String name = shown.target().substring(shown.target().lastIndexOf('/') + 1);
        Path source = at(root, MountPlan.SHOWN + "/" + name);
        fill(source, shown.content());
        sys.changeMode(source, 0444);
        sys.mount(source.toString(), at(root, shown.target()), "", BIND, "");
        sys.mount("none", at(root, shown.target()), "", LOCKED, "");
    }

    private void bindConsole(Path console, Path slave) {
        sys.changeOwner(slave, owner, owner + MountPlan.GROUP_TTY);
        sys.changeMode(slave, 0620);
        sys.open(console, NEW_FILE).close();
        sys.mount(slave.toString(), console, "", BIND, "");
    }

    private void clone(Path base, IdmappedBind bind) {
        if (trees.containsKey(bind)) {
            return;
        }
        Fd tree = sys.cloneTree(base.resolve(bind.source()), false);
        try {
            sys.setMountAttributes(tree, bind.attributes(), Optional.of(idMapping));
        } catch (RuntimeException e) {
            tree.close();
            throw e;
        }
        trees.put(bind, tree);
    }

    private void attach(IdmappedBind bind, Path target) {
        clone(SLASH, bind);
        try (Fd tree = Objects.requireNonNull(trees.get(bind))) {
            sys.attachTree(tree, target);
        }
        trees.remove(bind);
    }

    private void attachIfPresent(IdmappedBind bind, Path target) {
        // The partition may have put links into the way: none is followed.
        try (Fd root = sys.open(SLASH, PLACE);
                Fd place = sys.openBeneath(root, target.toString().substring(1), PLACE)) {
            try (Fd tree = Objects.requireNonNull(trees.remove(bind))) {
                sys.attachTree(tree, place);
            }
        } catch (ErrnoException e) {
            // The partition's root may have removed or replaced it: then it does without.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP) && !e.is(Errno.EXDEV)) {
                throw e;
            }
        }
    }

    private static Path at(Path root, String target) {
        return root.resolve(target.substring(1));
    }
}
