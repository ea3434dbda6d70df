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

    private KernelText() {}

    /**
     * All of a file, as UTF-8. Not by {@code Files.readString} nor {@code readAllBytes}: they ask for size and position first,
     * which such files do not have, and a start reads some fifty of them.
     *
     * @throws IOException if it cannot be opened, {@link java.io.FileNotFoundException} for whatever reason, or read
     */
    public static String read(Path file) throws IOException {
        try (FileInputStream stream = new FileInputStream(file.toString())) {
            byte[] bytes = new byte[FIRST_BYTES];
            int count = 0;
            for (int more = stream.read(bytes); more > 0; more = stream.read(bytes, count, bytes.length - count)) {
                count += more;
                if (count == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * count);
                }
            }
            return new String(bytes, 0, count, StandardCharsets.UTF_8);
        }
    }
}
