package io.bulkhead.manager.console;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A ring's memory in a direct buffer: a mapped file, or this process's own. */
final class BufferMemory implements RingMemory {
    private static final VarHandle LONGS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer buffer;

    /** @param buffer direct, as only such a one is aligned */
    BufferMemory(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a ring lies in a direct buffer");
        }
        this.buffer = buffer;
    }

    @Override
    public int size() {
        return buffer.capacity();
    }

    @Override
    public long getLong(int at) {
        return (long) LONGS.getVolatile(buffer, at);
    }

    /** Volatile, so that neither compiler nor CPU lets it pass an earlier store. */
    @Override
    public void putLong(int at, long value) {
        LONGS.setVolatile(buffer, at, value);
    }

    @Override
    public void get(int at, byte[] into, int from, int count) {
        buffer.get(at, into, from, count);
    }

    @Override
    public void put(int at, byte[] bytes, int from, int count) {
        buffer.put(at, bytes, from, count);
    }

    @Override
    public ByteBuffer window(int at, int count) {
        return buffer.slice(at, count);
    }
}
