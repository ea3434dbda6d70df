package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Place;
import java.util.Optional;

/**
 * One named block of a file: a partition or a profile, with nothing inherited yet.
 *
 * @param kind which
 * @param name its name
 * @param place where the name stands
 * @param block its keys
 * @param shared whether it comes from the directory of profiles, so that it can take only from profiles there
 */
record Part(Kind kind, String name, Place place, Block block, boolean shared) {
    /** The key by which a part names the profile it takes from. */
    static final String FROM = "from";

    /** What a part is. */
    enum Kind {
        PARTITION("partitions"),
        PROFILE("profiles");

        private final String section;

        Kind(String section) {
            this.section = section;
        }

        /** The key at the top of a file that holds them. */
        String section() {
            return section;
        }
    }

    /** Where it stands in its file, as keys. */
    String path() {
        return kind.section() + "." + name;
    }

    /** What it says itself. */
    Block own() {
        return block.without(FROM);
    }

    /** What stands behind {@code from}, if anything does. */
    Optional<Shape> from() {
        return Optional.ofNullable(block.shape().members().get(FROM)).map(Shape.Member::value);
    }

    /** The word for it in explanations. */
    String layer() {
        return kind == Kind.PROFILE ? "profile " + name : "definition";
    }
}
