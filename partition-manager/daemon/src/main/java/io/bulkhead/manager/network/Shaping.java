package io.bulkhead.manager.network;

import io.bulkhead.contract.unit.BitRate;

/**
 * How a rate is told to tc-tbf(8): bucket and queue such that over a second or more the rate holds to a hundredth, from
 * 1 Mbit/s to 10 Gbit/s. Pure; any thread.
 *
 * @param rate whole frames
 * @param burst bytes that may go at once: 10 ms of the rate, since a busy host looks no more often; at least some frames,
 *     at most 4 MiB
 * @param queue bytes that may wait behind it: 50 ms of the rate, at least some frames; more is lost, which is what tells a
 *     sender to slow down
 */
record Shaping(BitRate rate, long burst, long queue) {
    private static final long LEAST_BURST = 10_000;
    private static final long MOST_BURST = 4 << 20;
    private static final long LEAST_QUEUE = 32_768;

    static Shaping of(BitRate rate) {
        long bytesPerSecond = Math.max(1, rate.bitsPerSecond() / 8);
        long burst = Math.min(MOST_BURST, Math.max(LEAST_BURST, bytesPerSecond / 100));
        long queue = Math.max(LEAST_QUEUE, Math.min(bytesPerSecond / 20, 64 << 20));
        return new Shaping(rate, burst, burst + queue);
    }

    /** As tc's arguments. */
    String arguments() {
        return "tbf rate " + rate.bitsPerSecond() + "bit burst " + burst + "b limit " + queue + "b";
    }
}
