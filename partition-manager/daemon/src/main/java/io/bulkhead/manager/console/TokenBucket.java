package io.bulkhead.manager.console;

import java.util.concurrent.TimeUnit;

/**
 * A bound on a rate that lets a burst pass: tokens come at the rate up to a most, and whoever wants to do something takes
 * some. Exact: no fraction of a token is lost or won. Pure; for one thread at a time.
 */
final class TokenBucket {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST = 1L << 30;

    private final long perSecond;
    private final long most;
    private long tokens;
    /** Of a token, in 1 / {@link #SECOND}. */
    private long fraction;

    private long lastNanos;

    /**
     * A full one.
     *
     * @param perSecond 1 or more
     * @param most 1 to 1 Gi
     * @param nowNanos on a monotonic clock
     */
    TokenBucket(long perSecond, long most, long nowNanos) {
        if (perSecond < 1 || most < 1 || most > MOST) {
            throw new IllegalArgumentException(perSecond + " per second, at most " + most);
        }
        this.perSecond = perSecond;
        this.most = most;
        this.tokens = most;
        this.lastNanos = nowNanos;
    }

    /** How many there are. */
    long available(long nowNanos) {
        long elapsed = nowNanos - lastNanos;
        if (elapsed <= 0) {
            return tokens;
        }
        lastNanos = nowNanos;
        if (elapsed >= nanosFor(most - tokens)) {
            tokens = most;
            fraction = 0;
        } else {
            // Less than what fills it, which is at most 2^30 tokens: no overflow.
            long grown = fraction + elapsed * perSecond;
            tokens += grown / SECOND;
            fraction = grown % SECOND;
        }
        return tokens;
    }

    /** Takes some that are there. */
    void take(long count) {
        if (count < 0 || count > tokens) {
            throw new IllegalArgumentException(count + " of " + tokens + " tokens");
        }
        tokens -= count;
    }

    /** How long until there are that many, or as many as there can be; 0 where they are there. */
    long nanosUntil(long wanted, long nowNanos) {
        long missing = Math.min(wanted, most) - available(nowNanos);
        return missing <= 0 ? 0 : nanosFor(missing);
    }

    /** Rounded up: never too early. */
    private long nanosFor(long missing) {
        long units = missing * SECOND - fraction;
        return units <= 0 ? 0 : (units - 1) / perSecond + 1;
    }
}
