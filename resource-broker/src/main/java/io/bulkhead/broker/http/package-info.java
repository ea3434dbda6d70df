/**
 * The HTTP API of the control plane on its Unix socket: see {@code api/openapi.yaml}, which is served too.
 *
 * <p>{@link io.bulkhead.broker.http.ApiServer} is the way in; {@link io.bulkhead.broker.http.Api} is the table of
 * contents. An edge package: it turns HTTP into calls of the broker and streams of the manager's client, and holds no
 * rule of its own about partitions. Everything happens on event loops; nothing blocks.
 */
@NullMarked
package io.bulkhead.broker.http;

import org.jspecify.annotations.NullMarked;
