/**
 * What of the host around the slices is kept as the slices need it: interrupts and kernel workers away from whole CPUs
 * ({@code steering}), the host's own groups away from their memory ({@code caps}); and how alone that leaves a partition.
 *
 * <p>Everything follows from who holds what: no partition has a part of it that could be forgotten. Used by life, which
 * tells of changes; looked at every few seconds as well. Safe for any thread.
 */
@NullMarked
package io.bulkhead.manager.keeping;

import org.jspecify.annotations.NullMarked;
