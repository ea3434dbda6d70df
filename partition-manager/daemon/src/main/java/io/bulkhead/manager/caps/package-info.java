/**
 * Keeps the host's own groups from memory that slices hold, also those of stopped partitions, which
 * {@code memory.min} cannot protect: {@code memory.max} on every top-level group of the version 2 hierarchy that is none of
 * Bulkhead's; admin-guide/cgroup-v2.rst, "Memory Interface Files".
 *
 * <p>The rule is one cap for all: RAM, without every slice of every instance, without what the kernel is left. Each group
 * alone cannot reach into the slices then. What the caps do not hold: the kernel's own memory, processes in the root of
 * the hierarchy, and several groups that together want more than the cap; against those there is {@code memory.min} of what
 * partitions have in use. Shares for the groups that add up to the cap would hold more and would kill a group for what is
 * only another one's cache.
 *
 * <p>No cap is set below what a group uses: that would kill in it at once. Limits of the administrator that are tighter
 * stay. What stood there before is on record before the kernel is told. Where several instances stand on one host, the
 * one whose name comes first sets the caps, for all. Used by {@code keeping}; one thread at a time.
 */
@NullMarked
package io.bulkhead.manager.caps;

import org.jspecify.annotations.NullMarked;
