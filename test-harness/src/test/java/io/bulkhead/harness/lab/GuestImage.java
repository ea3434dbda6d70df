package io.bulkhead.harness.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a guest boots, built once and kept in a cache under a key of all that goes into it. A build that is killed leaves
 * only a directory that the next one removes; what has its name is whole.
 *
 * @param directory holds {@code root.img}, {@code vmlinuz}, {@code manifest}, and the files of the image in {@code tree}
 * @param sources the directory with {@code build-image} and what it reads
 */
record GuestImage(Path directory, Path sources) {
    private static final Duration BUILD_DEADLINE = Duration.ofMinutes(15);
    private static final Duration KEPT = Duration.ofDays(7);
    private static final int KEY_LENGTH = 16;

    Path root() {
        return directory.resolve("root.img");
    }

    Path kernel() {
        return directory.resolve("vmlinuz");
    }

    /** The program that prepares a payload with this image's Java, and its first argument. */
    List<String> training() {
        return List.of(
                sources.resolve("../train").normalize().toString(),
                directory.resolve("tree").toString());
    }

    /**
     * Takes a release's image from the cache, or builds it.
     *
     * @param sources the directory with {@code build-image} and what it reads
     */
    static GuestImage of(Release release, Path sources, Path cache, Consumer<String> progress)
            throws IOException, InterruptedException {
        Path directory = cache.resolve(release.suite() + "-" + key(release, sources));
        Files.createDirectories(cache);
        try (FileChannel lock =
                        FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            if (!held.isValid() || Files.isDirectory(directory)) {
                Files.setLastModifiedTime(directory, FileTime.from(Instant.now()));
                return new GuestImage(directory, sources);
            }
            removeOld(release, cache);
            progress.accept("building the image of " + release + ", once, about a minute (into " + cache + ")");
            Path half = cache.resolve("half-made-" + release.suite());
            deleteTree(half);
            // It holds programs that are setuid root, as old as the image.
            Files.createDirectory(
                    half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            HostCommand.run(
                    List.of(
                            sources.resolve("build-image").toString(),
                            release.suite(),
                            release.kernelSeries(),
                            half.toString()),
                    cache.resolve(release.suite() + ".log"),
                    BUILD_DEADLINE);
            Files.move(half, directory, StandardCopyOption.ATOMIC_MOVE);
        }
        return new GuestImage(directory, sources);
    }

    /** A hash of the release and of every file that its build reads. */
    static String key(Release release, Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((release.suite() + " " + release.kernelSeries()).getBytes(StandardCharsets.UTF_8));
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String head = "\0" + sources.relativize(file) + " " + Files.isExecutable(file) + "\0";
                digest.update(head.getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, KEY_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Images that nobody has asked for in a week would fill the disk; other checkouts may have newer ones of their own. */
    private static void removeOld(Release release, Path cache) throws IOException {
        Instant oldest = Instant.now().minus(KEPT);
        try (Stream<Path> all = Files.list(cache)) {
            for (Path each : all.filter(path -> path.getFileName().toString().startsWith(release.suite() + "-"))
                    .toList()) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(oldest)) {
                    deleteTree(each);
                }
            }
        }
    }

    static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
