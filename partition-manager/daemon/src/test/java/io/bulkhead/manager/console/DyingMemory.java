package io.bulkhead.manager.console;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A ring's memory whose process dies before a store of the test's choice: what was stored until then survives. */
final class DyingMemory implements RingMemory {
    private final ByteBuffer bytes;
    private int stores;
    private int last = Integer.MAX_VALUE;

    DyingMemory(int size) {
        this(ByteBuffer.allocate(size));
    }

    private DyingMemory(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The process is no more. */
    static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The store of that number from now on, counted from 1, is not made any more. */
    void dieAt(int number) {
        stores = 0;
        last = number;
    }

    int stores() {
        return stores;
    }

    /** As the next process finds it. */
    DyingMemory survivor() {
        byte[] copy = new byte[bytes.capacity()];
        bytes.get(0, copy);
        return new DyingMemory(ByteBuffer.wrap(copy));
    }

    private void store() {
        stores++;
        if (stores >= last) {
            throw new Death();
        }
    }

    /** The kernel writes into a window: all of it, whoever dies. */
    void write(ByteBuffer window, byte[] content) {
        window.put(content);
        store();
    }

    @Override
    public int size() {
        return bytes.capacity();
    }

    @Override
    public long getLong(int at) {
        return bytes.getLong(at);
    }

    @Override
    public void putLong(int at, long value) {
        store();
        bytes.putLong(at, value);
    }

    @Override
    public void get(int at, byte[] into, int from, int count) {
        bytes.get(at, into, from, count);
    }

    /** Dies in the middle of it. */
    @Override
    public void put(int at, byte[] content, int from, int count) {
        try {
            store();
        } catch (Death e) {
            bytes.put(at, content, from, count / 2);
            throw e;
        }
        bytes.put(at, content, from, count);
    }

    @Override
    public ByteBuffer window(int at, int count) {
        return bytes.slice(at, count);
    }
}
