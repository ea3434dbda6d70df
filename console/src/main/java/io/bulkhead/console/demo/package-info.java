/**
 * The demonstration: two partitions of a throw-away installation, every promise measured from inside by a real load, and
 * nothing left at the end.
 *
 * <p>Everything goes the way that users go: the launcher, the control plane's API, commands inside the partitions. What is
 * measured and judged ({@link io.bulkhead.console.demo.Probes}, {@link io.bulkhead.console.demo.Judge}) is pure; what runs it
 * is apart. Used by the command line's verb alone; on its thread.
 */
@NullMarked
package io.bulkhead.console.demo;

import org.jspecify.annotations.NullMarked;
