/**
 * A console's recent output and where its viewers are in it: the ring, a viewer's cursor, and when a slow one jumps.
 *
 * <p>Pure: the protocol's words and the JDK, no clock, no thread. Each object is for one thread, the console service's.
 */
@NullMarked
package io.bulkhead.console.ring;

import org.jspecify.annotations.NullMarked;
