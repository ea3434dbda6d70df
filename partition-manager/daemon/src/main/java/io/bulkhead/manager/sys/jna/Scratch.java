package io.bulkhead.manager.sys.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory for the time of one call: zeroed, and all freed on close. Not {@code com.sun.jna.Memory}, whose cleaner
 * may want to start a thread where that is impossible.
 *
 * <p>For one thread.
 */
final class Scratch implements AutoCloseable {
    private final List<Pointer> blocks = new ArrayList<>(4);

    /** A block of zeroes, aligned for any type. */
    Pointer zeroed(long bytes) {
        Pointer block = bytes(bytes);
        block.clear(bytes);
        return block;
    }

    /** A block of whatever was there before. */
    Pointer bytes(long bytes) {
        long address = Native.malloc(bytes);
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + bytes + " bytes");
        }
        Pointer block = new Pointer(address);
        blocks.add(block);
        return block;
    }

    /** A C string in UTF-8. */
    Pointer text(String text) {
        byte[] bytes = Checked.text(text).getBytes(StandardCharsets.UTF_8);
        Pointer block = zeroed(bytes.length + 1L);
        block.write(0, bytes, 0, bytes.length);
        return block;
    }

    /** An array of C strings that ends with NULL, as argv is. */
    Pointer texts(List<String> texts) {
        Pointer array = zeroed((texts.size() + 1L) * Native.POINTER_SIZE);
        for (int i = 0; i < texts.size(); i++) {
            array.setPointer((long) i * Native.POINTER_SIZE, text(texts.get(i)));
        }
        return array;
    }

    @Override
    public void close() {
        blocks.forEach(block -> Native.free(Pointer.nativeValue(block)));
        blocks.clear();
    }
}
