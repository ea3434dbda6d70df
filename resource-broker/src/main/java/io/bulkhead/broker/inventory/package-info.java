/**
 * Reads what the hardware is from {@code /sys} and {@code /proc}.
 *
 * <p>Knows the JDK and the contract only. Blocks for some microseconds per CPU; may be used from any thread.
 */
@NullMarked
package io.bulkhead.broker.inventory;

import org.jspecify.annotations.NullMarked;
