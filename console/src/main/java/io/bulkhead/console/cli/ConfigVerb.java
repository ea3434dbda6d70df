package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.DefinitionKey;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.settings.Explanation;
import io.bulkhead.settings.LoadedSettings;
import io.bulkhead.settings.SettingKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead config}. */
@Command(
        name = "config",
        description = "Tells about settings and definitions.",
        subcommands = ConfigVerb.Explain.class,
        synopsisSubcommandLabel = "explain")
final class ConfigVerb implements Callable<Integer> {
    private final Explain explain;

    ConfigVerb(Bulkhead bulkhead) {
        this.explain = new Explain(bulkhead);
    }

    @Override
    public Integer call() {
        return explain.call();
    }

    /** {@code bulkhead config explain}. */
    @Command(
            name = "explain",
            description = {
                "Says which value of a setting holds, where it comes from and what is allowed; without a key: of all.",
                "With -f FILE the same of a key of the definitions in that file, like io.read: which of definition, profile and"
                        + " default has said it, and where."
            })
    static final class Explain extends Verb {
        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "KEY",
                completionCandidates = Keys.class,
                description = "like host.cpus; of definitions like memory or io.read")
        private Optional<String> key = Optional.empty();

        @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME", description = "of the file; without: all")
        private List<String> partitions = new ArrayList<>();

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "definitions (YAML)")
        private Optional<Path> file = Optional.empty();

        @Option(
                names = "--profiles",
                paramLabel = "DIRECTORY",
                description = "where its profiles stand (default: profiles beside instance.definitions_dir)")
        private Optional<Path> profiles = Optional.empty();

        Explain(Bulkhead bulkhead) {
            super(bulkhead);
        }

        /** Every key of settings and of definitions. */
        static final class Keys implements Iterable<String> {
            @Override
            public Iterator<String> iterator() {
                return Stream.concat(
                                SettingKey.ALL.stream().map(SettingKey::path),
                                DefinitionKey.ALL.stream().map(DefinitionKey::path))
                        .iterator();
            }
        }

        @Override
        public Integer call() {
            if (file.isPresent()) {
                return new DefinitionExplainer(
                                bulkhead(),
                                file.get(),
                                profiles.orElse(bulkhead().settings().profilesDirectory()))
                        .explain(key, partitions);
            }
            if (!partitions.isEmpty()) {
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "names of partitions go with -f FILE, which they stand in",
                        "'bulkhead export " + String.join(" ", partitions) + "' writes such a file");
            }
            LoadedSettings settings = bulkhead().loadedSettings();
            List<Explanation> chosen =
                    key.map(path -> List.of(settings.explain(path))).orElseGet(settings::explainAll);
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(json(chosen));
            } else {
                bulkhead().print(chosen.stream().map(each -> each + "\n").collect(Collectors.joining("\n")));
            }
            return DONE;
        }

        private static Json json(List<Explanation> chosen) {
            Map<String, Json> members = new LinkedHashMap<>();
            for (Explanation each : chosen) {
                Map<String, Json> about = new LinkedHashMap<>();
                about.put("value", Json.of(each.value()));
                about.put("source", Json.of(each.source().name().toLowerCase(Locale.ROOT)));
                about.put("place", Json.of(each.place()));
                about.put("default", Json.of(each.key().defaultText()));
                about.put("allowed", Json.of(each.key().allowed()));
                members.put(each.key().path(), new Json.Obj(about));
            }
            return new Json.Obj(members);
        }
    }
}
