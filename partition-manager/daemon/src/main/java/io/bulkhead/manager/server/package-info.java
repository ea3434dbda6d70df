/**
 * The manager's socket: greets, takes orders one by one, carries streams. The only way into the manager.
 *
 * <p>Whatever a peer sends, at whatever speed, costs that peer its connection at most. A thread per connection, because
 * there are few and an order may take as long as a stop does. Uses life, console and journal through
 * {@link io.bulkhead.manager.server.Desk}; used by Main.
 */
@NullMarked
package io.bulkhead.manager.server;

import org.jspecify.annotations.NullMarked;
