/**
 * The closed set of orders that the partition manager takes, its replies and its events.
 *
 * <p>The wire form is described in {@code partition-manager/contract/PROTOCOL.md} and made by
 * {@link io.bulkhead.contract.wire}. Pure and immutable; safe for any thread.
 */
@NullMarked
package io.bulkhead.contract.order;

import org.jspecify.annotations.NullMarked;
