/**
 * The resource broker: what the hardware is, who holds which slice of it, where a new one would go, and the API that
 * administrators ask.
 *
 * <p>{@link io.bulkhead.broker.Broker} is the way in for the control plane. This package is plain Java: {@code java..},
 * the contract, inventory, placement and ledger; no Vert.x type stands in a signature. The partition manager is reached through
 * the port {@link io.bulkhead.broker.Manager}, whose adapter is in {@code client}; HTTP is in {@code http}. Safe for
 * any thread; nothing here blocks but the first reading of the inventory, and the ledger on a thread of its own
 * ({@link io.bulkhead.broker.Bookkeeper}).
 */
@NullMarked
package io.bulkhead.broker;

import org.jspecify.annotations.NullMarked;
