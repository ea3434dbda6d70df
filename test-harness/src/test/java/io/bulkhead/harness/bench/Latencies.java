package io.bulkhead.harness.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What is told of the calls that a victim made in one stretch of time.
 *
 * @param calls how many there were, also those that failed
 * @param errors how many of them failed
 * @param why the first failure, in the victim's words; empty without one
 * @param p50Nanos half of them took no longer
 * @param p99Nanos ninety-nine of a hundred took no longer
 * @param p999Nanos nine hundred and ninety-nine of a thousand took no longer
 * @param maxNanos none took longer
 */
record Latencies(int calls, int errors, String why, long p50Nanos, long p99Nanos, long p999Nanos, long maxNanos) {
    private static final int HALF = 500;
    private static final int P99 = 990;
    private static final int P999 = 999;
    private static final int ALL = 1000;

    /** Of at least one call. */
    static Latencies of(long[] nanos, int errors, String why) {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("no calls, no latencies");
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latencies(
                sorted.length,
                errors,
                why,
                perMille(sorted, HALF),
                perMille(sorted, P99),
                perMille(sorted, P999),
                perMille(sorted, ALL));
    }

    /**
     * Reads what a victim has printed: {@code errors N WORDS}, then {@code took NANOSECONDS} for each call.
     *
     * @throws IllegalArgumentException with all that it said, if that is something else
     */
    static Latencies parse(String said) {
        List<String> lines = said.lines().toList();
        long[] took = lines.stream()
                .filter(line -> line.startsWith("took "))
                .mapToLong(line -> Long.parseLong(line.substring("took ".length())))
                .toArray();
        if (took.length == 0 || !lines.get(0).startsWith("errors ")) {
            throw new IllegalArgumentException("the victim served nobody; it said: "
                    + said.substring(0, Math.min(said.length(), 2000)).strip());
        }
        String[] words = lines.get(0).split(" ", 3);
        return of(took, Integer.parseInt(words[1]), words.length < 3 ? "" : words[2].strip());
    }

    /** Nearest rank: the smallest value that so many per mille of all do not exceed. */
    private static long perMille(long[] sorted, int perMille) {
        int rank = Math.toIntExact(((long) sorted.length * perMille + ALL - 1) / ALL);
        return sorted[Math.max(rank, 1) - 1];
    }

    /**
     * Several stretches as one: calls and errors are summed up, the longest is the longest of all, and each percentile is the
     * median of theirs, so that one stretch in which the machine did something else does not decide.
     */
    static Latencies medianOf(List<Latencies> stretches) {
        return new Latencies(
                stretches.stream().mapToInt(Latencies::calls).sum(),
                stretches.stream().mapToInt(Latencies::errors).sum(),
                stretches.stream()
                        .map(Latencies::why)
                        .filter(why -> !why.isEmpty())
                        .findFirst()
                        .orElse(""),
                median(stretches, Latencies::p50Nanos),
                median(stretches, Latencies::p99Nanos),
                median(stretches, Latencies::p999Nanos),
                stretches.stream().mapToLong(Latencies::maxNanos).max().orElseThrow());
    }

    private static long median(List<Latencies> stretches, ToLongFunction<Latencies> value) {
        return Figures.of(stretches.stream().map(value::applyAsLong).toList()).medianNanos();
    }

    /** How many times the other's p99 this one's is. */
    double p99RatioTo(Latencies other) {
        return (double) p99Nanos / other.p99Nanos();
    }
}
