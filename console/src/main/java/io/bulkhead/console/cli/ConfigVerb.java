package io.bulkhead.console.cli;

import io.bulkhead.contract.wire.Json;
import io.bulkhead.settings.Explanation;
import io.bulkhead.settings.LoadedSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bulkhead config}. */
@Command(
        name = "config",
        description = "Tells about the settings.",
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
            description =
                    "Says which value of a key holds, where it comes from and what is allowed; without a key: of all.")
    static final class Explain extends Verb {
        @Parameters(arity = "0..1", paramLabel = "KEY", description = "like host.cpus")
        private Optional<String> key = Optional.empty();

        Explain(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            LoadedSettings settings = bulkhead().loadedSettings();
            List<Explanation> chosen =
                    key.map(path -> List.of(settings.explain(path))).orElseGet(settings::explainAll);
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(json(chosen));
            } else {
                String separator = "";
                for (Explanation explanation : chosen) {
                    bulkhead().print(separator + explanation + "\n");
                    separator = "\n";
                }
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
