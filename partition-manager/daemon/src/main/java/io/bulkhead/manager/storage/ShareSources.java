package io.bulkhead.manager.storage;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Directories of the host that partitions see. No part of their paths may be a link, and none leads to where the manager
 * keeps the partitions. Safe for any thread.
 */
final class ShareSources {
    private static final Path SLASH = Path.of("/");
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.DIRECTORY);

    private static final int OTHERS_ENTER = 01;
    private static final int GROUP_ENTERS = 010;

    private final Syscalls sys;
    private final List<Path> kept;
    private final Function<UidRange, Fd> idMappings;

    /**
     * @param kept directories of ours, nothing in or above which is shared
     * @param idMappings user namespaces of ranges, not closed here
     */
    ShareSources(Syscalls sys, List<Path> kept, Function<UidRange, Fd> idMappings) {
        this.sys = sys;
        this.kept = List.copyOf(kept);
        this.idMappings = idMappings;
    }

    /** Why a directory is never shared, by its name alone. */
    Optional<Problem> refuse(Share share) {
        Path source = Path.of(share.source());
        for (Path ours : kept) {
            if (ours.startsWith(source) || source.startsWith(ours)) {
                return Optional.of(Problem.of(
                        ProblemCode.NOT_PERMITTED,
                        source + " cannot be shared: the partitions themselves are kept in " + ours,
                        "share another directory"));
            }
        }
        for (Path kernels : List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"))) {
            if (source.startsWith(kernels)) {
                return Optional.of(Problem.of(
                        ProblemCode.NOT_PERMITTED,
                        source + " cannot be shared: what is in " + kernels + " is the kernel's",
                        "hand a disk in by disks"));
            }
        }
        return Optional.empty();
    }

    /** A detached copy of the directory's mount, with the partition's ids. The caller closes it. */
    Fd take(Share share, UidRange range) {
        refuse(share).ifPresent(problem -> {
            throw new Refusal(problem);
        });
        try (Undo undo = new Undo();
                Fd place = walk(share)) {
            Path itself = itself(place);
            Fd tree = sys.cloneTree(itself, false);
            undo.push("let " + share.source() + " go", tree::close);
            map(share, tree, range);
            undo.keep();
            return tree;
        }
    }

    /**
     * Goes to the directory name by name, each below the one that is open, and looks at each on the way: the host's users,
     * and partitions that share a directory above it, may rename what they like meanwhile.
     *
     * <p>A partition's root may make programs in a share for writing that run as the host's root (set-user-id, on the host):
     * nobody of the host but root may get at them.
     */
    private Fd walk(Share share) {
        Fd place = sys.open(SLASH, PLACE);
        try {
            boolean enteredByRootAlone = entersRootAlone(place);
            for (String name : share.source().substring(1).split("/")) {
                Fd next = beneath(place, name, share);
                place.close();
                place = next;
                enteredByRootAlone |= entersRootAlone(place);
            }
            if (share.write() && !enteredByRootAlone) {
                throw Refusal.of(
                        ProblemCode.NOT_PERMITTED,
                        share.source()
                                + " cannot be shared for writing: users of the host can enter it, and a partition"
                                + " could leave them programs there that run as root",
                        "chown root " + share.source() + " && chmod 700 " + share.source()
                                + "; or put it below such a one");
            }
            return place;
        } catch (RuntimeException e) {
            place.close();
            throw e;
        }
    }

    private Fd beneath(Fd above, String name, Share share) {
        try {
            return sys.openBeneath(above, name, PLACE);
        } catch (ErrnoException e) {
            if (e.is(Errno.ELOOP) || e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                throw new Refusal(
                        Problem.of(
                                ProblemCode.CONFLICT,
                                share.source() + " cannot be shared: "
                                        + (e.is(Errno.ELOOP) ? "a part of its path is a link" : "it is no directory"),
                                "make it, or write its real path"),
                        e);
            }
            throw e;
        }
    }

    private static boolean entersRootAlone(Fd place) {
        try {
            int mode = (Integer) Files.getAttribute(itself(place), "unix:mode");
            int group = (Integer) Files.getAttribute(itself(place), "unix:gid");
            int owner = (Integer) Files.getAttribute(itself(place), "unix:uid");
            return owner == 0 && (mode & OTHERS_ENTER) == 0 && (group == 0 || (mode & GROUP_ENTERS) == 0);
        } catch (IOException e) {
            throw new UncheckedIOException(place + ": " + e.getMessage(), e);
        }
    }

    /** The very directory that is open, whatever its name leads to by now. */
    private static Path itself(Fd place) {
        return Path.of("/proc/self/fd", Integer.toString(place.number()));
    }

    private void map(Share share, Fd tree, UidRange range) {
        Set<MountAttribute> attributes = EnumSet.of(MountAttribute.NO_DEV, MountAttribute.NO_SUID);
        if (!share.write()) {
            attributes.add(MountAttribute.READ_ONLY);
        }
        try {
            sys.setMountAttributes(tree, attributes, Optional.of(idMappings.apply(range)));
        } catch (ErrnoException e) {
            if (e.is(Errno.EINVAL)) {
                throw new Refusal(
                        Problem.of(
                                ProblemCode.NOT_ENFORCEABLE,
                                share.source() + " cannot be shared: its file system cannot show the partition's ids",
                                "share a directory of an ext4, xfs, btrfs or tmpfs"),
                        e);
            }
            throw e;
        }
    }
}
