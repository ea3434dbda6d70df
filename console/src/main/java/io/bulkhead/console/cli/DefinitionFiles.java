package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.DefinitionFile;
import io.bulkhead.broker.definition.DefinitionLoader;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of definitions that a verb was given by {@code -f}. */
final class DefinitionFiles {
    static final String STANDARD_INPUT = "-";

    private DefinitionFiles() {}

    /**
     * Reads them, with the profiles that all of them may take from.
     *
     * @param files files, directories, or {@link #STANDARD_INPUT} alone
     * @param profiles another directory of profiles than the installation's
     */
    static List<DefinitionFile> read(Bulkhead bulkhead, List<String> files, Optional<Path> profiles)
            throws IOException {
        Optional<Path> shared = Optional.of(profiles.orElse(bulkhead.settings().profilesDirectory()));
        if (!files.contains(STANDARD_INPUT)) {
            return DefinitionLoader.loadAll(files.stream().map(Path::of).toList(), shared);
        }
        if (files.size() > 1) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST, "standard input stands alone", "write the definitions to a file");
        }
        byte[] text = bulkhead.surroundings().in().readAllBytes();
        return List.of(DefinitionLoader.load("standard input", new String(text, StandardCharsets.UTF_8), shared));
    }
}
