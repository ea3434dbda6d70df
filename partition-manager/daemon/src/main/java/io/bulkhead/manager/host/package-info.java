/**
 * What the manager itself must know of the hardware to check orders: online CPUs, nodes, memory, the disk under a
 * directory. Reads /proc and /sys below a root that is given to it; trusts nobody else's inventory.
 */
@NullMarked
package io.bulkhead.manager.host;

import org.jspecify.annotations.NullMarked;
