/**
 * The protocol between the console service and a viewer: {@code bulkhead.console.v1}, described in
 * {@code console/PROTOCOL.md}.
 *
 * <p>Pure: messages and their bytes, for any transport. The same messages go in length-prefixed frames over the Unix socket
 * and one by one in binary messages of a WebSocket. Used by the service, its transports and the command line.
 */
@NullMarked
package io.bulkhead.console.protocol;

import org.jspecify.annotations.NullMarked;
