package io.bulkhead.harness.bench;

import java.util.List;
import java.util.Locale;

/**
 * What is told of a series of times.
 *
 * @param count how many there are
 * @param minNanos the shortest
 * @param medianNanos the middle one, or the mean of the two in the middle
 * @param maxNanos the longest
 */
record Figures(int count, long minNanos, long medianNanos, long maxNanos) {
    private static final double NANOS_PER_MILLI = 1e6;

    /** The figures of at least one time. */
    static Figures of(List<Long> nanos) {
        if (nanos.isEmpty()) {
            throw new IllegalArgumentException("no times, no figures");
        }
        List<Long> sorted = nanos.stream().sorted().toList();
        int upper = sorted.size() / 2;
        int lower = (sorted.size() - 1) / 2;
        long median = sorted.get(lower) + (sorted.get(upper) - sorted.get(lower)) / 2;
        return new Figures(sorted.size(), sorted.get(0), median, sorted.get(sorted.size() - 1));
    }

    /** How many times the other's median this one's is. */
    double ratioTo(Figures other) {
        return (double) medianNanos / other.medianNanos();
    }

    /** Milliseconds with two decimals. */
    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / NANOS_PER_MILLI);
    }
}
