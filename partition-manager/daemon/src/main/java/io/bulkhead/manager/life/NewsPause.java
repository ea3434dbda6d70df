package io.bulkhead.manager.life;

/** The least time between two pieces of news of one kind; there is none before the first. Pure; for one thread at a time. */
final class NewsPause {
    private final long millis;
    private boolean begun;
    private long begunAtMillis;

    NewsPause(long millis) {
        this.millis = millis;
    }

    /**
     * Whether something may be told now.
     *
     * @param nowMillis milliseconds since 1970 UTC
     */
    boolean isOver(long nowMillis) {
        long passed = nowMillis - begunAtMillis;
        // A clock that was set back tells nothing of how long it is.
        return !begun || passed < 0 || passed >= millis;
    }

    /** Something was told. */
    void begin(long nowMillis) {
        begun = true;
        begunAtMillis = nowMillis;
    }
}
