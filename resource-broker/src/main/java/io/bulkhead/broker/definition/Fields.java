package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.fault.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A block of keys in a definition: hands out values as their type, and puts what is wrong with them on one list, with the
 * place. A value that is wrong reads as absent, so that the rest is looked at too.
 */
final class Fields {
    /** How a value must be written, so that every YAML reader takes it for the same. */
    enum Writing {
        /** Text: in quotes where YAML 1.1 would take it for something else. */
        TEXT,
        /** A number, or true or false: without quotes. */
        BARE,
        /** A word with its own form, like a size: either way. */
        EITHER
    }

    private final StrictYaml yaml;
    private final String stored;
    private final String shown;
    private final String level;
    private final Shape.Mapping block;
    private final List<Fault> faults;

    /**
     * The block of a partition.
     *
     * @param partition its path
     * @param faults where faults go
     */
    static Fields ofPartition(StrictYaml yaml, String partition, Shape.Mapping block, List<Fault> faults) {
        Fields fields = new Fields(yaml, partition, partition, "", block, faults);
        fields.refuseUnknown();
        return fields;
    }

    /**
     * @param stored the path by which Commons Configuration knows the block
     * @param shown the path in messages
     * @param level the path below the partition as {@link DefinitionKey} has it; empty for the partition's own
     */
    private Fields(
            StrictYaml yaml, String stored, String shown, String level, Shape.Mapping block, List<Fault> faults) {
        this.yaml = yaml;
        this.stored = stored;
        this.shown = shown;
        this.level = level;
        this.block = block;
        this.faults = faults;
    }

    boolean has(String name) {
        return block.members().containsKey(name);
    }

    /** What the key holds, whatever it is. */
    Optional<Shape> shape(String name) {
        return Optional.ofNullable(block.members().get(name)).map(Shape.Member::value);
    }

    /** One value, read by a parser that throws {@link IllegalArgumentException} with a text for the user. */
    <T> Optional<T> value(String name, Writing writing, Function<String, T> parser) {
        Optional<Shape> shape = shape(name);
        if (shape.isEmpty()) {
            return Optional.empty();
        }
        if (!(shape.get() instanceof Shape.Scalar scalar) || scalar.isNothing()) {
            wrongKind(name, shape.get());
            return Optional.empty();
        }
        Optional<String> trap = trap(scalar, writing);
        if (trap.isPresent()) {
            fault(name, scalar.place(), trap.get());
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(yaml.getString(stored(name))));
        } catch (IllegalArgumentException e) {
            fault(name, scalar.place(), e.getMessage() + allowed(name));
            return Optional.empty();
        }
    }

    /** A list of texts that is not empty. */
    Optional<List<String>> texts(String name) {
        Optional<Shape> shape = shape(name);
        if (shape.isEmpty()) {
            return Optional.empty();
        }
        if (!(shape.get() instanceof Shape.Sequence list) || list.items().isEmpty()) {
            wrongKind(name, shape.get());
            return Optional.empty();
        }
        List<Fault> wrong = new ArrayList<>();
        for (Shape item : list.items()) {
            if (item instanceof Shape.Scalar scalar) {
                trap(scalar, Writing.TEXT)
                        .ifPresent(problem -> wrong.add(new Fault(item.place(), path(name), problem)));
            } else {
                wrong.add(new Fault(item.place(), path(name), "an item must be one value, not " + item.kind()));
            }
        }
        faults.addAll(wrong);
        return wrong.isEmpty() ? Optional.of(words(name, list.items().size())) : Optional.empty();
    }

    private List<String> words(String name, int count) {
        List<String> words = yaml.getList(String.class, stored(name));
        if (words == null || words.size() != count) {
            throw new IllegalStateException("Commons Configuration lost a part of " + path(name) + ": " + words);
        }
        return words;
    }

    /**
     * A list of values that are all different, each read by a parser that throws {@link IllegalArgumentException} with a
     * text for the user; none of them if one is wrong.
     *
     * @param identity what no two may have in common, in words
     */
    <T> List<T> list(String name, Function<String, T> parser, Function<T, String> identity) {
        Optional<Shape> shape = shape(name);
        if (shape.isEmpty()) {
            return List.of();
        }
        if (!(shape.get() instanceof Shape.Sequence list)
                || list.items().isEmpty()
                || !list.items().stream().allMatch(Shape.Scalar.class::isInstance)) {
            texts(name);
            return List.of();
        }
        List<Shape> items = list.items();
        List<String> words = words(name, items.size());
        List<T> values = new ArrayList<>();
        Set<String> told = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            Place place = items.get(i).place();
            Optional<String> trap = trap((Shape.Scalar) items.get(i), Writing.TEXT);
            if (trap.isPresent()) {
                fault(name, place, trap.get());
                continue;
            }
            try {
                T value = parser.apply(words.get(i));
                if (told.add(identity.apply(value))) {
                    values.add(value);
                } else {
                    fault(name, place, identity.apply(value) + " stands twice");
                }
            } catch (IllegalArgumentException e) {
                fault(name, place, e.getMessage() + allowed(name));
            }
        }
        return values.size() == items.size() ? values : List.of();
    }

    /**
     * The blocks that stand by name below a key, in their order; those whose name or form is wrong are among the faults.
     *
     * @param placeholder what stands for the names in {@link DefinitionKey}
     * @param parser of names; throws {@link IllegalArgumentException} with a text for the user
     */
    <N> Map<N, Fields> named(String name, String placeholder, Function<String, N> parser) {
        Map<N, Fields> blocks = new LinkedHashMap<>();
        Optional<Shape> shape = shape(name);
        if (shape.isEmpty()) {
            return blocks;
        }
        if (!(shape.get() instanceof Shape.Mapping names) || names.members().isEmpty()) {
            wrongKind(name, shape.get());
            return blocks;
        }
        names.members().forEach((key, member) -> {
            String path = path(name) + "." + key;
            try {
                N parsed = parser.apply(key);
                if (member.foreignKey().isPresent()) {
                    faults.add(new Fault(
                            member.keyPlace(),
                            path,
                            "YAML 1.1 takes this name for " + member.foreignKey().get() + "; write it in quotes"));
                } else if (member.value() instanceof Shape.Mapping mapping
                        && !mapping.members().isEmpty()) {
                    Fields one = new Fields(
                            yaml, stored(name) + "." + escaped(key), path, inner(name) + "." + placeholder, mapping, faults);
                    one.refuseUnknown();
                    blocks.put(parsed, one);
                } else {
                    faults.add(new Fault(member.value().place(), path, wrong(member.value()) + allowed(name)));
                }
            } catch (IllegalArgumentException e) {
                faults.add(new Fault(member.keyPlace(), path(name), String.valueOf(e.getMessage())));
            }
        });
        return blocks;
    }

    /** A dot in a key, written twice, is one that does not divide; DefaultExpressionEngine. */
    private static String escaped(String key) {
        return key.replace(".", "..");
    }

    /** The block below a key. */
    Optional<Fields> below(String name) {
        Optional<Shape> shape = shape(name);
        if (shape.isPresent()
                && shape.get() instanceof Shape.Mapping mapping
                && !mapping.members().isEmpty()) {
            Fields below = new Fields(yaml, stored(name), path(name), inner(name), mapping, faults);
            below.refuseUnknown();
            return Optional.of(below);
        }
        shape.ifPresent(other -> wrongKind(name, other));
        return Optional.empty();
    }

    /** Where a key stands in the block below a key, both of which are there. */
    Place placeOfKey(String name, String key) {
        Shape.Mapping below = (Shape.Mapping) shape(name).orElseThrow();
        return Optional.ofNullable(below.members().get(key)).orElseThrow().keyPlace();
    }

    /** Says that a key which must stand here does not. */
    void require(String name) {
        if (!has(name)) {
            faults.add(new Fault(
                    block.place(), path(name), "is missing; write " + key(name).allowed()));
        }
    }

    /** Says that the value of a key is of the wrong kind. */
    void wrongKind(String name, Shape shape) {
        fault(name, shape.place(), wrong(shape) + allowed(name));
    }

    private static String wrong(Shape shape) {
        boolean nothing = shape instanceof Shape.Scalar scalar && scalar.isNothing();
        return nothing ? "has no value" : "cannot be " + shape.kind();
    }

    void fault(String name, Place place, String problem) {
        faults.add(new Fault(place, path(name), problem));
    }

    /** {@code "; allowed: …"} for a key of this block. */
    String allowed(String name) {
        return "; allowed: " + key(name).allowed();
    }

    private static Optional<String> trap(Shape.Scalar scalar, Writing writing) {
        if (writing == Writing.TEXT && scalar.foreign().isPresent()) {
            return Optional.of("YAML 1.1 takes this for " + scalar.foreign().get() + "; write it in quotes");
        }
        if (writing == Writing.BARE && scalar.quoted()) {
            return Optional.of("is text in quotes; write it without them");
        }
        return Optional.empty();
    }

    private void refuseUnknown() {
        List<String> known = DefinitionKey.namesBelow(level);
        block.members().forEach((name, member) -> {
            if (!known.contains(name)) {
                fault(
                        name,
                        member.keyPlace(),
                        "there is no such key" + hint(name, known) + " (there are " + String.join(", ", known) + ")");
            }
        });
    }

    private static String hint(String name, List<String> known) {
        boolean tornList = known.contains("ids") && name.matches("[0-9-]+");
        return tornList ? "; a list with a comma stands in quotes: ids: '2-3,6'" : NearestWord.hint(name, known);
    }

    private DefinitionKey key(String name) {
        return DefinitionKey.of(inner(name));
    }

    private String inner(String name) {
        return level.isEmpty() ? name : level + "." + name;
    }

    private String path(String name) {
        return shown + "." + name;
    }

    private String stored(String name) {
        return stored + "." + name;
    }
}
