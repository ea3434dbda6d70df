package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.DefinitionExplanation.Saying;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out of layers who said what about a key. */
final class Explainer {
    private static final String SECRET = "(a hash, not shown)";

    private Explainer() {}

    /** Every key there is. */
    static List<DefinitionExplanation> explain(PartitionName partition, List<Part> layers) {
        Block merged = Inheritance.merged(layers);
        return DefinitionKey.ALL.stream()
                .flatMap(key -> key.path().equals(Part.FROM)
                        ? Stream.of(from(partition, key, layers.get(layers.size() - 1)))
                        : key.placeholder().isPresent()
                                ? names(key, layers).stream().map(name -> named(partition, key, name, merged, layers))
                                : Stream.of(explain(partition, key, List.of(key.path().split("\\.")), merged, layers)))
                .toList();
    }

    /** The names that any layer gives to the blocks that a key stands in. */
    private static Set<String> names(DefinitionKey key, List<Part> layers) {
        List<String> parent = List.of(key.path().substring(0, key.path().indexOf('.')));
        Set<String> names = new LinkedHashSet<>();
        for (Part layer : layers) {
            at(layer.own(), parent).ifPresent(found -> {
                if (found.shape() instanceof Shape.Mapping mapping) {
                    names.addAll(mapping.members().keySet());
                }
            });
        }
        return names;
    }

    private static DefinitionExplanation named(
            PartitionName partition, DefinitionKey key, String name, Block merged, List<Part> layers) {
        String[] words = key.path().split("\\.");
        return explain(partition, key.named(name), List.of(words[0], name, words[2]), merged, layers);
    }

    private static DefinitionExplanation from(PartitionName partition, DefinitionKey key, Part part) {
        Optional<Saying> saying = at(part.block(), List.of(Part.FROM)).map(found -> saying(part, key, found));
        return new DefinitionExplanation(
                partition, key, saying.map(Saying::text), saying.stream().toList());
    }

    private static DefinitionExplanation explain(
            PartitionName partition, DefinitionKey key, List<String> path, Block merged, List<Part> layers) {
        List<Saying> sayings = new ArrayList<>();
        for (int i = layers.size() - 1; i >= 0; i--) {
            Optional<Found> found = at(layers.get(i).own(), path);
            if (found.isPresent()) {
                sayings.add(saying(layers.get(i), key, found.get()));
                if (!(found.get().shape() instanceof Shape.Mapping)) {
                    // Whatever weaker layers say has been replaced, but it is worth seeing what that was.
                    addWeaker(sayings, key, path, layers.subList(0, i));
                    break;
                }
            }
        }
        Optional<String> value =
                at(merged, path).filter(found -> found.depth() == path.size()).map(found -> text(key, found.value()));
        return new DefinitionExplanation(partition, key, value, sayings);
    }

    private static void addWeaker(List<Saying> sayings, DefinitionKey key, List<String> path, List<Part> weaker) {
        for (int i = weaker.size() - 1; i >= 0; i--) {
            Part layer = weaker.get(i);
            at(layer.own(), path).ifPresent(found -> sayings.add(saying(layer, key, found)));
        }
    }

    /**
     * What stands at a path, or at the nearest key above it that holds one value instead of a block.
     *
     * @param depth how many keys of the path lead there
     */
    private record Found(Object value, Shape shape, int depth) {}

    private static Optional<Found> at(Block block, List<String> path) {
        Block now = block;
        for (int depth = 1; depth <= path.size(); depth++) {
            String name = path.get(depth - 1);
            Shape.Member member = now.shape().members().get(name);
            if (member == null) {
                return Optional.empty();
            }
            if (depth == path.size() || !(member.value() instanceof Shape.Mapping)) {
                return Optional.of(new Found(now.value(name), member.value(), depth));
            }
            now = now.below(name);
        }
        return Optional.empty();
    }

    private static Saying saying(Part part, DefinitionKey key, Found found) {
        return new Saying(part.layer(), text(key, found.value()), found.shape().place());
    }

    private static String text(DefinitionKey key, Object value) {
        return key.path().equals("rootPassword") && !"null".equals(value) ? SECRET : flow(value);
    }

    private static String flow(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + flow(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value instanceof List<?> list
                ? list.stream().map(Explainer::flow).collect(Collectors.joining(", ", "[", "]"))
                : String.valueOf(value);
    }
}
