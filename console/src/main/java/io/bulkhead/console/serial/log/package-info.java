/**
 * The log of consoles: every byte of a console's stream on disk, within a quota, with an index of times and events.
 *
 * <p>{@link io.bulkhead.console.serial.log.ConsoleLogs} keeps a directory of them; the console service hands its stream to
 * a {@link io.bulkhead.console.serial.log.ConsoleLog}, which never makes it wait and never fails it. Whoever reads opens the
 * files for reading only and needs nothing of the writer. {@code console/README.md} describes the files.
 *
 * <p>The JDK, the contract's words and the broker's port {@link io.bulkhead.broker.ConsoleRecords}, through which the API reads:
 * no Vert.x. Writing happens on two threads of the package's own, reading for the API on two others.
 */
@NullMarked
package io.bulkhead.console.serial.log;

import org.jspecify.annotations.NullMarked;
