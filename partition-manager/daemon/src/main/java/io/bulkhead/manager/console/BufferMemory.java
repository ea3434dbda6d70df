package io.bulkhead.manager.console;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A ring's memory in a direct buffer: a mapped file, or this process's own. */
final class BufferMemory implements RingMemory {
    private final ByteBuffer buffer;

    /** @param buffer direct, so that the kernel can write into it */
    BufferMemory(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a ring lies in a direct buffer");
        }
        this.buffer = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int size() {
        return buffer.capacity();
    }

    @Override
    public long getLong(int at) {
        return buffer.getLong(at);
    }

    /** Between fences, so that neither compiler nor CPU lets it pass a store before or after it. */
    @Override
    public void putLong(int at, long value) {
        VarHandle.fullFence();
        buffer.putLong(at, value);
        VarHandle.fullFence();
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
