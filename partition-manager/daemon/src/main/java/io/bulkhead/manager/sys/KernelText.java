package io.bulkhead.manager.sys;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Texts that the kernel makes when they are read: /proc, control groups. Any thread. */
public final class KernelText {
    /** Most are shorter; there is room for more. */
    private static final int FIRST_BYTES = 1024;

    /** No text that is looked at is longer, but those that a partition can make as long as it likes. */
    private static final int MOST_BYTES = 8 << 20;

    private KernelText() {}

    /**
     * A file that may be cut.
     *
     * @param isWhole whether this is all of it
     */
    public record Part(String text, boolean isWhole) {}

    /**
     * All of a file, as UTF-8. Not by {@code Files.readString} nor {@code readAllBytes}: they ask for size and position first,
     * which such files do not have, and a start reads some fifty of them.
     *
     * @throws IOException if it cannot be opened, {@link java.io.FileNotFoundException} for whatever reason, or read, or has
     *     more than 8 MiB
     */
    public static String read(Path file) throws IOException {
        Part part = read(file, MOST_BYTES);
        if (!part.isWhole()) {
            throw new IOException(file + " has more than " + MOST_BYTES + " bytes");
        }
        return part.text();
    }

    /**
     * The same of a file that a partition can make as long as it likes.
     *
     * @param mostBytes of it, cut anywhere
     */
    public static Part read(Path file, int mostBytes) throws IOException {
        try (FileInputStream stream = new FileInputStream(file.toString())) {
            byte[] bytes = new byte[Math.min(FIRST_BYTES, mostBytes)];
            int count = 0;
            for (int more = stream.read(bytes); more > 0; more = stream.read(bytes, count, bytes.length - count)) {
                count += more;
                if (count == mostBytes) {
                    break;
                }
                if (count == bytes.length) {
                    bytes = Arrays.copyOf(bytes, Math.min(2 * count, mostBytes));
                }
            }
            boolean isWhole = count < mostBytes || stream.read() < 0;
            return new Part(new String(bytes, 0, count, StandardCharsets.UTF_8), isWhole);
        }
    }
}
