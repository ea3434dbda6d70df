package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Place;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A block of keys in both views: what Commons Configuration is to get, and the form with its places.
 *
 * @param values texts, lists and maps of them, by key
 * @param shape the same keys
 */
record Block(Map<String, Object> values, Shape.Mapping shape) {
    /** One without keys. */
    static Block empty(Place place) {
        return new Block(Map.of(), new Shape.Mapping(place, Map.of()));
    }

    /** What stands at a key that is there. */
    Object value(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** A key that is there. */
    Shape.Member member(String name) {
        return Objects.requireNonNull(shape.members().get(name), name);
    }

    /** The block below a key that holds one. */
    @SuppressWarnings("unchecked") // StrictYaml puts a map of texts wherever the form has a mapping
    Block below(String name) {
        return new Block(
                (Map<String, Object>) value(name), (Shape.Mapping) member(name).value());
    }

    /** The same without one key. */
    Block without(String name) {
        Map<String, Object> fewerValues = new LinkedHashMap<>(values);
        Map<String, Shape.Member> fewerMembers = new LinkedHashMap<>(shape.members());
        fewerValues.remove(name);
        fewerMembers.remove(name);
        return new Block(fewerValues, new Shape.Mapping(shape.place(), fewerMembers));
    }

    /**
     * This block with another one laid over it. Blocks merge key by key; one value or a list takes the place of
     * whatever was there; the plain word {@code null} takes the key away, as if nobody had said anything. A block that
     * is left without keys goes, too.
     */
    Block under(Block upper) {
        Map<String, Object> mergedValues = new LinkedHashMap<>(values);
        Map<String, Shape.Member> members = new LinkedHashMap<>(shape.members());
        upper.shape().members().forEach((name, member) -> {
            Object value = upper.value(name);
            if (removes(member.value(), value)) {
                mergedValues.remove(name);
                members.remove(name);
            } else if (member.value() instanceof Shape.Mapping mapping
                    && !mapping.members().isEmpty()) {
                Shape.Member lower = members.get(name);
                Block below =
                        lower != null && lower.value() instanceof Shape.Mapping ? below(name) : empty(mapping.place());
                Block merged = below.under(upper.below(name));
                if (merged.shape().members().isEmpty()) {
                    mergedValues.remove(name);
                    members.remove(name);
                } else {
                    mergedValues.put(name, merged.values());
                    members.put(name, new Shape.Member(member.keyPlace(), member.foreignKey(), merged.shape()));
                }
            } else {
                mergedValues.put(name, value);
                members.put(name, member);
            }
        });
        return new Block(mergedValues, new Shape.Mapping(upper.shape().place(), members));
    }

    /** Whether a value is the word that takes a key away; a value that is missing is a mistake, and stays one. */
    private static boolean removes(Shape shape, Object value) {
        return shape instanceof Shape.Scalar scalar && scalar.isNothing() && Shape.NOTHING.equals(value);
    }
}
