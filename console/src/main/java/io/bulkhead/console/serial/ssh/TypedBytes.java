package io.bulkhead.console.serial.ssh;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * What was typed and waits for credit. SSH's window opens again only for what has left, so that no more than a window waits,
 * however slowly the partition takes it. Pure; for one thread.
 */
final class TypedBytes {
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private int credit;
    private int unreleased;

    /** So many bytes came; what they ask to be typed is {@link #add added} behind this. */
    void came(int bytes) {
        unreleased += bytes;
    }

    void add(byte[] bytes) {
        waiting.add(bytes);
        waitingBytes += bytes.length;
    }

    /** So many bytes more may be typed. */
    void credit(int bytes) {
        credit += bytes;
    }

    /** What may be typed now, if anything. */
    Optional<ByteBuffer> next() {
        if (waiting.isEmpty() || credit == 0) {
            return Optional.empty();
        }
        byte[] first = waiting.remove();
        int count = Math.min(first.length, credit);
        if (count < first.length) {
            waiting.addFirst(Arrays.copyOfRange(first, count, first.length));
        }
        credit -= count;
        waitingBytes -= count;
        return Optional.of(ByteBuffer.wrap(first, 0, count).slice());
    }

    int waiting() {
        return waitingBytes;
    }

    /** By how many bytes the window opens now. */
    int release() {
        // A key that was held back because it might begin a command is among what waits, but was released when it came.
        int released = Math.max(0, unreleased - waitingBytes);
        unreleased -= released;
        return released;
    }
}
