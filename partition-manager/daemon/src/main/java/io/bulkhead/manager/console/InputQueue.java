package io.bulkhead.manager.console;

/** Typed bytes on their way to a console, 8 KiB at most: as many as the kernel's own queue holds. For one thread at a time. */
final class InputQueue {
    static final int CAPACITY = 8192;

    private final byte[] queue = new byte[CAPACITY];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** Takes as many bytes as there is room for, and returns their count. */
    int add(byte[] bytes, int from) {
        int taken = Math.min(bytes.length - from, CAPACITY - count);
        System.arraycopy(bytes, from, queue, count, taken);
        count += taken;
        return taken;
    }

    /** A copy of everything that waits. */
    byte[] peek() {
        byte[] copy = new byte[count];
        System.arraycopy(queue, 0, copy, 0, count);
        return copy;
    }

    void remove(int written) {
        System.arraycopy(queue, written, queue, 0, count - written);
        count -= written;
    }

    void clear() {
        count = 0;
    }
}
