package io.bulkhead.broker.solver;

import io.bulkhead.broker.placement.ExactSearch;
import java.time.Duration;

/**
 * Searches by Choco until a deadline that all its searches share.
 *
 * <p>For one thread. The solver's classes are loaded with the first search.
 */
public final class ChocoSearch implements ExactSearch {
    /** What a brief search may have of the whole time. */
    private static final int BRIEF_PART = 8;

    /** Less is not worth a start. */
    private static final long LEAST_MILLIS = 20;

    private final long limitNanos;
    private final long startNanos = System.nanoTime();

    /** Begins to count now. */
    public ChocoSearch(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    @Override
    public Answer search(Question question) {
        long leftMillis = (limitNanos - (System.nanoTime() - startNanos)) / 1_000_000;
        long millis = question.brief() ? leftMillis / BRIEF_PART : leftMillis;
        return millis < LEAST_MILLIS ? new Answer.NotFound(false) : new CoreModel(question).solve(millis);
    }
}
