package io.bulkhead.manager.life;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions' own directories, each made whole or not at all and removed likewise.
 *
 * <pre>
 *   DIRECTORY/NAME             the files of a partition on record
 *   DIRECTORY/.NAME.defining   being made; becomes NAME once the partition is on record
 *   DIRECTORY/.NAME.deleting   no longer wanted; removed once the partition is off the record
 * </pre>
 *
 * Only names with a dot are ever removed by {@link #recover}: files of a partition are not deleted because its record was
 * lost. Safe for several threads as long as each partition is handled by one at a time; waits for the disk.
 */
public final class PartitionDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionDirectories.class);

    private static final String DEFINING = ".defining";
    private static final String DELETING = ".deleting";

    private final Path directory;
    private final Materialiser materialiser;

    /** Makes a partition's files from the host's. */
    @FunctionalInterface
    public interface Materialiser {
        /**
         * @param target does not exist yet, its parent does
         * @param name also the hostname
         * @param rootPasswordHash for its root, if it has one
         * @return the name of the generation that it was made from
         */
        String materialise(Path target, PartitionName name, Optional<String> rootPasswordHash) throws IOException;
    }

    /** @param directory made, for its owner only, if it is missing */
    public PartitionDirectories(Path directory, Materialiser materialiser) {
        this.directory = directory;
        this.materialiser = materialiser;
        unchecked(() -> {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        });
    }

    /** Where a partition's files are. */
    public Path of(PartitionName name) {
        return directory.resolve(name.value());
    }

    /** Makes a partition's files under a temporary name, and returns their generation. */
    String stage(PartitionName name, Optional<String> rootPasswordHash) {
        if (Files.exists(of(name), LinkOption.NOFOLLOW_LINKS)) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    of(name) + " holds files of an earlier partition of this name that is not on record",
                    "move them away, or choose another name");
        }
        String[] generation = new String[1];
        unchecked(() -> {
            removeTree(temporary(name, DEFINING));
            generation[0] = materialiser.materialise(temporary(name, DEFINING), name, rootPasswordHash);
        });
        return generation[0];
    }

    /** Gives staged files their name. */
    void commit(PartitionName name) {
        unchecked(() -> rename(temporary(name, DEFINING), of(name)));
    }

    /** Removes staged files. */
    void discard(PartitionName name) {
        unchecked(() -> removeTree(temporary(name, DEFINING)));
    }

    /** Takes a partition's files out of the way, without removing anything yet. */
    void retire(PartitionName name) {
        unchecked(() -> {
            removeTree(temporary(name, DELETING));
            renameIfThere(of(name), temporary(name, DELETING));
        });
    }

    /** Undoes {@link #retire}. */
    void restore(PartitionName name) {
        unchecked(() -> renameIfThere(temporary(name, DELETING), of(name)));
    }

    /** Removes retired files. */
    void purge(PartitionName name) {
        unchecked(() -> removeTree(temporary(name, DELETING)));
    }

    /**
     * Finishes what an earlier manager left half-done.
     *
     * @param recorded the partitions on record
     * @return the directories that belong to no partition on record; they are left alone
     */
    List<Path> recover(Set<PartitionName> recorded) {
        List<Path> strangers = new ArrayList<>();
        unchecked(() -> {
            for (PartitionName name : recorded) {
                if (Files.notExists(of(name))) {
                    renameIfThere(temporary(name, DEFINING), of(name));
                    renameIfThere(temporary(name, DELETING), of(name));
                }
            }
            for (Path entry : entries(directory)) {
                String name = entry.getFileName().toString();
                if (name.startsWith(".")) {
                    removeLeftover(entry);
                } else if (recorded.stream().noneMatch(known -> known.value().equals(name))) {
                    strangers.add(entry);
                }
            }
        });
        return strangers;
    }

    /** What cannot be removed is no reason not to start: it is in nobody's way. */
    private static void removeLeftover(Path entry) {
        try {
            removeTree(entry);
        } catch (IOException e) {
            LOG.atError().addKeyValue("path", entry).setCause(e).log("Files that nobody needs cannot be removed");
        }
    }

    private Path temporary(PartitionName name, String suffix) {
        return directory.resolve("." + name.value() + suffix);
    }

    private void renameIfThere(Path from, Path to) throws IOException {
        if (Files.exists(from, LinkOption.NOFOLLOW_LINKS) && Files.notExists(to)) {
            rename(from, to);
        }
    }

    private void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Removes a tree that a partition's root had all day to make unpleasant: however deep it is, no path gets longer
     * than two names, because what lies deeper is moved up first; however many entries a directory has, no more than one
     * is held in memory. Links are removed, never followed.
     */
    static void removeTree(Path top) throws IOException {
        if (!Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(top);
            return;
        }
        long[] moved = {0};
        forEachUntilEmpty(top, entry -> {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                forEachUntilEmpty(entry, inner -> {
                    if (Files.isDirectory(inner, LinkOption.NOFOLLOW_LINKS)) {
                        Path up = top.resolve(".up-" + moved[0]++ + "-" + System.nanoTime());
                        Files.move(inner, up, StandardCopyOption.ATOMIC_MOVE);
                    } else {
                        Files.delete(inner);
                    }
                });
            }
            Files.delete(entry);
        });
        Files.delete(top);
    }

    /** The same for others: whatever it holds, and without following a link. */
    public static void removeWholeTree(Path top) {
        unchecked(() -> removeTree(top));
    }

    private interface Removal {
        void of(Path entry) throws IOException;
    }

    /** Removes entries as they are read; readdir(3) may skip some of a directory that changes, so it is read again. */
    private static void forEachUntilEmpty(Path directory, Removal removal) throws IOException {
        boolean found = true;
        while (found) {
            found = false;
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
                for (Path entry : stream) {
                    found = true;
                    removal.of(entry);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
    }

    private static List<Path> entries(Path of) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(of)) {
            stream.forEach(entries::add);
        }
        return entries;
    }

    private interface FileWork {
        void run() throws IOException;
    }

    private static void unchecked(FileWork work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException("the partition's files: " + e, e);
        }
    }
}
