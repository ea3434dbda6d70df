package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Files of definitions as texts. What cannot be read is a fault. */
final class TextFiles {
    private TextFiles() {}

    /** Every {@code *.yaml} of a directory, by name; hidden ones are not meant. */
    static List<Path> in(Path directory, List<Fault> faults) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                directory,
                entry -> entry.getFileName().toString().endsWith(".yaml")
                        && !entry.getFileName().toString().startsWith("."))) {
            entries.forEach(files::add);
        } catch (NotDirectoryException | NoSuchFileException e) {
            faults.add(new Fault(Place.of(directory.toString()), "", "there is no such directory"));
        } catch (IOException e) {
            faults.add(new Fault(Place.of(directory.toString()), "", "cannot be read: " + e));
        }
        Collections.sort(files);
        return files;
    }

    static Optional<String> contents(Path file, List<Fault> faults) {
        String problem;
        try {
            if (Files.size(file) <= StrictYaml.MOST_CHARACTERS) {
                return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
            }
            problem = "is larger than 1MiB";
        } catch (NoSuchFileException e) {
            problem = "there is no such file";
        } catch (CharacterCodingException e) {
            problem = "is not UTF-8 text";
        } catch (IOException e) {
            problem = "cannot be read: " + e;
        }
        faults.add(new Fault(Place.of(file.toString()), "", problem));
        return Optional.empty();
    }
}
