package io.bulkhead.manager.life;

/**
 * Makes news of a counter of the kernel's: the first count is told at once, and while it goes on, at most once in a while
 * with all that came together, so that what a partition does to itself cannot flood the journal. Pure; for one thread at
 * a time.
 */
final class CountedNews {
    private final NewsPause pause;
    private long told;

    /**
     * @param pauseMillis between two pieces of news
     */
    CountedNews(long pauseMillis) {
        this.pause = new NewsPause(pauseMillis);
    }

    /** What was counted until now is no news. */
    void startAt(long count) {
        told = count;
    }

    /**
     * How much is to be told now, 0 for nothing.
     *
     * @param count of the kernel
     * @param nowMillis milliseconds since 1970 UTC
     */
    long news(long count, long nowMillis) {
        if (count < told) {
            // The group was made anew.
            told = 0;
        }
        return pause.isOver(nowMillis) ? rest(count, nowMillis) : 0;
    }

    /** All that was not told yet, whenever the last news were: the group is about to go. */
    long rest(long count, long nowMillis) {
        long fresh = count < told ? count : count - told;
        if (fresh > 0) {
            pause.begin(nowMillis);
        }
        told = count;
        return fresh;
    }
}
