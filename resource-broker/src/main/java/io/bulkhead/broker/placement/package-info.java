/**
 * Finds the place for a claim, or says why there is none.
 *
 * <p>The model: a {@link io.bulkhead.contract.hardware.Topology} is what there is; a host reserve and
 * {@link io.bulkhead.broker.placement.Holdings} are what is taken; {@link io.bulkhead.broker.placement.Placement} maps
 * these and a claim to an {@link io.bulkhead.broker.placement.Decision}, always the same one for the same input. Nothing
 * is changed by asking: the partition manager commits, and holds the truth.
 *
 * <p>Pure: {@code java..} and the contract only. Safe for any thread.
 */
@NullMarked
package io.bulkhead.broker.placement;

import org.jspecify.annotations.NullMarked;
