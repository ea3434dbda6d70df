package io.bulkhead.manager.console;

import io.bulkhead.contract.unit.ByteRate;
import java.time.Duration;

/**
 * A console's rate: a tenth of a second's worth passes at once, 4 KiB to 1 MiB, as a redrawn screen does. Pure; for one
 * thread at a time.
 */
final class RateBucket {
    private static final int BURSTS_PER_SECOND = 10;
    private static final long LEAST_BURST = 4 << 10;
    private static final long MOST_BURST = 1 << 20;

    /** Who has to wait waits for so much at least, or for what comes in 10 ms: not for byte after byte. */
    private static final long LEAST_GAIN = 256;

    private static final int GAINS_PER_SECOND = 100;

    private final TokenBucket bytes;
    private final long gain;

    RateBucket(ByteRate rate, long nowNanos) {
        long perSecond = rate.bytesPerSecond();
        long burst = Math.min(Math.max(perSecond / BURSTS_PER_SECOND, LEAST_BURST), MOST_BURST);
        this.bytes = new TokenBucket(perSecond, burst, nowNanos);
        this.gain = Math.min(Math.max(perSecond / GAINS_PER_SECOND, LEAST_GAIN), burst);
    }

    /** How many bytes may pass now. */
    long available(long nowNanos) {
        return bytes.available(nowNanos);
    }

    void take(long count) {
        bytes.take(count);
    }

    /** When it is worth while to look again; a whole number of milliseconds, rounded up. */
    Duration untilWorthwhile(long nowNanos) {
        return Duration.ofMillis(Duration.ofNanos(bytes.nanosUntil(gain, nowNanos))
                .plusNanos(999_999)
                .toMillis());
    }
}
