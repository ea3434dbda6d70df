/**
 * The console service: for every console one stream from the manager, kept in a ring and handed to the log, and any number
 * of viewers of whom one may type.
 *
 * <p>Who calls whom:
 *
 * <pre>
 *   transports (http; ssh, ws) ──▶ ConsoleService.attach ──▶ Viewer ──▶ cursor into the ring
 *        ▲ ViewerSink                                          │
 *        └─────────── messages ◀───────────────────────────────┤ lease
 *   serial.client (manager) ──▶ ConsoleFeed: ring, log, viewers┘
 * </pre>
 *
 * <p><b>Threads.</b> All of it lives on one thread, the {@link io.bulkhead.console.serial.ServiceThread}; in the control
 * plane that is its event loop. Every call comes in on it and every call-back goes out on it; a transport with threads of
 * its own hands over by {@link io.bulkhead.console.serial.ServiceThread#execute}. Nothing here waits: not for a viewer, not
 * for the log, not for the manager.
 *
 * <p><b>Memory.</b> A console: its ring (1 MiB), filled as output comes. A viewer: no copy of the stream; its socket's
 * queue (the transport's bound plus one message of 16 KiB), the ring's blocks that this queue still holds on to (six of
 * 16 KiB), at most {@value io.bulkhead.console.serial.Viewer#MOST_WAITING} messages that are not output, one escape sequence
 * of the past (4 KiB), and of the writer the input that the manager has not taken (16 KiB).
 *
 * <p>No Vert.x here: that is for the packages {@code client} and {@code http} below.
 */
@NullMarked
package io.bulkhead.console.serial;

import org.jspecify.annotations.NullMarked;
