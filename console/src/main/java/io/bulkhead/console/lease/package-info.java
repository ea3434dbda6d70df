/**
 * Who of a console's viewers may type: one at a time, by lease; the others wait in a queue or only view.
 *
 * <p>Pure: time comes in as a number. For one thread, the console service's.
 */
@NullMarked
package io.bulkhead.console.lease;

import org.jspecify.annotations.NullMarked;
