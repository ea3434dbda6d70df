/**
 * What the hardware is: sets of CPUs and of NUMA nodes, and the topology that arranges them.
 *
 * <p>Pure and immutable; safe for any thread. Reading /sys is the resource broker's and the manager's own work.
 */
@NullMarked
package io.bulkhead.contract.hardware;

import org.jspecify.annotations.NullMarked;
