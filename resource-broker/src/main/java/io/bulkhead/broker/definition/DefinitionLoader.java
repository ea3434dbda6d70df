package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.partition.PartitionName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads partition definitions. Each method reports everything that is wrong at once, as a {@link DefinitionException};
 * definitions come in the order of the file, and are complete: what they take from profiles is in them.
 */
public final class DefinitionLoader {
    private DefinitionLoader() {}

    /** Reads a file that takes from no profiles but its own. */
    public static List<Definition> load(Path file) {
        return loadAll(List.of(file), Optional.empty()).get(0).definitions();
    }

    /**
     * Reads a text that takes from no profiles but its own.
     *
     * @param source what it is called in messages
     */
    public static List<Definition> load(String source, String text) {
        return load(source, text, Optional.empty()).definitions();
    }

    /** Reads every {@code *.yaml} of a directory, by file name; a partition may stand in one of them only. */
    public static List<Definition> loadDirectory(Path directory) {
        Loading loading = new Loading(Optional.empty());
        List<Definition> definitions = new ArrayList<>();
        loading.loadDirectory(directory).forEach(file -> definitions.addAll(file.definitions()));
        loading.requireSound();
        return List.copyOf(definitions);
    }

    /**
     * Reads files, and of directories every {@code *.yaml} by file name. A partition may stand in one of them only.
     *
     * @param profiles the directory of profiles that all of them may take from; it need not be there
     */
    public static List<DefinitionFile> loadAll(List<Path> paths, Optional<Path> profiles) {
        Loading loading = new Loading(profiles);
        List<DefinitionFile> files = new ArrayList<>();
        paths.forEach(path -> files.addAll(loading.load(path)));
        loading.requireSound();
        return List.copyOf(files);
    }

    /**
     * Reads a text.
     *
     * @param source what it is called in messages
     * @param profiles the directory of profiles that it may take from; it need not be there
     */
    public static DefinitionFile load(String source, String text, Optional<Path> profiles) {
        Loading loading = new Loading(profiles);
        List<Definition> definitions = loading.load(source, text);
        loading.requireSound();
        return new DefinitionFile(source, Optional.empty(), definitions);
    }

    /**
     * Which layer of a file set what, for every key there is, in the order of {@link DefinitionKey#ALL}.
     *
     * @param file a file of definitions, which must be sound
     * @param profiles the directory of profiles that it may take from
     * @param partition which of its partitions
     * @throws IllegalArgumentException with a text for the user if the file has no such partition
     */
    public static List<DefinitionExplanation> explain(Path file, Optional<Path> profiles, PartitionName partition) {
        Loading loading = new Loading(profiles);
        List<Loading.Layered> partitions = loading.layered(file);
        loading.requireSound();
        List<String> names =
                partitions.stream().map(each -> each.name().value()).toList();
        return partitions.stream()
                .filter(each -> each.name().equals(partition))
                .findFirst()
                .map(each -> Explainer.explain(each.name(), each.layers()))
                .orElseThrow(() -> new IllegalArgumentException(file + " has no partition '" + partition + "'"
                        + NearestWord.hint(partition.value(), names) + " (it has " + String.join(", ", names) + ")"));
    }
}
