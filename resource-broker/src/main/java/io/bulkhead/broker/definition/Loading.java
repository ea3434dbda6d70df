package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.PartitionName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One reading of files of definitions: every file is read to its end, and what is wrong with all of them comes out at once,
 * by file, line and column, the shared profiles last. For one thread and one use.
 */
final class Loading {
    private final SharedProfiles shared;
    private final Map<String, List<Fault>> faults = new LinkedHashMap<>();
    private final Map<PartitionName, Place> defined = new HashMap<>();

    /** A partition with everything that speaks for it, the weakest first. */
    record Layered(PartitionName name, List<Part> layers) {}

    /** @param profiles the directory of shared profiles, if there is one */
    Loading(Optional<Path> profiles) {
        this.shared = new SharedProfiles(profiles);
    }

    /** Reads a file, or every {@code *.yaml} of a directory. */
    List<DefinitionFile> load(Path path) {
        return Files.isDirectory(path) ? loadDirectory(path) : List.of(loadFile(path));
    }

    /** Reads every {@code *.yaml} of a directory. */
    List<DefinitionFile> loadDirectory(Path directory) {
        List<Path> files = TextFiles.in(directory, of(directory.toString()));
        return files.stream().map(this::loadFile).toList();
    }

    private DefinitionFile loadFile(Path file) {
        List<Definition> definitions = TextFiles.contents(file, of(file.toString()))
                .map(text -> load(file.toString(), text))
                .orElse(List.of());
        return new DefinitionFile(file.toString(), Optional.of(file), definitions);
    }

    /** Reads a text. */
    List<Definition> load(String source, String text) {
        List<Fault> ofFile = of(source);
        Sheet sheet = Sheet.ofDefinitions(source, text, ofFile);
        Inheritance inheritance = new Inheritance(sheet.profiles(), shared, ofFile);
        sheet.profiles().values().forEach(profile -> check(profile, inheritance, ofFile));
        List<Definition> definitions = new ArrayList<>();
        for (Part part : sheet.partitions().values()) {
            PartitionName name = PartitionName.parse(part.name());
            Place first = defined.putIfAbsent(name, part.place());
            if (first != null) {
                ofFile.add(new Fault(part.place(), part.path(), "is defined twice, first at " + first));
            }
            Optional<List<Part>> layers = inheritance.layers(part);
            if (layers.isEmpty()) {
                check(part, ofFile);
            } else {
                definitions.add(
                        reader(part, Inheritance.merged(layers.get()), ofFile).read(name));
            }
        }
        return definitions;
    }

    /** The partitions of a file with their layers. */
    List<Layered> layered(Path file) {
        List<Fault> ofFile = of(file.toString());
        List<Layered> found = new ArrayList<>();
        TextFiles.contents(file, ofFile).ifPresent(text -> {
            load(file.toString(), text);
            Sheet sheet = Sheet.ofDefinitions(file.toString(), text, new ArrayList<>());
            Inheritance inheritance = new Inheritance(sheet.profiles(), shared, new ArrayList<>());
            sheet.partitions().values().forEach(part -> inheritance
                    .layers(part)
                    .ifPresent(layers -> found.add(new Layered(PartitionName.parse(part.name()), layers))));
        });
        return found;
    }

    private void check(Part profile, Inheritance inheritance, List<Fault> ofFile) {
        inheritance.layers(profile);
        check(profile, ofFile);
    }

    /** Looks at the values of a part alone: what is missing may come from elsewhere. */
    private static void check(Part part, List<Fault> ofFile) {
        Block own = part.from().isPresent()
                ? Block.empty(part.block().shape().place()).under(part.own())
                : part.own();
        reader(part, own, ofFile).check();
    }

    private static DefinitionReader reader(Part part, Block block, List<Fault> ofFile) {
        StrictYaml yaml = new StrictYaml(part.place().source());
        yaml.hold(Map.of(part.kind().section(), Map.of(part.name(), block.values())));
        return new DefinitionReader(yaml, part.path(), part.place(), block.shape(), ofFile);
    }

    private List<Fault> of(String source) {
        return faults.computeIfAbsent(source, first -> new ArrayList<>());
    }

    /** @throws DefinitionException if anything was wrong with what was read up to now */
    void requireSound() {
        List<Fault> all = new ArrayList<>();
        List<Fault> ofProfiles = new ArrayList<>(shared.faults());
        Inheritance among = new Inheritance(Map.of(), shared, ofProfiles);
        shared.inUse().forEach(profile -> check(profile, among, ofProfiles));
        List<Fault> elsewhere = new ArrayList<>();
        faults.forEach((source, ofFile) -> {
            all.addAll(inOrder(ofFile.stream()
                    .filter(fault -> fault.place().source().equals(source))
                    .toList()));
            elsewhere.addAll(ofFile.stream()
                    .filter(fault -> !fault.place().source().equals(source))
                    .toList());
        });
        // A shared profile's own complaint comes before that of a partition which got it from there.
        all.addAll(inOrder(ofProfiles));
        all.addAll(elsewhere);
        List<Fault> once = once(all);
        if (!once.isEmpty()) {
            throw new DefinitionException(once);
        }
    }

    /** One complaint for one place, however many partitions have got the value from there. */
    private static List<Fault> once(List<Fault> all) {
        Set<String> told = new HashSet<>();
        return all.stream()
                .filter(fault -> told.add(fault.place() + " " + fault.problem()))
                .toList();
    }

    private static List<Fault> inOrder(List<Fault> faults) {
        return faults.stream()
                .sorted(Comparator.<Fault, String>comparing(
                                fault -> fault.place().source())
                        .thenComparingInt(fault -> fault.place().line().orElse(0))
                        .thenComparingInt(fault -> fault.place().column().orElse(0)))
                .toList();
    }
}
