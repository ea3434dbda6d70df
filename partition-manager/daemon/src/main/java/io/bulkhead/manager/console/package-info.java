/**
 * The serial consoles: one numbered byte stream per partition, kept in a ring, seen by many viewers, typed into by one. The
 * ring is a file that outlives the manager; partition-manager/README.md tells how the numbering goes on over everything.
 *
 * <p>{@link io.bulkhead.manager.console.ConsoleRing} and {@link io.bulkhead.manager.console.TokenBucket} are pure. {@link
 * io.bulkhead.manager.console.ConsoleLine} reads the console's master on the event loop's thread and never waits there;
 * viewers wait on their own threads and read from the ring at their own pace, so that none of them can slow the partition
 * or another viewer. Used by life and the server; uses record, for the numbering.
 */
@NullMarked
package io.bulkhead.manager.console;

import org.jspecify.annotations.NullMarked;
