/**
 * Faults of files that an administrator writes: where, which key, what is allowed.
 *
 * <p>Settings and partition definitions report with the same words, and all faults of a file at once. May be used by
 * everybody; knows the JDK only. Everything is immutable and safe for any thread.
 */
@NullMarked
package io.bulkhead.contract.fault;

import org.jspecify.annotations.NullMarked;
