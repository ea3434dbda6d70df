/**
 * Keeps interrupts and unbound kernel workers off the CPUs of whole-CPU slices: {@code /proc/irq/N/smp_affinity_list},
 * {@code /proc/irq/default_smp_affinity} (core-api/irq/irq-affinity.rst) and
 * {@code /sys/devices/virtual/workqueue/cpumask} (core-api/workqueue.rst, "Affinity Scopes").
 *
 * <pre>
 *   AffinityFiles    what the kernel says and takes, below a root that is given
 *   Affinity         pure: what the host wants of one file, what it has written, and where the next look leads
 *   SteeringKeeper   applies, asserts again what somebody has moved, and puts back
 * </pre>
 *
 * <p>CPUs are taken out of what the host wants and given back one by one, never set to a remembered whole, so that
 * partitions, other instances of Bulkhead and irqbalance may come and go in any order. What was taken is on record before
 * the kernel is told, so that any later manager can give it back. Used by {@code keeping}; one thread at a time.
 */
@NullMarked
package io.bulkhead.manager.steering;

import org.jspecify.annotations.NullMarked;
