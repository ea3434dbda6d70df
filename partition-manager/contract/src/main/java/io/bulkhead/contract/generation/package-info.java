/**
 * The words about generations: the immutable copies of the host's {@code /etc} and of the skeleton of its {@code /var} that
 * partitions build on, and how a partition and the host have moved away from one.
 *
 * <p>Pure and immutable; safe for any thread.
 */
@NullMarked
package io.bulkhead.contract.generation;

import org.jspecify.annotations.NullMarked;
