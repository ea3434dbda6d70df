/**
 * Exact quantities with their unit in the type: sizes, rates, parts of a CPU, limits.
 *
 * <p>Everything is an exact {@code long} with checked arithmetic and immutable; safe for any thread. Text is IEC with
 * the unit required ({@code 512MiB}); JSON carries integers with the unit in the key's name. May be used by everybody;
 * knows the JDK only.
 */
@NullMarked
package io.bulkhead.contract.unit;

import org.jspecify.annotations.NullMarked;
