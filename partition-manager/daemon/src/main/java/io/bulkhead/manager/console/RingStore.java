package io.bulkhead.manager.console;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Where the ring of one console is kept. For one thread at a time; what it gives is of no use after {@link #remove}. */
interface RingStore {
    /**
     * The ring that an earlier process has left.
     *
     * @param created names the console's numbering; a ring of another one counts for nothing
     */
    Optional<ConsoleRing> find(String created);

    /**
     * Makes a ring in place of the one there may be.
     *
     * @param created as in {@link #find}
     * @param former whose bytes and marks it takes over; otherwise it is empty
     * @param base offset of the first byte to come to an empty one
     */
    ConsoleRing make(String created, int capacity, Optional<ConsoleRing> former, long base);

    /** Removes it; nobody may use it any more. */
    void remove();

    /** In this process's memory, and gone with it. */
    static RingStore ofProcess() {
        return new RingStore() {
            @Override
            public Optional<ConsoleRing> find(String created) {
                return Optional.empty();
            }

            @Override
            public ConsoleRing make(String created, int capacity, Optional<ConsoleRing> former, long base) {
                ByteBuffer memory = ByteBuffer.allocateDirect(ConsoleRing.memoryFor(capacity));
                ConsoleRing ring = ConsoleRing.format(new BufferMemory(memory), created, base);
                former.ifPresent(ring::copy);
                return ring;
            }

            @Override
            public void remove() {}
        };
    }
}
