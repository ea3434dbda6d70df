package io.bulkhead.manager.generation;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every change this package makes to a disk, each announced to {@link Steps} first.
 *
 * <p>Owners are set only by root: for others, as in a developer's test run, what they make is their own. Not thread-safe.
 */
public final class TreeWriter {

    private static final Logger LOG = LoggerFactory.getLogger(TreeWriter.class);

    /** COPY_ATTRIBUTES also takes along owner, times and all extended attributes: ACLs, labels, file capabilities. */
    private static final CopyOption[] WHOLE = {StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS};

    private static final int OWNER_RWX = 0700;
    private static final int OWNER_RW = 0600;

    private static final long SYNC_TIMEOUT_SECONDS = 60;

    private final Steps steps;
    private final boolean root;

    public TreeWriter(Steps steps) throws IOException {
        this.steps = steps;
        this.root = Inode.of(Path.of("/proc/self")).uid() == 0;
    }

    /** Makes a directory only root may enter, with the missing ones above it. */
    public void makePrivateDirectory(Path directory) throws IOException {
        steps.before("mkdir " + directory);
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // One that was already there may be wider.
        Files.setAttribute(directory, "unix:mode", OWNER_RWX, LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes a directory with the extended attributes of another; call {@link #finish} when it is filled. */
    public void copyDirectory(Path from, Path to) throws IOException {
        steps.before("mkdir " + to);
        Files.copy(from, to, WHOLE);
        Files.setAttribute(to, "unix:mode", OWNER_RWX, LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes a directory of root's. */
    public void makeDirectory(Path to, int mode) throws IOException {
        steps.before("mkdir " + to);
        Files.createDirectory(to);
        finish(to, 0, 0, mode);
    }

    /** Copies one regular file with everything that belongs to it; owner and mode are the source's. */
    public void copyFile(Path from, Path to) throws IOException {
        steps.before("copy " + to);
        Files.copy(from, to, WHOLE);
    }

    /**
     * Copies what is open under {@code /proc/PID/fd} with everything that belongs to it: a regular file, or a directory
     * without what is in it.
     */
    public void copyOpen(Path open, Path to) throws IOException {
        steps.before("copy " + to);
        Files.copy(open, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Removes one file, link or empty directory. */
    public void remove(Path path) throws IOException {
        steps.before("remove " + path);
        Files.delete(path);
    }

    /** Removes a tree that a partition's root has made; see {@link TreeRemoval}. */
    public void removeForeignTree(Path tree) throws IOException {
        if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            steps.before("remove " + tree);
            TreeRemoval.remove(tree);
        }
    }

    /** A step that the caller makes itself. */
    public void announce(String step) throws IOException {
        steps.before(step);
    }

    public void writeFile(Path to, String content, int gid, int mode) throws IOException {
        steps.before("write " + to);
        Files.writeString(to, content, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        finish(to, 0, gid, mode);
    }

    /** Writes a new file of root's that only root may read. */
    public void writeRaw(Path to, byte[] content) throws IOException {
        steps.before("write " + to);
        Files.write(to, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        finish(to, 0, 0, OWNER_RW);
    }

    /** Puts another content into a file of ours; owner and mode stay. */
    public void rewriteFile(Path file, String content) throws IOException {
        steps.before("rewrite " + file);
        Files.writeString(
                file,
                content,
                StandardCharsets.UTF_8,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    public void link(Path at, Path target, int uid, int gid) throws IOException {
        steps.before("link " + at);
        Files.createSymbolicLink(at, target);
        own(at, uid, gid);
    }

    /**
     * Sets owner and mode, in this order because chown(2) clears special bits. It also removes file capabilities, even if
     * it changes nothing, so it is not called for nothing.
     */
    public void finish(Path path, int uid, int gid, int mode) throws IOException {
        steps.before("chmod " + path);
        Inode now = Inode.of(path);
        if (now.uid() != uid || now.gid() != gid) {
            own(path, uid, gid);
        }
        Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
    }

    /** rename(2): an empty directory at the new name is replaced, anything else there makes it fail. */
    public void rename(Path from, Path to) throws IOException {
        steps.before("rename " + to);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes a tree without following links; nothing there is success. */
    public void removeTree(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                steps.before("remove " + file);
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                steps.before("remove " + directory);
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Makes a whole tree durable before its name appears.
     *
     * <p>One syncfs(2) through sync(1) of the Essential package coreutils: an fsync for each of a thousand small files took
     * 330 ms where this took 12. Where that program is missing or fails, each file is synced.
     */
    public void sync(Path tree) throws IOException {
        steps.before("sync " + tree);
        if (!syncFileSystem(tree)) {
            syncEach(tree);
        }
    }

    /** Makes one file durable. */
    public void syncFile(Path file) throws IOException {
        steps.before("fsync " + file);
        force(file);
    }

    /** Makes the names in a directory durable. */
    public void syncDirectory(Path directory) throws IOException {
        steps.before("fsync " + directory);
        force(directory);
    }

    private void own(Path path, int uid, int gid) throws IOException {
        if (root) {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static boolean syncFileSystem(Path tree) throws IOException {
        Process sync;
        try {
            sync = new ProcessBuilder(List.of("/usr/bin/sync", "--file-system", tree.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("no sync program, syncing every file");
            return false;
        }
        try {
            if (!sync.waitFor(SYNC_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                sync.destroyForcibly();
                throw new GenerationException("sync of " + tree + " did not end within " + SYNC_TIMEOUT_SECONDS + " s");
            }
            return sync.exitValue() == 0;
        } catch (InterruptedException e) {
            sync.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new GenerationException("interrupted while " + tree + " was synced", e);
        }
    }

    private static void syncEach(Path tree) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(tree)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    syncEach(entry);
                } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    force(entry);
                }
            }
        }
        force(tree);
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
