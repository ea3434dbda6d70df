/**
 * What a set of definitions would lead to, as a report for people and programs: {@link io.bulkhead.broker.plan.Plans} asks
 * placement, with the exhaustive search behind it and a time limit, and tells the outcome in the words of the API.
 *
 * <p>Needs no manager: the command line plans by an inventory file with it. May know placement, solver, inventory and the
 * contract; may be used by the broker, its API and the command line. Any thread; planning may take as long as its limit.
 */
@NullMarked
package io.bulkhead.broker.plan;

import org.jspecify.annotations.NullMarked;
