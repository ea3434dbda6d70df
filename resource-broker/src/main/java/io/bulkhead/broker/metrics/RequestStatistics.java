package io.bulkhead.broker.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests the API has answered, and how long the answers took to begin. Counts from the start of the program;
 * kept per method, template of the path and status, of which there are few. Safe for any thread; adding takes no lock.
 */
public final class RequestStatistics {
    static final String NAME = "bulkhead_api_request_seconds";

    private static final long[] BOUNDS_MICROS = {1_000, 5_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000};
    private static final double MICROS_PER_SECOND = 1e6;

    private final Map<Key, Counts> counts = new ConcurrentHashMap<>();

    private record Key(String method, String path, int status) {}

    /** Not cumulative; the last bucket is for what took longer than every bound. */
    private record Counts(AtomicLongArray buckets, LongAdder micros) {
        Counts() {
            this(new AtomicLongArray(BOUNDS_MICROS.length + 1), new LongAdder());
        }
    }

    /**
     * Counts an answer.
     *
     * @param method of HTTP
     * @param path the template of the route: never what a client wrote
     * @param status of HTTP
     * @param nanos from the request's head to the answer's
     */
    public void answered(String method, String path, int status, long nanos) {
        Counts of = counts.computeIfAbsent(new Key(method, path, status), none -> new Counts());
        long micros = Math.max(0, nanos / 1000);
        int bucket = 0;
        while (bucket < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[bucket]) {
            bucket++;
        }
        of.buckets().incrementAndGet(bucket);
        of.micros().add(micros);
    }

    /** The histogram as Prometheus knows it. */
    HistogramSnapshot snapshot() {
        double[] bounds = new double[BOUNDS_MICROS.length + 1];
        for (int i = 0; i < BOUNDS_MICROS.length; i++) {
            bounds[i] = BOUNDS_MICROS[i] / MICROS_PER_SECOND;
        }
        bounds[BOUNDS_MICROS.length] = Double.POSITIVE_INFINITY;
        HistogramSnapshot.Builder all = HistogramSnapshot.builder()
                .name(NAME)
                .help("Time from the head of a request to the API to the head of its answer");
        counts.forEach((key, of) -> {
            long[] buckets = new long[of.buckets().length()];
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = of.buckets().get(i);
            }
            all.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .labels(Labels.of(
                            "method", key.method(), "path", key.path(), "status", Integer.toString(key.status())))
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, buckets))
                    .sum(of.micros().sum() / MICROS_PER_SECOND)
                    .build());
        });
        return all.build();
    }
}
