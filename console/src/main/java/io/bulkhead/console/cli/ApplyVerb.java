package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.definition.DefinitionLoader;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead apply}. */
@Command(
        name = "apply",
        description = {
            "Makes the partitions as a file of definitions says.",
            "Tells of each whether it was created, changed or left as it was. Partitions that the file does not name are left"
                    + " alone; nothing is started."
        })
final class ApplyVerb extends Verb {
    private static final String STANDARD_INPUT = "-";

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "definitions (YAML), a directory of them, or - for standard input")
    private String file = "";

    @Option(
            names = {"-y", "--yes"},
            description = "change partitions that are there already without asking")
    private boolean yes;

    ApplyVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    private enum Action {
        CREATED,
        CHANGED,
        UNCHANGED
    }

    @Override
    public Integer call() throws IOException {
        List<Definition> definitions = definitions();
        Map<PartitionName, PartitionStatus> present =
                new Partitions(api()).list().stream().collect(Collectors.toMap(PartitionStatus::name, each -> each));
        List<Definition> changes = definitions.stream()
                .filter(each -> action(each, present) == Action.CHANGED)
                .toList();
        if (!changes.isEmpty()) {
            bulkhead()
                    .confirm(
                            "This changes the definition of "
                                    + DeleteVerb.enumerated(changes.stream()
                                            .map(each -> each.spec().name())
                                            .toList()),
                            yes);
        }
        List<Json> told = new ArrayList<>();
        int code = DONE;
        for (Definition definition : definitions) {
            try {
                Action action = action(definition, present);
                if (action != Action.UNCHANGED || definition.rootPasswordHash().isPresent()) {
                    api().put(Partitions.path(definition.spec().name()), body(definition));
                }
                told.add(tell(definition.spec().name(), action));
            } catch (Refusal e) {
                int failed = new Complaints(bulkhead()).about(e.problem());
                code = code == DONE ? failed : code;
            }
        }
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(new Json.Obj(Map.of("applied", new Json.Array(told))));
        }
        return code;
    }

    private List<Definition> definitions() throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            byte[] text = bulkhead().surroundings().in().readAllBytes();
            return DefinitionLoader.load("standard input", new String(text, StandardCharsets.UTF_8));
        }
        Path path = Path.of(file);
        if (!Files.exists(path)) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "there is no file " + file);
        }
        return Files.isDirectory(path) ? DefinitionLoader.loadDirectory(path) : DefinitionLoader.load(path);
    }

    private static Action action(Definition definition, Map<PartitionName, PartitionStatus> present) {
        return Optional.ofNullable(present.get(definition.spec().name()))
                .map(status -> status.definition().equals(definition.spec()) ? Action.UNCHANGED : Action.CHANGED)
                .orElse(Action.CREATED);
    }

    private static Json body(Definition definition) {
        Json.Obj body = DefineVerb.body(definition.spec());
        return definition
                .rootPasswordHash()
                .map(hash -> body.with("rootPasswordHash", Json.of(hash)))
                .orElse(body);
    }

    private Json tell(PartitionName name, Action action) {
        String word = action.name().toLowerCase(Locale.ROOT);
        if (!bulkhead().wantsJson()) {
            bulkhead().printLine(name + ": " + word);
        }
        return new Json.Obj(Map.of("name", Json.of(name.value()))).with("action", Json.of(word));
    }
}
