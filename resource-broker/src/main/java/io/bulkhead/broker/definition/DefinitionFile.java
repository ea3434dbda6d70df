package io.bulkhead.broker.definition;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The definitions of one file, complete: whatever they take from profiles is in them.
 *
 * @param source the file, or what stands for one
 * @param path the file; empty for a text that stands in none
 * @param definitions in the order of the file
 */
public record DefinitionFile(String source, Optional<Path> path, List<Definition> definitions) {
    public DefinitionFile {
        definitions = List.copyOf(definitions);
    }
}
