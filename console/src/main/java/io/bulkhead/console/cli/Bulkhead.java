package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonWriter;
import io.bulkhead.settings.LoadedSettings;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command itself: what its options say for every verb, and what verbs do with them. */
@Command(
        name = "bulkhead",
        description = "Divides this server into partitions that boot its own OS on fixed slices of the hardware.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        optionListHeading = "%nOptions, before or after the verb:%n",
        versionProvider = Version.class,
        footer = {"", "'bulkhead help VERB' tells more; 'bulkhead help exit-codes' lists what the exit code says."},
        subcommands = {
            DemoVerb.class,
            UpVerb.class,
            DownVerb.class,
            StatusVerb.class,
            DoctorVerb.class,
            HostVerb.class,
            PlanVerb.class,
            ApplyVerb.class,
            ExportVerb.class,
            EditVerb.class,
            DefineVerb.class,
            DeleteVerb.class,
            ListVerb.class,
            ShowVerb.class,
            StartVerb.class,
            StopVerb.class,
            RestartVerb.class,
            PauseVerb.class,
            ResumeVerb.class,
            BindVerb.class,
            ReleaseVerb.class,
            WaitVerb.class,
            ConsoleVerb.class,
            ExecVerb.class,
            LogsVerb.class,
            VerifyVerb.class,
            OsVerb.class,
            TopVerb.class,
            EventsVerb.class,
            LedgerVerb.class,
            AuditVerb.class,
            TokenVerb.class,
            SshKeyVerb.class,
            ConfigVerb.class,
            CompletionVerb.class,
            HelpVerb.class
        })
final class Bulkhead {
    /** Where the settings stand unless somebody says otherwise. */
    static final Path DEFAULT_CONFIG = Path.of("/etc/bulkhead/bulkhead.conf");

    /** Takes all colours away, wherever it stands. */
    static final String NO_COLOR = "--no-color";

    private static final String CONFIG_VARIABLE = "BULKHEAD_CONFIG";

    private final Surroundings surroundings;

    @Option(
            names = "--config",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "the settings (default: $BULKHEAD_CONFIG, or /etc/bulkhead/bulkhead.conf if it is there)")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--override",
            scope = ScopeType.INHERIT,
            paramLabel = "KEY=VALUE",
            description = "wins over the settings file, like host.cpus=0-1; may be repeated")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORM",
            description = "table, or json: what the API answers, unchanged")
    private OutputForm output = OutputForm.table;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "no progress and no remarks")
    private boolean quiet;

    @Option(
            names = NO_COLOR,
            scope = ScopeType.INHERIT,
            description = "no colours, as where NO_COLOR is set; CLICOLOR and CLICOLOR_FORCE are heeded, too")
    @SuppressWarnings("UnusedVariable") // Main acts on it
    private boolean noColor;

    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "show how it is used")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "show the version")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    Bulkhead(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Settings settings() {
        return loadedSettings().settings();
    }

    /** The settings with where each came from, by the same rules as the daemons'. */
    LoadedSettings loadedSettings() {
        return SettingsLoader.read(configFile(), surroundings.environment(), overrides);
    }

    /** The settings file: the one that was named, or the usual one if it is there. */
    Optional<Path> configFile() {
        return config.or(() -> Optional.ofNullable(surroundings.environment().get(CONFIG_VARIABLE))
                        .filter(text -> !text.isEmpty())
                        .map(Path::of))
                .or(() -> Optional.of(DEFAULT_CONFIG).filter(Files::exists));
    }

    ApiClient api() {
        return new ApiClient(settings().apiSocket());
    }

    boolean wantsJson() {
        return output == OutputForm.json;
    }

    boolean quiet() {
        return quiet;
    }

    /** Puts data out as it is. */
    void print(String text) {
        surroundings.out().print(text);
        surroundings.out().flush();
    }

    void printLine(String line) {
        print(line + "\n");
    }

    void printJson(Json json) {
        printLine(JsonWriter.writePretty(json));
    }

    /** Says something beside the data, unless it should be quiet. */
    void remark(String line) {
        if (!quiet) {
            surroundings.err().println(line);
        }
    }

    /**
     * Makes sure that somebody wants it: asks on a terminal, and refuses elsewhere.
     *
     * @param what will happen, as a sentence without its end
     * @param yes whether {@code --yes} was given
     */
    void confirm(String what, boolean yes) {
        if (yes) {
            return;
        }
        if (!surroundings.canAsk()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    what + ": this is only done without a question when --yes is given",
                    "repeat it with --yes");
        }
        surroundings.err().print(what + ". Go on? [y/N] ");
        surroundings.err().flush();
        if (!isYes(answer())) {
            throw Refusal.of(ProblemCode.FAILED, "nothing was done");
        }
    }

    private static boolean isYes(String answer) {
        return answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes");
    }

    private String answer() {
        try {
            String line =
                    new BufferedReader(new InputStreamReader(surroundings.in(), Charset.defaultCharset())).readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
