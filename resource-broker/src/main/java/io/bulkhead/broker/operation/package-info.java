/**
 * What the control plane is doing and has done for its callers: operations with their progress, and the answers that are
 * given again for a repeated idempotency key.
 *
 * <p>Plain Java and in memory only; bounded in number and age. Safe for any thread; nothing blocks. Used by {@code http}.
 */
@NullMarked
package io.bulkhead.broker.operation;

import org.jspecify.annotations.NullMarked;
