/**
 * What a partition sees as its file system: a pure plan of steps, and the runner that performs them.
 *
 * <p>{@link io.bulkhead.manager.mount.MountPlan} decides everything and calls nothing; {@link
 * io.bulkhead.manager.mount.MountRunner} decides nothing. Used by start only. The plan is for any thread; the runner
 * belongs to the throw-away thread of one boot.
 */
@NullMarked
package io.bulkhead.manager.mount;

import org.jspecify.annotations.NullMarked;
