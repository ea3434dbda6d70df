/**
 * The resource broker: what the hardware is, who holds which slice of it, and the HTTP API that answers for both.
 *
 * <p>What the console may use stands in this package and at the edges; allocation, ledger and store are the broker's own.
 */
@NullMarked
package io.bulkhead.broker;

import org.jspecify.annotations.NullMarked;
