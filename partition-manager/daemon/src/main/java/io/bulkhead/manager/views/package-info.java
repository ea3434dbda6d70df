/**
 * What programs inside take for the machine: the files of lxcfs in place of the host's in /proc, besides the clocks and the
 * boot id that {@code start} and {@code mount} have given the partition.
 *
 * <p>{@link io.bulkhead.manager.views.Lxcfs} is the one process of the instance and its mount on the host, {@link
 * io.bulkhead.manager.views.InnerMounts} takes its files in and out of partitions, and {@link
 * io.bulkhead.manager.views.ViewsWall} keeps the two together, whatever dies. Made by the manager's main alone. Calls come
 * under a partition's lock; what happens by itself runs on threads of the manager's executor.
 */
@NullMarked
package io.bulkhead.manager.views;

import org.jspecify.annotations.NullMarked;
