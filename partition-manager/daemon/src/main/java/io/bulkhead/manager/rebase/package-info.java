/**
 * What a partition made of its generation, and how it gets to another one: differences, three-way merge, rebase and the way
 * back.
 *
 * <pre>
 *   base generation ─┐
 *   own /etc, /var ──┼─ TreeReader ─▶ Snapshot ─ ThreeWay ─▶ Merge ─ Rebaser (EtcStage, VarSkeleton) ─▶ own /etc, /var
 *   new generation ──┘                          Comparison ─▶ differences
 * </pre>
 *
 * <p>{@link io.bulkhead.manager.rebase.GenerationOffice} is the entrance. {@code Comparison}, {@code ThreeWay} and {@code
 * AccountMerge} are pure.
 *
 * <h2>Every path of a partition's that is touched as the host's root</h2>
 *
 * <pre>
 *   what                                when             how
 *   OWN, the directory above etc …      diff, rebase     open(2) of a path that only root can change
 *   etc, var and all below: diff        while it runs    openat2(2) of one name, O_PATH|O_NOFOLLOW, RESOLVE_BENEATH, _NO_SYMLINKS,
 *                                                        _NO_MAGICLINKS, _NO_XDEV; judged by statx(2); only regular files and
 *                                                        directories are read, by that descriptor, O_NONBLOCK; at most 20,000
 *                                                        entries, 64 levels, no file that has not a generation's length
 *   etc and all below: copy             at rest          the same; at most 256 MiB
 *   OWN/.staging .former .returning     at rest          made by the manager, above what the partition sees
 *   var: directories of the skeleton    at rest          openat2(2) name by name to the parent, then one name: mkdirat(2), unlinkat(2),
 *                                                        lchown(2), fchmod(2) of what was opened with O_NOFOLLOW
 *   a tree to be removed                no longer seen   openat(2), unlinkat(2), renameat(2), one name each, O_NOFOLLOW (TreeRemoval)
 * </pre>
 *
 * <p>Only {@code manager.life} uses this package. One thread at a time for each partition; blocks on the disk.
 */
@NullMarked
package io.bulkhead.manager.rebase;

import org.jspecify.annotations.NullMarked;
