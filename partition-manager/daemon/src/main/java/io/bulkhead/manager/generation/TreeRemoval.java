package io.bulkhead.manager.generation;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;

/**
 * Removes a tree that a partition's root had all day to make unpleasant: however deep it is, no more than two directories
 * are open, because what lies deeper is moved up first; however many entries a directory has, no more than one is held in
 * memory. Every step is one name below an open directory, without following a link (openat(2), unlinkat(2), renameat(2)).
 */
public final class TreeRemoval {
    private final SecureDirectoryStream<Path> top;
    private long moved;

    private TreeRemoval(SecureDirectoryStream<Path> top) {
        this.top = top;
    }

    /** Removes a tree, or a single file or link; nothing there is success. */
    public static void remove(Path tree) throws IOException {
        if (!Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(tree);
            return;
        }
        boolean found = true;
        while (found) {
            // readdir(3) may skip some of a directory that changes, so it is read again until nothing is found.
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(tree)) {
                found = new TreeRemoval((SecureDirectoryStream<Path>) stream).empty();
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        Files.delete(tree);
    }

    private boolean empty() throws IOException {
        boolean found = false;
        for (Path entry : top) {
            found = true;
            Path name = entry.getFileName();
            if (isDirectory(top, name)) {
                while (emptyInner(name)) {
                    // Read again what may have been skipped.
                }
                top.deleteDirectory(name);
            } else {
                top.deleteFile(name);
            }
        }
        return found;
    }

    private boolean emptyInner(Path directory) throws IOException {
        boolean found = false;
        try (SecureDirectoryStream<Path> inner = top.newDirectoryStream(directory, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : inner) {
                found = true;
                Path name = entry.getFileName();
                if (isDirectory(inner, name)) {
                    inner.move(name, top, Path.of(".up-" + moved++ + "-" + System.nanoTime()));
                } else {
                    inner.deleteFile(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        try {
            return parent.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes()
                    .isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
