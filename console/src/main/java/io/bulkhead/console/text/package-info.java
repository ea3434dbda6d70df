/**
 * Plain text for people: tables, sizes, times and, on a terminal, a little colour.
 *
 * <p>Pure but for the clock that times are shown against; knows the contract's quantities only. Safe for any thread.
 */
@NullMarked
package io.bulkhead.console.text;

import org.jspecify.annotations.NullMarked;
