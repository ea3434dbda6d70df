package io.bulkhead.manager.storage;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Preallocated files with an ext4 on each. All blocks are set aside beforehand, and nothing that is done to a volume later
 * gives one back: mke2fs by {@code nodiscard}, the mount likewise; what programs punch out all the same is set aside
 * again. Programs on a file in use run under flock(1), so that
 * one that an earlier manager left running is waited for. Safe for several threads with different files.
 */
final class VolumeFiles {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeFiles.class);

    /** e2fsck(8): 1 is errors that were corrected, 2 that the host should be restarted, which holds for its root alone. */
    private static final int CORRECTED = 3;

    private final Syscalls sys;
    private final Tools tools;

    VolumeFiles(Syscalls sys, Tools tools) {
        this.sys = sys;
        this.tools = tools;
    }

    /**
     * Makes a volume, which has its name only when it is complete and on the disk.
     *
     * @param content a directory with what is to be on it
     * @throws Refusal if the disk has not the room, or the volume not that for the content
     */
    void make(Path file, ByteSize size, Path content) {
        Path fresh = file.resolveSibling(file.getFileName() + StoragePaths.NEW);
        try (Undo undo = new Undo()) {
            Files.deleteIfExists(fresh);
            undo.push("remove a half-made volume", () -> Files.deleteIfExists(fresh));
            allocate(fresh, size, EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.CREATE, OpenFlag.NO_FOLLOW));
            Tools.Outcome made = tools.run(
                    "mke2fs",
                    List.of(
                            "-q",
                            "-F",
                            "-t",
                            "ext4",
                            // That of the loop device's sectors; a small file system would get less.
                            "-b",
                            "4096",
                            "-m",
                            "0",
                            "-E",
                            "nodiscard,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0",
                            "-d",
                            content.toString(),
                            fresh.toString()));
            if (made.status() != 0) {
                throw Refusal.of(
                        ProblemCode.NOT_ENOUGH_RESOURCES,
                        "a volume of " + size + " cannot be made: " + made.output(),
                        "give it more room, if it is that");
            }
            // Should mke2fs have punched something out.
            allocate(fresh, size, EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.NO_FOLLOW));
            force(fresh);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            undo.keep();
            forceDirectory(file);
        } catch (IOException e) {
            throw failed(file, e);
        }
        LOG.atInfo()
                .addKeyValue("path", file)
                .addKeyValue("bytes", size.bytes())
                .log("Made a volume");
    }

    /**
     * Brings a volume at rest to a size: grows it, and its file system, whatever an earlier attempt left of that. One that
     * is larger stays: it was made so by a change that was taken back. Blocks that somebody gave back are set aside again.
     */
    void bringTo(Path file, ByteSize size) {
        try {
            long length = Math.max(Files.size(file), size.bytes());
            if (Files.size(file) < length || sys.allocatedBytes(file) < length) {
                allocate(file, new ByteSize(length), EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.NO_FOLLOW));
                force(file);
            }
            if (Ext4Superblock.read(file).bytes() < length) {
                grow(file);
                // resize2fs 1.47.2 punches out the tables of inodes that it adds.
                allocate(file, new ByteSize(length), EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.NO_FOLLOW));
                force(file);
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private void grow(Path file) throws IOException {
        Tools.Outcome checked = locked(file, "e2fsck", "-f", "-p");
        if ((checked.status() & ~CORRECTED) != 0) {
            // A growth that lost its power half-way: its mark is an error that only -y clears.
            checked = locked(file, "e2fsck", "-f", "-y");
        }
        requireSound(file, checked);
        Tools.Outcome grown = locked(file, "resize2fs");
        if (grown.status() != 0) {
            throw Refusal.of(ProblemCode.FAILED, file + " cannot be grown: " + grown.output());
        }
        LOG.atInfo().addKeyValue("path", file).log("Grew a volume");
    }

    /** Replays the journal and repairs what the partition's or the host's end has left; nothing where it was unmounted. */
    void repair(Path file) {
        try {
            if (!Ext4Superblock.read(file).clean()) {
                Tools.Outcome outcome = locked(file, "e2fsck", "-p");
                LOG.atInfo()
                        .addKeyValue("path", file)
                        .addKeyValue("reason", outcome.output())
                        .log("Looked after a volume that was not unmounted");
                requireSound(file, outcome);
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static void requireSound(Path file, Tools.Outcome checked) {
        if ((checked.status() & ~CORRECTED) != 0) {
            throw Refusal.of(
                    ProblemCode.FAILED,
                    file + " is damaged and cannot be repaired without losing something: " + checked.output(),
                    "copy the file, then look at it with: e2fsck -f " + file);
        }
    }

    private Tools.Outcome locked(Path file, String program, String... options) {
        List<String> arguments = new ArrayList<>(List.of("--no-fork", file.toString(), program));
        arguments.addAll(List.of(options));
        arguments.add(file.toString());
        return tools.run("flock", arguments);
    }

    private void allocate(Path file, ByteSize size, EnumSet<OpenFlag> how) {
        try (Fd fd = sys.open(file, how)) {
            sys.allocate(fd, size.bytes());
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOSPC)) {
                throw new Refusal(
                        Refusal.of(
                                        ProblemCode.NOT_ENOUGH_RESOURCES,
                                        "the host's file system has no " + size + " left for " + file,
                                        "make room on it, or ask for less")
                                .problem(),
                        e);
            }
            if (e.is(Errno.EOPNOTSUPP)) {
                throw new Refusal(
                        Refusal.of(
                                        ProblemCode.NOT_ENFORCEABLE,
                                        "the file system of " + file + " cannot set blocks aside",
                                        "put the state directory on an ext4 or xfs")
                                .problem(),
                        e);
            }
            throw e;
        }
    }

    /** Makes what is in a file durable. */
    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.force(true);
        }
    }

    /** Makes a file's name durable. */
    static void forceDirectory(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(Objects.requireNonNull(file.getParent()), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static UncheckedIOException failed(Path file, IOException e) {
        return new UncheckedIOException("the volume " + file + ": " + e.getMessage(), e);
    }
}
