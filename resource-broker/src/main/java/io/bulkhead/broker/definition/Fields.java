package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.fault.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final String partition;
    private final String level;
    private final Shape.Mapping block;
    private final List<Fault> faults;

    /**
     * The block of a partition.
     *
     * @param partition the path of the partition
     * @param level the path of the block below the partition; empty for the partition's own
     * @param faults where faults go
     */
    Fields(StrictYaml yaml, String partition, String level, Shape.Mapping block, List<Fault> faults) {
        this.yaml = yaml;
        this.partition = partition;
        this.level = level;
        this.block = block;
        this.faults = faults;
        refuseUnknown();
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
            return Optional.of(parser.apply(yaml.getString(path(name))));
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
        List<String> words = yaml.getList(String.class, path(name));
        if (words == null || words.size() != count) {
            throw new IllegalStateException("Commons Configuration lost a part of " + path(name) + ": " + words);
        }
        return words;
    }

    /** The block below a key. */
    Optional<Fields> below(String name) {
        Optional<Shape> shape = shape(name);
        if (shape.isPresent()
                && shape.get() instanceof Shape.Mapping mapping
                && !mapping.members().isEmpty()) {
            return Optional.of(new Fields(yaml, partition, inner(name), mapping, faults));
        }
        shape.ifPresent(other -> wrongKind(name, other));
        return Optional.empty();
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
        boolean nothing = shape instanceof Shape.Scalar scalar && scalar.isNothing();
        fault(name, shape.place(), (nothing ? "has no value" : "cannot be " + shape.kind()) + allowed(name));
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
            if (level.isEmpty() && (name.equals("storage") || name.equals("network"))) {
                fault(name, member.keyPlace(), "this release does not offer " + name + " slices yet; leave it out");
            } else if (!known.contains(name)) {
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
        return partition + "." + inner(name);
    }
}
