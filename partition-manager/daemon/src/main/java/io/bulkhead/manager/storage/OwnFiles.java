package io.bulkhead.manager.storage;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partition's own files: in its directory, or on a volume. They go onto the volume at rest, and back only as long as
 * it was never used:
 *
 * <pre>
 *   etc var home root srv  ─▶  before-volume/{etc …}  ─▶  + own.ext4  ─▶  own.ext4
 *                          ◀── undone, or killed before the first start ──┘   (the first run has begun)
 * </pre>
 *
 * Each arrow is one rename, or several of which each alone is right to repeat or to undo. Safe for several threads with
 * different partitions; waits for the disk.
 */
final class OwnFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFiles.class);

    /** As {@code MountPlan} shows them. */
    static final List<String> TREES = List.of("etc", "var", "home", "root", "srv");

    private final VolumeFiles volumes;
    private final Consumer<Path> removeTree;

    /**
     * @param removeTree removes a tree that a partition may have made unpleasant
     */
    OwnFiles(VolumeFiles volumes, Consumer<Path> removeTree) {
        this.volumes = volumes;
        this.removeTree = removeTree;
    }

    /** Brings them to where a definition wants them. */
    void bring(StoragePaths paths, Optional<ByteSize> size) {
        try {
            if (size.isPresent()) {
                ontoVolume(paths, size.get());
            } else {
                offVolume(paths);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the files in " + paths.directory() + ": " + e.getMessage(), e);
        }
    }

    private void ontoVolume(StoragePaths paths, ByteSize size) throws IOException {
        if (Files.exists(paths.own(), LinkOption.NOFOLLOW_LINKS)) {
            volumes.bringTo(paths.own(), size);
            forgetBefore(paths);
            return;
        }
        Files.createDirectories(paths.before());
        move(paths.directory(), paths.before());
        for (String tree : TREES) {
            if (!Files.isDirectory(paths.before().resolve(tree), LinkOption.NOFOLLOW_LINKS)) {
                throw new IllegalStateException(paths.before().resolve(tree) + " is missing");
            }
        }
        volumes.make(paths.own(), size, paths.before());
    }

    private void offVolume(StoragePaths paths) throws IOException {
        Files.deleteIfExists(paths.own().resolveSibling(paths.own().getFileName() + StoragePaths.NEW));
        if (Files.exists(paths.own(), LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isDirectory(paths.before())
                    || Ext4Superblock.read(paths.own()).everMounted()) {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        "its own files are on a volume, " + paths.own() + ", and cannot leave it",
                        "keep the size in storage; or define another partition and copy the files inside");
            }
            Files.delete(paths.own());
        }
        if (Files.isDirectory(paths.before())) {
            move(paths.before(), paths.directory());
            Files.delete(paths.before());
        }
    }

    private static void move(Path from, Path to) throws IOException {
        for (String tree : TREES) {
            if (Files.exists(from.resolve(tree), LinkOption.NOFOLLOW_LINKS)
                    && Files.notExists(to.resolve(tree), LinkOption.NOFOLLOW_LINKS)) {
                Files.move(from.resolve(tree), to.resolve(tree), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        VolumeFiles.forceDirectory(from.resolve(TREES.get(0)));
        VolumeFiles.forceDirectory(to.resolve(TREES.get(0)));
    }

    /** Removes the files that went onto the volume, once that has been used: they are no longer what is there. */
    void forgetBefore(StoragePaths paths) {
        try {
            if (Files.isDirectory(paths.before(), LinkOption.NOFOLLOW_LINKS)
                    && Ext4Superblock.read(paths.own()).everMounted()) {
                removeTree.accept(paths.before());
            }
        } catch (IOException | UncheckedIOException e) {
            // Tried again at the next bind.
            LOG.atWarn().addKeyValue("path", paths.before()).setCause(e).log("Files that are of no use any more remain");
        }
    }
}
