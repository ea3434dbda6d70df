/**
 * The lives of partitions: every order that changes one, the ends that come by themselves, the watch over promises, and
 * the recovery after the manager's own death.
 *
 * <p>The way in: {@link io.bulkhead.manager.life.Partitions} finds the partition that an order is for, and {@code
 * PartitionLife} takes its lock and hands the order on: to {@code Redefinition} for what the partition is and holds, to
 * {@code RunStart} (by {@code Boot}) and {@code RunEnd} (by {@code Ending}) for its runs, to {@code Takeover} when a new
 * manager comes. All of them share {@code Standing}, where the partition stands, in a state of {@code LifeState}; {@code
 * PromiseWatch} reads what the kernel says of it.
 *
 * <p>Orders for one partition are carried out one after the other under that partition's lock, on the thread that brings
 * them; different partitions do not wait for each other. Status is read without any lock. Every change of several steps
 * runs under {@link io.bulkhead.manager.undo.Undo}. Used by the server and by Main; everything else of the manager is
 * used by this.
 */
@NullMarked
package io.bulkhead.manager.life;

import org.jspecify.annotations.NullMarked;
