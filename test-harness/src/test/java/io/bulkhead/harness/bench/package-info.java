/**
 * Benchmarks: what Bulkhead costs beside other runtimes, all in one interleaved run on this host.
 *
 * <p>Run by {@code ./dev bench [NAME]} as root, never by a build. Nobody may use this package. The main thread drives; each
 * peer is started from the thread of a {@link io.bulkhead.harness.bench.Stage}, which has mounts of its own.
 */
@NullMarked
package io.bulkhead.harness.bench;

import org.jspecify.annotations.NullMarked;
