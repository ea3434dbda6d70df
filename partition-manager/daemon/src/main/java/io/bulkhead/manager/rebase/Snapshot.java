package io.bulkhead.manager.rebase;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a tree looked like: paths relative to its root, raw bytes one char each, in order.
 *
 * @param entries by path
 * @param sizes of its files in bytes, by path
 * @param incomplete whether it was larger or deeper than is looked at
 */
record Snapshot(SortedMap<String, Entry> entries, Map<String, Long> sizes, boolean incomplete) {
    Snapshot {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        sizes = Map.copyOf(new HashMap<>(sizes));
    }

    Optional<Entry> at(String path) {
        return Optional.ofNullable(entries.get(path));
    }

    boolean hasDirectory(String path) {
        return at(path).map(Entry::isDirectory).orElse(false);
    }

    /** Everything below a directory. */
    SortedMap<String, Entry> below(String path) {
        // '0' is the character behind '/'.
        return entries.subMap(path + "/", path + "0");
    }
}
