package io.bulkhead.broker.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts failed attempts per address within a minute. Only what is wrong is counted: a right token is never refused for
 * what others at the same address do, and there is nothing to be guessed in 256 random bits. Bounded: the address seen
 * longest ago is forgotten first.
 */
public final class FailureLimiter {
    private static final long WINDOW_MILLIS = 60_000;
    private static final int MOST_ADDRESSES = 1_024;

    private final int mostPerWindow;
    private final LongSupplier clockMillis;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > MOST_ADDRESSES;
        }
    };

    private record Window(long startMillis, int failures) {}

    /**
     * @param mostPerWindow failures of one address in a minute that are answered as such
     * @param clockMillis milliseconds, which never go back
     */
    public FailureLimiter(int mostPerWindow, LongSupplier clockMillis) {
        this.mostPerWindow = mostPerWindow;
        this.clockMillis = clockMillis;
    }

    /**
     * Counts one more failure.
     *
     * @return 0 where it is one of those that are allowed, or after how many seconds the address may try again
     */
    public synchronized long failed(String address) {
        long now = clockMillis.getAsLong();
        Window window = windows.getOrDefault(address, new Window(now, 0));
        if (now - window.startMillis() >= WINDOW_MILLIS) {
            window = new Window(now, 0);
        }
        windows.put(address, new Window(window.startMillis(), Math.min(window.failures(), mostPerWindow) + 1));
        return window.failures() < mostPerWindow
                ? 0
                : Math.max(1, (window.startMillis() + WINDOW_MILLIS - now + 999) / 1000);
    }
}
