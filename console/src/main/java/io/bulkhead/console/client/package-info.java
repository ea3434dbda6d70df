/**
 * A client of the control plane's API on its Unix socket: HTTP/1.1 and the upgraded streams, with the JDK alone, so that
 * a command line starts without loading Vert.x.
 *
 * <p>Blocking; a client is for one thread, a stream for one reader and one writer. Used by the command line and by tests.
 */
@NullMarked
package io.bulkhead.console.client;

import org.jspecify.annotations.NullMarked;
