package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.definition.DefinitionExplanation;
import io.bulkhead.broker.definition.DefinitionKey;
import io.bulkhead.broker.definition.DefinitionLoader;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code bulkhead config explain -f}: which layer of a file has said what.
 *
 * @param bulkhead where it is told
 * @param file of definitions
 * @param profiles the directory of profiles that it may take from
 */
record DefinitionExplainer(Bulkhead bulkhead, Path file, Path profiles) {
    /**
     * Explains.
     *
     * @param key which key; empty for all
     * @param partitions of the file; none for all
     */
    int explain(Optional<String> key, List<String> partitions) {
        key.ifPresent(DefinitionExplainer::requireKnown);
        List<PartitionName> names = partitions.isEmpty()
                ? DefinitionLoader.loadAll(List.of(file), Optional.of(profiles)).stream()
                        .flatMap(each -> each.definitions().stream())
                        .map(Definition::spec)
                        .map(spec -> spec.name())
                        .toList()
                : partitions.stream().map(PartitionName::parse).distinct().toList();
        List<DefinitionExplanation> chosen = new ArrayList<>();
        for (PartitionName name : names) {
            DefinitionLoader.explain(file, Optional.of(profiles), name).stream()
                    .filter(each ->
                            key.map(each.key()::isMeantBy).orElse(true))
                    .forEach(chosen::add);
        }
        if (bulkhead.wantsJson()) {
            bulkhead.printJson(json(chosen));
        } else {
            bulkhead.print(chosen.stream().map(each -> each + "\n").collect(Collectors.joining("\n")));
        }
        return Verb.DONE;
    }

    private static void requireKnown(String path) {
        List<String> known = DefinitionKey.ALL.stream().map(DefinitionKey::path).toList();
        if (DefinitionKey.ALL.stream().noneMatch(key -> key.isMeantBy(path))) {
            throw new IllegalArgumentException("there is no key '" + path + "' in definitions"
                    + NearestWord.hint(path, known) + " (there are " + String.join(", ", known) + ")");
        }
    }

    private static Json json(List<DefinitionExplanation> chosen) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (DefinitionExplanation each : chosen) {
            members.put(
                    each.partition() + "." + each.key().path(),
                    new Json.Obj(Map.of())
                            .with(
                                    "value",
                                    Json.of(each.value().orElse(each.key().defaultText())))
                            .with("source", Json.of(source(each)))
                            .with(
                                    "place",
                                    Json.of(
                                            each.sayings().isEmpty()
                                                    ? "default"
                                                    : each.sayings()
                                                            .get(0)
                                                            .place()
                                                            .toString()))
                            .with("default", Json.of(each.key().defaultText()))
                            .with("allowed", Json.of(each.key().allowed())));
        }
        return new Json.Obj(members);
    }

    private static String source(DefinitionExplanation explanation) {
        return explanation.sayings().isEmpty()
                ? "default"
                : explanation.sayings().get(0).layer();
    }
}
