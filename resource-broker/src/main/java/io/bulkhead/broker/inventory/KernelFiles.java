package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Files of {@code /sys} and {@code /proc} below a root. What is missing is empty; what is there and not understood is an
 * {@link InventoryException}. For one reading on one thread.
 */
final class KernelFiles {
    private final Path root;
    private ByteBuffer buffer = ByteBuffer.allocate(4096);

    KernelFiles(Path root) {
        this.root = root;
    }

    /** A file of the kernel, given without the slash in front. */
    Path at(String path) {
        return root.resolve(path);
    }

    /** The content without white space at its ends; empty where there is no such file. */
    Optional<String> text(Path file) {
        try {
            return Optional.of(read(file));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (IOException e) {
            // Below a file that is no directory the system's words are all there is.
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            throw InventoryException.unreadable(file, e);
        }
    }

    /** Like {@link #text}; empty also where the driver behind the file has no answer now (EINVAL, ENODEV …). */
    Optional<String> answer(Path file) {
        try {
            return Optional.of(read(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The content of a file that every kernel has. */
    String required(Path file) {
        return text(file).orElseThrow(() -> InventoryException.missing(file));
    }

    /** A list of CPUs; {@code (null)} is what some kernels write for none. */
    Optional<CpuSet> cpus(Path file) {
        return text(file).map(text -> {
            try {
                return text.equals("(null)") ? CpuSet.EMPTY : CpuSet.parse(text);
            } catch (IllegalArgumentException e) {
                throw InventoryException.malformed(file, String.valueOf(e.getMessage()), e);
            }
        });
    }

    /** A whole number. */
    Optional<Long> number(Path file) {
        return text(file).map(text -> number(file, text));
    }

    /** A whole number that fits 32 bits. */
    Optional<Integer> integer(Path file) {
        return number(file).map(number -> {
            if (number != number.intValue()) {
                throw InventoryException.malformed(file, number + " is out of range");
            }
            return number.intValue();
        });
    }

    /** The number that a file's content, or a part of it, stands for. */
    static long number(Path file, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw InventoryException.malformed(file, "'" + text + "' is not a number", e);
        }
    }

    boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** The names in a directory, sorted; empty where there is none. */
    List<String> names(Path directory) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    /** Where a link leads, by the words of the link alone; the path itself where it is none. */
    Path followed(Path link) {
        try {
            return link.resolveSibling(Files.readSymbolicLink(link)).normalize();
        } catch (IOException | UnsupportedOperationException e) {
            return link;
        }
    }

    /**
     * The NUMA node of a device, by the nearest {@code numa_node} at or above it; kernel document {@code
     * ABI/testing/sysfs-bus-pci}. Empty where none says one (-1).
     */
    Optional<Integer> nodeOf(Path device) {
        Path top = at("sys/devices");
        for (Path at = device; at != null && at.startsWith(top) && !at.equals(top); at = at.getParent()) {
            Optional<Integer> node = integer(at.resolve("numa_node")).filter(number -> number >= 0);
            if (node.isPresent()) {
                return node;
            }
        }
        return Optional.empty();
    }

    /** Files of the kernel have no size to go by, and numbers below /proc/sys are there for the first read only. */
    private String read(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            buffer.clear();
            while (channel.read(buffer) >= 0) {
                if (!buffer.hasRemaining()) {
                    buffer = ByteBuffer.allocate(buffer.capacity() * 4).put(buffer.flip());
                }
            }
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
        }
    }
}
