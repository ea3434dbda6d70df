/**
 * Who may do what with the API: roles, the local users that have them by their groups, and the tokens for TCP.
 *
 * <p>Plain Java with files; no HTTP and no Vert.x. Used by {@code http}, which asks at every request, and by whoever puts
 * the control plane together. Everything here is safe for any thread; {@link io.bulkhead.broker.access.TokenStore} writes
 * a small file when a token is made or revoked, which blocks for as long as the disk takes.
 */
@NullMarked
package io.bulkhead.broker.access;

import org.jspecify.annotations.NullMarked;
