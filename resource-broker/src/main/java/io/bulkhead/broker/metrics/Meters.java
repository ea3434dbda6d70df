package io.bulkhead.broker.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;

/**
 * The meters of one page, in a registry of their own: what is gone since the last page is not there, and nothing has to
 * be taken out. For one thread.
 */
final class Meters implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** A number that rises and falls; {@code unit} is the end of its name, or empty. */
    void gauge(String name, String unit, String description, Tags tags, long value) {
        gauge(name, unit, description, tags, value, 1);
    }

    /** The same of a fraction. */
    void gauge(String name, String unit, String description, Tags tags, long numerator, long denominator) {
        double value = (double) numerator / denominator;
        Gauge.builder(name, () -> value)
                .description(description)
                .baseUnit(unit.isEmpty() ? null : unit)
                .tags(tags)
                .register(registry);
    }

    /** A time that only grows. */
    void seconds(String name, String description, Tags tags, long micros) {
        counter(name, "seconds", description, tags, micros, 1_000_000);
    }

    /** A number that only grows. */
    void count(String name, String description, Tags tags, long count) {
        counter(name, "", description, tags, count, 1);
    }

    private void counter(String name, String unit, String description, Tags tags, long value, long divisor) {
        // It is held weakly what a counter counts; this object lives until it is closed.
        FunctionCounter.builder(name, this, page -> (double) value / divisor)
                .description(description)
                .baseUnit(unit.isEmpty() ? null : unit)
                .tags(tags)
                .register(registry);
    }

    /** Adds what is counted elsewhere; nothing where it has counted nothing. */
    void requests(RequestStatistics statistics) {
        registry.getPrometheusRegistry().register((Collector) statistics::snapshot);
    }

    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        registry.close();
    }
}
