/**
 * Exhaustive search by the constraint solver Choco, behind {@link io.bulkhead.broker.placement.ExactSearch}.
 *
 * <p>The only package that touches {@code org.chocosolver}: it is loaded when somebody searches, and never before. May know
 * placement. A search belongs to the thread that asks.
 */
@NullMarked
package io.bulkhead.broker.solver;

import org.jspecify.annotations.NullMarked;
