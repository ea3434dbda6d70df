/**
 * Which promise was proven where: tests say what they prove, and the table is made from the reports of every place that they
 * ran at.
 *
 * <p>{@link io.bulkhead.harness.proof.Proves} is for acceptance tests; the rest is run by {@code dev}. One thread.
 */
@NullMarked
package io.bulkhead.harness.proof;

import org.jspecify.annotations.NullMarked;
