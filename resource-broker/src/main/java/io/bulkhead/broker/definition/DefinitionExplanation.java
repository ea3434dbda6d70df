package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a key of a definition is set to and why: the answer of {@code bulkhead config explain} about a file.
 *
 * @param partition whose
 * @param key the key
 * @param value what holds, as one would write it; empty for the default
 * @param sayings every layer that speaks about it, the strongest first
 */
public record DefinitionExplanation(
        PartitionName partition, DefinitionKey key, Optional<String> value, List<Saying> sayings) {
    public DefinitionExplanation {
        sayings = List.copyOf(sayings);
    }

    /**
     * What one layer says.
     *
     * @param layer {@code definition}, or {@code profile NAME}
     * @param text as it is written there
     * @param place where
     */
    public record Saying(String layer, String text, Place place) {
        @Override
        public String toString() {
            return layer + ", " + place;
        }
    }

    /** The layer that decided, with its place; {@code default} where none did. */
    public String from() {
        return sayings.isEmpty() ? "default" : sayings.get(0).toString();
    }

    /** Some lines for people. */
    @Override
    public String toString() {
        String weaker = sayings.stream()
                .skip(1)
                .map(saying -> "  over:    " + saying.text() + " of " + saying + "\n")
                .collect(Collectors.joining());
        return partition + "." + key.path() + " = " + value.orElse(key.defaultText()) + "\n"
                + "  from:    " + from() + (sayings.isEmpty() ? "" : " (default: " + key.defaultText() + ")") + "\n"
                + weaker
                + "  allowed: " + key.allowed() + "\n"
                + "  " + key.documentation();
    }
}
