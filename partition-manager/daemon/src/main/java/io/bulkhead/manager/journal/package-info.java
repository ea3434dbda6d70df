/**
 * The manager's journal of events: the last 4,096 in memory, numbered, for whoever follows.
 *
 * <p>Pure but for the clock that it is given; safe for any thread. Written by life, read by the server.
 */
@NullMarked
package io.bulkhead.manager.journal;

import org.jspecify.annotations.NullMarked;
