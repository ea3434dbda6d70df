package io.bulkhead.manager.keeping;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What others have changed of how the host is kept, gathered to be told: the first at once, what follows at most once in a
 * while, each kind of change once, so that a daemon that writes again and again cannot flood the journal. Any thread.
 */
public final class Disturbances implements Consumer<String> {
    private static final long PAUSE_MILLIS = 60_000;

    private final Set<String> untold = new LinkedHashSet<>();
    private boolean toldBefore;
    private long toldAtMillis;

    @Override
    public synchronized void accept(String change) {
        untold.add(change);
    }

    /**
     * What is to be told now; empty for nothing.
     *
     * @param nowMillis milliseconds since 1970 UTC
     */
    synchronized List<String> news(long nowMillis) {
        long passed = nowMillis - toldAtMillis;
        // A clock that was set back tells nothing of how long it is.
        boolean quiet = toldBefore && passed >= 0 && passed < PAUSE_MILLIS;
        if (quiet || untold.isEmpty()) {
            return List.of();
        }
        List<String> told = List.copyOf(untold);
        untold.clear();
        toldBefore = true;
        toldAtMillis = nowMillis;
        return told;
    }
}
