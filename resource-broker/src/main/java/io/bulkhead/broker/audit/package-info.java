/**
 * The audit trail: who did what with the API, and who was refused.
 *
 * <p>Plain Java with files; used by {@code http}. {@link io.bulkhead.broker.audit.AuditTrail} has one thread of its own on
 * which everything that touches its files happens; its methods may be called from any thread and never block.
 */
@NullMarked
package io.bulkhead.broker.audit;

import org.jspecify.annotations.NullMarked;
