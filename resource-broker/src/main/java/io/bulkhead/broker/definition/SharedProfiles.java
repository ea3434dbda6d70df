package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The profiles of a directory, {@code *.yaml}, for files that have none of that name themselves. Nothing is read before a
 * definition asks: a broken profile is the trouble of those who use profiles. For one thread.
 */
final class SharedProfiles {
    private final Optional<Path> directory;
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, Part> profiles = new LinkedHashMap<>();
    private boolean read;

    /** @param directory where they stand; it need not be there */
    SharedProfiles(Optional<Path> directory) {
        this.directory = directory;
    }

    Optional<Part> find(String name) {
        read();
        return Optional.ofNullable(profiles.get(name));
    }

    Set<String> names() {
        read();
        return profiles.keySet();
    }

    /** All of them, if anybody has asked for one. */
    List<Part> inUse() {
        return List.copyOf(profiles.values());
    }

    /** What is wrong with the files, if anybody has asked for a profile. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    /** {@code " and none in DIRECTORY"}. */
    String whereElse() {
        return directory.map(path -> " and none in " + path).orElse("");
    }

    private void read() {
        if (read) {
            return;
        }
        read = true;
        directory.filter(Files::isDirectory).ifPresent(path -> {
            for (Path file : TextFiles.in(path, faults)) {
                List<Fault> ofFile = new ArrayList<>();
                TextFiles.contents(file, ofFile)
                        .map(text -> Sheet.ofProfiles(file.toString(), text, ofFile))
                        .ifPresent(sheet -> sheet.profiles().forEach((name, part) -> add(name, part, ofFile)));
                faults.addAll(ofFile);
            }
        });
    }

    private void add(String name, Part part, List<Fault> ofFile) {
        Part first = profiles.putIfAbsent(name, part);
        if (first != null) {
            Place place = first.place();
            ofFile.add(new Fault(part.place(), part.path(), "is defined twice, first at " + place));
        }
    }
}
