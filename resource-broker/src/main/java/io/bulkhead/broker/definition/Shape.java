package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The form of a YAML document with the place of everything in it: what Commons Configuration forgets. The texts
 * themselves are read from the configuration, by path.
 */
sealed interface Shape {
    /** Where its first character stands. */
    Place place();

    /** The word for it in messages. */
    String kind();

    /**
     * One value.
     *
     * @param place where it starts
     * @param quoted whether it stands in quotes or as a block
     * @param foreign what a YAML 1.1 reader would take it for, if not for text; for example {@code a number}
     */
    record Scalar(Place place, boolean quoted, Optional<String> foreign) implements Shape {
        @Override
        public String kind() {
            return isNothing() ? "nothing" : "one value";
        }

        /** Whether no value was written, or {@code null}. */
        boolean isNothing() {
            return foreign.filter(NOTHING::equals).isPresent();
        }
    }

    /** What {@link Scalar#foreign} says of a missing value. */
    String NOTHING = "null";

    /**
     * A list.
     *
     * @param items what it holds; by position, from 0
     */
    record Sequence(Place place, List<Shape> items) implements Shape {
        @Override
        public String kind() {
            return items.isEmpty() ? "an empty list" : "a list";
        }
    }

    /**
     * Keys with values.
     *
     * @param members by key, in the order of the file
     */
    record Mapping(Place place, Map<String, Member> members) implements Shape {
        @Override
        public String kind() {
            return members.isEmpty() ? "an empty {}" : "a block of keys";
        }
    }

    /**
     * A key and its value.
     *
     * @param keyPlace where the key stands
     * @param foreignKey what a YAML 1.1 reader would take the key for, if not for text
     * @param value what it holds
     */
    record Member(Place keyPlace, Optional<String> foreignKey, Shape value) {}
}
