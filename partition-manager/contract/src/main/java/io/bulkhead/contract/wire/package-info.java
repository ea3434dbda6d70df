/**
 * JSON, records as JSON, and frames: the wire form of {@link io.bulkhead.contract.order}.
 *
 * <p>Strict on input: unknown, missing, duplicate or ill-typed members are errors that name their place. Maximum sizes
 * are in {@link io.bulkhead.contract.wire.Frame}. Pure; safe for any thread unless a class says otherwise.
 */
@NullMarked
package io.bulkhead.contract.wire;

import org.jspecify.annotations.NullMarked;
