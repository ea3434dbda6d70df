package io.bulkhead.manager.sys.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The strings of one call in UTF-8, in one block of native memory that {@link #close} frees. JNA would make a block of each,
 * calling back into Java for it, and a start makes some two hundred such calls.
 *
 * <p>For one thread.
 */
final class CStrings implements AutoCloseable {
    private final long block;
    private final long[] addresses;

    /**
     * @param texts null where the call takes NULL
     * @throws IllegalArgumentException if one holds a NUL, where C would end it
     */
    CStrings(@Nullable String... texts) {
        addresses = new long[texts.length];
        byte[] all = new byte[0];
        for (int i = 0; i < texts.length; i++) {
            String text = texts[i];
            if (text != null) {
                byte[] bytes = Checked.text(text).getBytes(StandardCharsets.UTF_8);
                int start = all.length;
                all = Arrays.copyOf(all, start + bytes.length + 1);
                System.arraycopy(bytes, 0, all, start, bytes.length);
                addresses[i] = start;
            } else {
                addresses[i] = -1;
            }
        }
        block = Native.malloc(all.length);
        if (block == 0) {
            throw new OutOfMemoryError("malloc of " + all.length + " bytes");
        }
        new Pointer(block).write(0, all, 0, all.length);
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = addresses[i] < 0 ? 0 : block + addresses[i];
        }
    }

    /** The address of one of them, 0 for null. */
    long at(int index) {
        return addresses[index];
    }

    @Override
    public void close() {
        Native.free(block);
    }
}
