package io.bulkhead.manager.life;

import java.util.ArrayDeque;
import java.util.Deque;

/** Stops a partition that reboots itself in a circle: at most 5 restarts in 30 seconds. For one thread at a time. */
final class RestartGuard {
    private static final int MOST = 5;
    private static final long WINDOW_MILLIS = 30_000;

    private final Deque<Long> restarts = new ArrayDeque<>();

    /** Counts a restart; false if it is one too many. */
    boolean allow(long nowMillis) {
        while (!restarts.isEmpty() && restarts.getFirst() <= nowMillis - WINDOW_MILLIS) {
            restarts.removeFirst();
        }
        if (restarts.size() >= MOST) {
            return false;
        }
        restarts.addLast(nowMillis);
        return true;
    }
}
