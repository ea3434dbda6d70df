package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.Part.Kind;
import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.partition.PartitionName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What one file holds: its profiles and its partitions by name, in their order, nothing inherited and no value read yet.
 *
 * @param source the file, or what stands for one
 * @param profiles by name
 * @param partitions by name
 */
record Sheet(String source, Map<String, Part> profiles, Map<String, Part> partitions) {
    private static final Pattern PROFILE_NAME = Pattern.compile("[a-z]([a-z0-9-]{0,30}[a-z0-9])?");

    /** Reads a file of definitions, which may hold profiles of its own. */
    static Sheet ofDefinitions(String source, String text, List<Fault> faults) {
        return new SheetReader(source, false, faults).read(text, List.of(Kind.PROFILE, Kind.PARTITION), Kind.PARTITION);
    }

    /** Reads a file of profiles that everybody may take from. */
    static Sheet ofProfiles(String source, String text, List<Fault> faults) {
        return new SheetReader(source, true, faults).read(text, List.of(Kind.PROFILE), Kind.PROFILE);
    }

    /** Takes the top of a file apart. */
    private record SheetReader(String source, boolean shared, List<Fault> faults) {
        Sheet read(String text, List<Kind> known, Kind required) {
            StrictYaml yaml = new StrictYaml(source);
            yaml.read(text);
            faults.addAll(yaml.faults());
            if (yaml.document().isEmpty()) {
                yaml.root()
                        .ifPresent(root -> faults.add(new Fault(
                                root.place(),
                                "",
                                "a file starts with the key " + required.section() + ", not with " + root.kind())));
                return new Sheet(source, Map.of(), Map.of());
            }
            Block top = yaml.document().get();
            refuseUnknown(top, known);
            if (!top.shape().members().containsKey(required.section())) {
                faults.add(new Fault(top.shape().place(), required.section(), "is missing"));
            }
            return new Sheet(source, parts(top, Kind.PROFILE, known), parts(top, Kind.PARTITION, known));
        }

        private Map<String, Part> parts(Block top, Kind kind, List<Kind> known) {
            return known.contains(kind) && top.shape().members().containsKey(kind.section())
                    ? section(top, kind)
                    : Map.of();
        }

        private void refuseUnknown(Block top, List<Kind> known) {
            List<String> words = known.stream().map(Kind::section).toList();
            top.shape().members().forEach((name, member) -> {
                if (!words.contains(name)) {
                    String hint = name.equals(Kind.PARTITION.section())
                            ? "partitions stand in files of their own, not among the profiles"
                            : "there is no such key" + NearestWord.hint(name, words) + " (there are "
                                    + String.join(", ", words) + ")";
                    faults.add(new Fault(member.keyPlace(), name, hint));
                }
            });
        }

        private Map<String, Part> section(Block top, Kind kind) {
            Shape shape = top.member(kind.section()).value();
            Map<String, Part> parts = new LinkedHashMap<>();
            if (!(shape instanceof Shape.Mapping names) || names.members().isEmpty()) {
                faults.add(new Fault(
                        shape.place(),
                        kind.section(),
                        "needs a block of " + kind.section() + " by name, not " + shape.kind()));
                return parts;
            }
            Block blocks = top.below(kind.section());
            names.members().forEach((name, member) -> {
                member.foreignKey()
                        .ifPresent(word -> faults.add(new Fault(
                                member.keyPlace(),
                                kind.section() + "." + name,
                                "YAML 1.1 takes this name for " + word + "; write it in quotes")));
                if (!isNamedWell(kind, name, member)) {
                    return;
                }
                if (member.value() instanceof Shape.Mapping) {
                    parts.put(name, new Part(kind, name, member.keyPlace(), blocks.below(name), shared));
                } else {
                    faults.add(new Fault(
                            member.value().place(),
                            kind.section() + "." + name,
                            "needs a block of keys like cpus and memory, not "
                                    + member.value().kind()));
                }
            });
            return parts;
        }

        private boolean isNamedWell(Kind kind, String name, Shape.Member member) {
            String problem = "";
            if (kind == Kind.PROFILE) {
                problem = PROFILE_NAME.matcher(name).matches()
                        ? ""
                        : "'" + name
                                + "' is not a profile's name; use 1 to 32 of a-z, 0-9 and -, starting with a letter"
                                + " and not ending in -";
            } else {
                try {
                    PartitionName.parse(name);
                } catch (IllegalArgumentException e) {
                    problem = String.valueOf(e.getMessage());
                }
            }
            if (!problem.isEmpty()) {
                faults.add(new Fault(member.keyPlace(), kind.section(), problem));
            }
            return problem.isEmpty();
        }
    }
}
