/**
 * The connection to the partition manager: orders, streams and events over its Unix socket, with Vert.x.
 *
 * <p>{@link io.bulkhead.broker.client.ManagerClient} is the adapter of {@link io.bulkhead.broker.Manager}. The socket is
 * that of the JDK (no native transport). Everything happens on event loops; nothing blocks.
 */
@NullMarked
package io.bulkhead.broker.client;

import org.jspecify.annotations.NullMarked;
