package io.bulkhead.manager.console;

import java.nio.ByteBuffer;

/**
 * The memory that a ring lies in. Where it is a mapped file, a store is there for the next process from the instant it was
 * made, and never before an earlier one, whatever kills this process in between. For one thread at a time.
 */
interface RingMemory {
    int size();

    /** @param at a multiple of 8 */
    long getLong(int at);

    /** @param at a multiple of 8 */
    void putLong(int at, long value);

    void get(int at, byte[] into, int from, int count);

    void put(int at, byte[] bytes, int from, int count);

    /** A part of it, for the kernel to write into. */
    ByteBuffer window(int at, int count);
}
