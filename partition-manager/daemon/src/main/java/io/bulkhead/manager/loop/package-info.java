/**
 * The manager's event loop: one thread that waits for descriptors and timers of all partitions.
 *
 * <p>Built on the port {@code sys} alone. Consoles, process ends and their deadlines run on it; work that may block
 * (starts, undo, files of another's making) does not. {@link io.bulkhead.manager.loop.EventLoop} says what runs where.
 */
@NullMarked
package io.bulkhead.manager.loop;

import org.jspecify.annotations.NullMarked;
