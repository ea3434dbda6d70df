package io.bulkhead.console.apply;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which partitions a file of definitions has named when it was applied: the only ones that may be deleted because it names
 * them no longer. Kept in {@code .NAME.applied} beside the file, one line an instance, so that it goes where the file goes and
 * everybody can read it. For one thread.
 */
public final class AppliedNames {
    private static final String PREFIX = ".";
    private static final String SUFFIX = ".applied";
    private static final String HEAD = "# Partitions that 'bulkhead apply' has made from the file of this name, by"
            + " instance. 'apply --prune' deletes those of them that the file no longer has.\n";

    private final Path record;
    private final InstanceName instance;

    /**
     * What is remembered beside a file.
     *
     * @param file of definitions
     * @param instance whose partitions they are
     */
    public AppliedNames(Path file, InstanceName instance) {
        this.record = file.resolveSibling(PREFIX + file.getFileName() + SUFFIX);
        this.instance = instance;
    }

    /** Where it is kept. */
    public Path record() {
        return record;
    }

    /** The names at the last application; none if there was none. */
    public Set<PartitionName> names() throws IOException {
        return lines(record).getOrDefault(instance.value(), new TreeSet<>());
    }

    /** The names that other files of the same directory have been applied with. */
    public Set<PartitionName> namesOfNeighbours() throws IOException {
        Set<PartitionName> names = new TreeSet<>();
        Path directory = Optional.ofNullable(record.getParent()).orElse(Path.of(""));
        try (DirectoryStream<Path> records = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
            for (Path other : records) {
                if (!other.getFileName().equals(record.getFileName())) {
                    names.addAll(lines(other).getOrDefault(instance.value(), Set.of()));
                }
            }
        }
        return names;
    }

    /** Remembers these names from now on; writes nothing if they are remembered already. */
    public void remember(Set<PartitionName> names) throws IOException {
        Map<String, Set<PartitionName>> lines = lines(record);
        if (names.equals(lines.getOrDefault(instance.value(), Set.of()))) {
            return;
        }
        lines.put(instance.value(), new TreeSet<>(names));
        String text = lines.entrySet().stream()
                .map(line -> line.getKey() + ": "
                        + line.getValue().stream().map(PartitionName::value).collect(Collectors.joining(" ")) + "\n")
                .collect(Collectors.joining("", HEAD, ""));
        Path fresh = record.resolveSibling(record.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, record, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<String, Set<PartitionName>> lines(Path record) throws IOException {
        List<String> text = new ArrayList<>();
        try {
            text.addAll(Files.readAllLines(record, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            // Nothing was applied from this file yet.
            return new TreeMap<>();
        }
        Map<String, Set<PartitionName>> lines = new TreeMap<>();
        for (String line : text) {
            int colon = line.indexOf(':');
            if (line.startsWith("#") || colon < 0) {
                continue;
            }
            Set<PartitionName> names = new TreeSet<>();
            for (String word : line.substring(colon + 1).strip().split(" +")) {
                if (!word.isEmpty()) {
                    names.add(name(record, word));
                }
            }
            lines.put(line.substring(0, colon), names);
        }
        return lines;
    }

    private static PartitionName name(Path record, String word) throws IOException {
        try {
            return PartitionName.parse(word);
        } catch (IllegalArgumentException e) {
            throw new IOException(record + " is damaged: " + e.getMessage(), e);
        }
    }
}
