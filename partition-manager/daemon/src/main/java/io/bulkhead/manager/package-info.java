/**
 * The partition manager's main class: the one process that is root.
 *
 * <p>Nobody imports this package or one below it; orders come over the socket, in the words of
 * {@code io.bulkhead.contract}, and are checked here whoever sent them.
 */
@NullMarked
package io.bulkhead.manager;

import org.jspecify.annotations.NullMarked;
