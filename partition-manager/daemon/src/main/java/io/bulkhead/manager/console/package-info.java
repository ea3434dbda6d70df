/**
 * The serial consoles: one numbered byte stream per partition, kept in a ring, seen by many viewers, typed into by one.
 *
 * <p>{@link io.bulkhead.manager.console.ConsoleRing} is pure. {@link io.bulkhead.manager.console.ConsoleHub} reads the
 * console's master on the event loop's thread and never waits there; viewers wait on their own threads and read from the
 * ring at their own pace, so that none of them can slow the partition or another viewer. Used by life and the server.
 */
@NullMarked
package io.bulkhead.manager.console;

import org.jspecify.annotations.NullMarked;
