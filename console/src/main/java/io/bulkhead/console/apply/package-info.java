/**
 * Makes partitions as a file of definitions says: what differs, in which steps, and back again where one of them fails.
 *
 * <p>Knows definitions and the contract, and the control plane by the port {@link io.bulkhead.console.apply.Desk} only. For the
 * command line. Belongs to the thread that asks.
 */
@NullMarked
package io.bulkhead.console.apply;

import org.jspecify.annotations.NullMarked;
