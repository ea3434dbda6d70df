/**
 * The port for everything beside control groups that a partition has or is kept behind: volumes, network, filters, views.
 * Each {@link io.bulkhead.manager.wall.Wall} is one kind of it and lives in a package of its own; {@link
 * io.bulkhead.manager.wall.Walls} calls all of them, in order on the way up and in reverse on the way down. Used by
 * {@code life} under a partition's lock.
 */
@NullMarked
package io.bulkhead.manager.wall;

import org.jspecify.annotations.NullMarked;
