package io.bulkhead.manager.life;

import java.util.List;

/**
 * When what somebody else has broken is to be repaired: at once when something new is seen, and again after a growing
 * pause as long as it cannot be; but whoever breaks it again and again after it was repaired has the last word. Pure; for
 * one thread at a time.
 */
final class RepairGuard {
    /** How often it is repaired before it is left alone. */
    static final int MOST = 3;

    /** After it has held for so long, what was before is forgotten. */
    static final long CALM_MILLIS = 600_000;

    private static final long FIRST_PAUSE_MILLIS = 2_000;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    private int repairs;
    private List<String> tried = List.of();
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private long nextMillis;
    private long brokenAtMillis;

    /** Whether to repair now what is broken; to be asked whenever it is seen broken. */
    boolean isDue(List<String> broken, long nowMillis) {
        if (isCalm(nowMillis)) {
            repairs = 0;
        }
        brokenAtMillis = nowMillis;
        if (isExhausted(nowMillis)) {
            return false;
        }
        if (!broken.equals(tried)) {
            pauseMillis = FIRST_PAUSE_MILLIS;
            return true;
        }
        return nowMillis >= nextMillis;
    }

    /** It holds again. */
    void repaired() {
        repairs++;
        tried = List.of();
        pauseMillis = FIRST_PAUSE_MILLIS;
    }

    /**
     * It does not hold all the same.
     *
     * @param broken what is broken after the attempt
     */
    void failed(List<String> broken, long nowMillis) {
        tried = List.copyOf(broken);
        nextMillis = nowMillis + pauseMillis;
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
    }

    /** Whether it was repaired so often that it is left alone. */
    boolean isExhausted(long nowMillis) {
        return repairs >= MOST && !isCalm(nowMillis);
    }

    private boolean isCalm(long nowMillis) {
        return nowMillis - brokenAtMillis >= CALM_MILLIS;
    }
}
