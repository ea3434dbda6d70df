package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.fault.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Follows {@code from}. A name is looked for among the profiles of the same file, then among the shared ones, which are
 * not even read before somebody asks for one; a shared profile takes from shared ones only.
 */
final class Inheritance {
    private final Map<String, Part> own;
    private final SharedProfiles shared;
    private final List<Fault> faults;

    /**
     * @param own the profiles of the file
     * @param shared those of everybody
     * @param faults where faults go; the same one may come several times
     */
    Inheritance(Map<String, Part> own, SharedProfiles shared, List<Fault> faults) {
        this.own = own;
        this.shared = shared;
        this.faults = faults;
    }

    /**
     * What speaks for a part: the profile that takes from nobody first, the part itself last. Empty where a profile is
     * missing or takes from itself; that is among the faults then.
     */
    Optional<List<Part>> layers(Part part) {
        List<Part> layers = new ArrayList<>(List.of(part));
        Set<String> met = new LinkedHashSet<>();
        Part now = part;
        while (now.from().isPresent()) {
            Optional<Part> next = parent(now);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            now = next.get();
            if (!met.add(now.place() + " " + now.name())) {
                refuseCycle(layers.subList(indexOf(layers, now), layers.size()));
                return Optional.empty();
            }
            layers.add(now);
        }
        Collections.reverse(layers);
        return Optional.of(layers);
    }

    /** What the layers say together. */
    static Block merged(List<Part> layers) {
        Block merged = layers.get(0).own();
        for (Part layer : layers.subList(1, layers.size())) {
            merged = merged.under(layer.own());
        }
        return merged;
    }

    private static int indexOf(List<Part> layers, Part part) {
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).place().equals(part.place())) {
                return i;
            }
        }
        throw new IllegalStateException(part.path() + " is on no way to itself");
    }

    private Optional<Part> parent(Part part) {
        Shape from = part.from().orElseThrow();
        Object name = part.block().values().get(Part.FROM);
        if (!(from instanceof Shape.Scalar scalar) || scalar.isNothing() || !(name instanceof String text)) {
            fault(part, from.place(), "names one profile, it cannot be " + from.kind());
            return Optional.empty();
        }
        if (scalar.foreign().isPresent()) {
            fault(
                    part,
                    from.place(),
                    "YAML 1.1 takes this for " + scalar.foreign().get() + "; write it in quotes");
            return Optional.empty();
        }
        Optional<Part> found = part.shared()
                ? shared.find(text)
                : Optional.ofNullable(own.get(text)).or(() -> shared.find(text));
        if (found.isEmpty()) {
            Set<String> known = new TreeSet<>(shared.names());
            if (!part.shared()) {
                known.addAll(own.keySet());
            }
            fault(
                    part,
                    from.place(),
                    "there is no profile '" + text + "'" + NearestWord.hint(text, known)
                            + (known.isEmpty()
                                    ? "; there are none in this file" + shared.whereElse()
                                    : " (there are " + String.join(", ", known) + ")"));
        }
        return found;
    }

    /** A circle is told once, whoever came upon it: at the profile whose name is the first of the alphabet. */
    private void refuseCycle(List<Part> cycle) {
        Part first = cycle.stream().min(Comparator.comparing(Part::name)).orElseThrow();
        List<Part> turned = new ArrayList<>(cycle);
        Collections.rotate(turned, -cycle.indexOf(first));
        String way = turned.stream().map(Part::name).collect(Collectors.joining(" from ")) + " from " + first.name();
        fault(first, first.from().orElseThrow().place(), "a profile cannot take from itself: " + way);
    }

    private void fault(Part part, Place place, String problem) {
        faults.add(new Fault(place, part.path() + "." + Part.FROM, problem));
    }
}
