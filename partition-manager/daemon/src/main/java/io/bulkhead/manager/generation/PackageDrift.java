package io.bulkhead.manager.generation;

import io.bulkhead.contract.generation.PackageChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which of the host's packages have moved since a generation was captured. Reads dpkg's file anew only when it is another
 * one: dpkg replaces it at every change. Safe for any thread; cheap enough to be asked with every status.
 */
public final class PackageDrift {
    private final GenerationStore store;
    private final Path hostRoot;
    private final Map<String, Integer> counts = new HashMap<>();
    private SortedMap<String, String> now = new TreeMap<>();
    private String readFrom = "";

    public PackageDrift(GenerationStore store, Path hostRoot) {
        this.store = store;
        this.hostRoot = hostRoot;
    }

    /** How many have moved; 0 for a generation that is not there or has no list. */
    public synchronized int count(String generation) throws IOException {
        look();
        Integer known = counts.get(generation);
        if (known == null) {
            known = moved(generation).size();
            counts.put(generation, known);
        }
        return known;
    }

    /** Those that have moved, by name. */
    public synchronized List<PackageChange> moved(String generation) throws IOException {
        look();
        SortedMap<String, String> then = store.packages(generation);
        return then.isEmpty() ? List.of() : HostPackages.moved(then, now);
    }

    private void look() throws IOException {
        Path file = HostPackages.statusFile(hostRoot);
        String stamp = "none";
        if (Files.exists(file)) {
            BasicFileAttributes status = Files.readAttributes(file, BasicFileAttributes.class);
            stamp = status.fileKey() + " " + status.size() + " " + status.lastModifiedTime();
        }
        if (!stamp.equals(readFrom)) {
            now = HostPackages.read(hostRoot);
            readFrom = stamp;
            counts.clear();
        }
    }
}
