package io.bulkhead.manager.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Removes groups that lie too deep for a path: each step is one name below a directory that is open (openat(2), unlinkat(2)).
 * However deep it goes, no more than {@link #MOST_OPEN} are open: the way down begins anew at the top for what lies deeper.
 */
final class DeepGroups {
    static final int MOST_OPEN = 256;

    private static final Path ITSELF = Path.of(".");

    /** A directory on the way down, and its name in the one above. */
    private record Level(SecureDirectoryStream<Path> directory, Path name) {}

    private DeepGroups() {}

    /** Removes a group with all inside; nothing there is success. */
    static void remove(Path group) throws IOException {
        try {
            while (removeDeepest(group)) {
                // The next ones have become the deepest.
            }
            Files.deleteIfExists(group);
        } catch (NoSuchFileException e) {
            // Gone meanwhile.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Goes down to a group with none inside, and up again as far as the way is still open; whether it removed any. */
    private static boolean removeDeepest(Path group) throws IOException {
        Deque<Level> way = new ArrayDeque<>();
        boolean removed = false;
        try (DirectoryStream<Path> top = Files.newDirectoryStream(group)) {
            // Linux has openat(2), so that every stream of the default file system is one of these.
            way.addLast(new Level((SecureDirectoryStream<Path>) top, ITSELF));
            while (true) {
                Level here = way.getLast();
                Optional<Path> inside = firstGroup(here.directory());
                if (inside.isPresent()) {
                    way.addLast(new Level(
                            here.directory().newDirectoryStream(inside.get(), LinkOption.NOFOLLOW_LINKS),
                            inside.get()));
                    if (way.size() > MOST_OPEN) {
                        way.removeFirst().directory().close();
                    }
                } else if (way.size() > 1) {
                    way.removeLast().directory().close();
                    way.getLast().directory().deleteDirectory(here.name());
                    removed = true;
                } else {
                    return removed;
                }
            }
        } finally {
            for (Level level : way) {
                level.directory().close();
            }
        }
    }

    /** A directory is read once only, so it is opened anew for each look. */
    private static Optional<Path> firstGroup(SecureDirectoryStream<Path> directory) throws IOException {
        try (SecureDirectoryStream<Path> entries = directory.newDirectoryStream(ITSELF)) {
            for (Path entry : entries) {
                Path name = entry.getFileName();
                if (entries.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes()
                        .isDirectory()) {
                    return Optional.of(name);
                }
            }
            return Optional.empty();
        }
    }
}
