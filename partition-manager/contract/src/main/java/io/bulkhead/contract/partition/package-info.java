/**
 * The words about partitions: names, definitions, claims, slices, promises and status.
 *
 * <p>Pure and immutable; safe for any thread. Range rules live in the constructors: an object that exists is legal.
 */
@NullMarked
package io.bulkhead.contract.partition;

import org.jspecify.annotations.NullMarked;
