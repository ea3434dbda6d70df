/**
 * The boot of a partition, step by step, on one throw-away thread; and what a running partition is made of.
 *
 * <p>The steps stand in {@code partition-manager/README.md} in the same order. Used by life only.
 */
@NullMarked
package io.bulkhead.manager.start;

import org.jspecify.annotations.NullMarked;
