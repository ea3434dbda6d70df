package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.PartitionName;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads partition definitions. Each method reports everything that is wrong at once, as a {@link DefinitionException};
 * definitions come in the order of the file.
 */
public final class DefinitionLoader {
    private static final String TOP = "partitions";

    private DefinitionLoader() {}

    /** Reads a file. */
    public static List<Definition> load(Path file) {
        List<Fault> faults = new ArrayList<>();
        List<Definition> definitions = contents(file, faults)
                .map(text -> read(file.toString(), text, faults))
                .orElse(List.of());
        return soundOnes(definitions, faults);
    }

    /**
     * Reads a text.
     *
     * @param source what it is called in messages
     */
    public static List<Definition> load(String source, String text) {
        List<Fault> faults = new ArrayList<>();
        return soundOnes(read(source, text, faults), faults);
    }

    /** Reads every {@code *.yaml} of a directory, by file name; a partition may stand in one of them only. */
    public static List<Definition> loadDirectory(Path directory) {
        List<Fault> faults = new ArrayList<>();
        List<Definition> definitions = new ArrayList<>();
        Map<PartitionName, Place> places = new HashMap<>();
        for (Path file : files(directory, faults)) {
            List<Fault> faultsOfFile = new ArrayList<>();
            List<Definition> read = contents(file, faultsOfFile)
                    .map(text -> read(file.toString(), text, faultsOfFile))
                    .orElse(List.of());
            for (Definition definition : read) {
                Place first = places.putIfAbsent(definition.spec().name(), definition.place());
                if (first != null) {
                    faultsOfFile.add(new Fault(
                            definition.place(),
                            TOP + "." + definition.spec().name(),
                            "is defined twice, first at " + first));
                }
            }
            faults.addAll(inOrder(faultsOfFile));
            definitions.addAll(read);
        }
        if (!faults.isEmpty()) {
            throw new DefinitionException(faults);
        }
        return List.copyOf(definitions);
    }

    private static List<Path> files(Path directory, List<Fault> faults) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.yaml")) {
            entries.forEach(files::add);
        } catch (NotDirectoryException | NoSuchFileException e) {
            faults.add(new Fault(Place.of(directory.toString()), "", "there is no such directory"));
        } catch (IOException e) {
            faults.add(new Fault(Place.of(directory.toString()), "", "cannot be read: " + e));
        }
        Collections.sort(files);
        return files;
    }

    private static Optional<String> contents(Path file, List<Fault> faults) {
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

    private static List<Definition> read(String source, String text, List<Fault> faults) {
        StrictYaml yaml = new StrictYaml(source);
        yaml.read(text);
        faults.addAll(yaml.faults());
        return yaml.root().map(root -> readRoot(yaml, root, faults)).orElse(List.of());
    }

    private static List<Definition> readRoot(StrictYaml yaml, Shape root, List<Fault> faults) {
        if (!(root instanceof Shape.Mapping top)) {
            faults.add(new Fault(
                    root.place(), "", "a definition starts with the key partitions, not with " + root.kind()));
            return List.of();
        }
        top.members().forEach((name, member) -> {
            if (!name.equals(TOP)) {
                faults.add(new Fault(
                        member.keyPlace(),
                        name,
                        "there is no such key" + NearestWord.hint(name, List.of(TOP)) + " (there is partitions)"));
            }
        });
        Shape.Member partitions = top.members().get(TOP);
        if (partitions == null) {
            faults.add(new Fault(root.place(), TOP, "is missing"));
            return List.of();
        }
        if (!(partitions.value() instanceof Shape.Mapping names)
                || names.members().isEmpty()) {
            faults.add(new Fault(
                    partitions.value().place(),
                    TOP,
                    "needs a block of partitions by name, not "
                            + partitions.value().kind()));
            return List.of();
        }
        List<Definition> definitions = new ArrayList<>();
        names.members().forEach((name, member) -> readPartition(yaml, name, member, faults)
                .ifPresent(definitions::add));
        return definitions;
    }

    private static Optional<Definition> readPartition(
            StrictYaml yaml, String name, Shape.Member member, List<Fault> faults) {
        member.foreignKey()
                .ifPresent(kind -> faults.add(new Fault(
                        member.keyPlace(),
                        TOP + "." + name,
                        "YAML 1.1 takes this name for " + kind + "; write it in quotes")));
        PartitionName partition;
        try {
            partition = new PartitionName(name);
        } catch (IllegalArgumentException e) {
            faults.add(new Fault(member.keyPlace(), TOP, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
        if (!(member.value() instanceof Shape.Mapping block)) {
            faults.add(new Fault(
                    member.value().place(),
                    TOP + "." + name,
                    "needs a block of keys like cpus and memory, not "
                            + member.value().kind()));
            return Optional.empty();
        }
        return Optional.of(new DefinitionReader(yaml, partition, member.keyPlace(), block, faults).read());
    }

    private static List<Definition> soundOnes(List<Definition> definitions, List<Fault> faults) {
        if (!faults.isEmpty()) {
            throw new DefinitionException(inOrder(faults));
        }
        return List.copyOf(definitions);
    }

    private static List<Fault> inOrder(List<Fault> faults) {
        return faults.stream()
                .sorted(Comparator.<Fault>comparingInt(
                                fault -> fault.place().line().orElse(0))
                        .thenComparingInt(fault -> fault.place().column().orElse(0)))
                .toList();
    }
}
