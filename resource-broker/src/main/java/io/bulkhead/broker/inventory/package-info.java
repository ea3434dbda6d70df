/**
 * What the machine is: read from {@code /sys} and {@code /proc} under any root, and carried to other machines as a file.
 *
 * <p>Knows the JDK and the contract only. Blocks for some microseconds per core; may be used from any thread.
 */
@NullMarked
package io.bulkhead.broker.inventory;

import org.jspecify.annotations.NullMarked;
