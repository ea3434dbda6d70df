package io.bulkhead.manager.rebase;

import io.bulkhead.contract.generation.FileChange;
import java.util.List;
import java.util.SortedMap;

/**
 * What a rebase comes to.
 *
 * @param resolutions by path; what has none stays the partition's
 * @param conflicts one line each; nothing may be done while there are any
 * @param taken what the new generation changes
 * @param kept what the partition has changed and keeps
 */
record Merge(
        SortedMap<String, Resolution> resolutions,
        List<String> conflicts,
        List<FileChange> taken,
        List<FileChange> kept) {}
