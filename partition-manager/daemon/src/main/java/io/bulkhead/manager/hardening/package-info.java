/**
 * The wall that every partition stands behind though its root has every capability inside: ids of its own, restraints, device
 * nodes. Raises what belongs to groups, and reads back what process 1 was born with.
 *
 * <p>Used by the manager's wiring, which hands it to life as a {@link io.bulkhead.manager.wall.Wall}. Safe for any thread.
 */
@NullMarked
package io.bulkhead.manager.hardening;

import org.jspecify.annotations.NullMarked;
