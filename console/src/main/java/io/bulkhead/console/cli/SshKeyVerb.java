package io.bulkhead.console.cli;

import io.bulkhead.broker.access.SshKey;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead ssh-key}. */
@Command(
        name = "ssh-key",
        description =
                "Adds, lists and removes the public keys of those who may use consoles by SSH; see ssh.listen in the settings.",
        subcommands = {SshKeyVerb.Add.class, SshKeyVerb.Listing.class, SshKeyVerb.Remove.class},
        synopsisSubcommandLabel = "add|list|remove",
        footer = {
            "",
            "With ssh.listen = 127.0.0.1:2222 in the settings, who has such a key gets the console of db by",
            "'ssh -p 2222 db@HOST', only watches it by 'ssh -p 2222 -t HOST console db --view', and asks what there is by",
            "'ssh -p 2222 HOST list'. Who may not type, watches. OpenSSH has the tilde for itself, so there ~~. leaves a",
            "console and ~~? shows the other keys; ssh.escape_key sets one that works anywhere in a line.",
            "Who stays longer than --idle or --longest allow, or the settings, is told so and detached."
        })
final class SshKeyVerb implements Callable<Integer> {
    static final String PATH = "/v1/ssh-keys";

    private static final String OFF = "off";

    private final Listing listing;

    SshKeyVerb(Bulkhead bulkhead) {
        this.listing = new Listing(bulkhead);
    }

    @Override
    public Integer call() {
        return listing.call();
    }

    /** {@code bulkhead ssh-key add}. */
    @Command(
            name = "add",
            description = {
                "Makes a public key known, read from a file like ~/.ssh/id_ed25519.pub, or from standard input as -.",
                "All keys of one name have the same role and rights."
            })
    static final class Add extends Verb {
        @Parameters(index = "0", paramLabel = "NAME", description = "whose key it is")
        private String name = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "the public key, or -")
        private String file = "";

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "viewer, operator, admin, or none but the rights given (default: viewer)")
        private String role = "viewer";

        @Option(
                names = "--right",
                paramLabel = "RIGHT@NAME",
                description = "read, write or take-over on one console, like write@db or read@web*; may be repeated")
        private List<String> rights = new ArrayList<>();

        @Option(
                names = "--idle",
                paramLabel = "TIME",
                description =
                        "how long on a console without typing, like 15m, or off; without it, consoles.most_idle holds")
        private Optional<String> idle = Optional.empty();

        @Option(
                names = "--longest",
                paramLabel = "TIME",
                description = "how long on a console at all, like 8h, or off; without it, consoles.most_attached holds")
        private Optional<String> longest = Optional.empty();

        Add(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() throws IOException {
            Json.Obj body = new Json.Obj(Map.of(
                    "name", Json.of(name),
                    "key", Json.of(key()),
                    "rights",
                            new Json.Array(rights.stream()
                                    .map(each -> (Json) Json.of(each))
                                    .toList())));
            if (!role.equals("none")) {
                body = body.with("role", Json.of(role));
            }
            if (idle.isPresent()) {
                body = body.with("idleSeconds", Json.of(seconds("--idle", idle.get())));
            }
            if (longest.isPresent()) {
                body = body.with("longestSeconds", Json.of(seconds("--longest", longest.get())));
            }
            Json answer = api().post(PATH, body);
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
            } else {
                SshKey known = ApiClient.decode(SshKey.class, answer);
                bulkhead().remark(known.id() + ": " + known.fingerprint() + " is a key of " + known.name());
            }
            return DONE;
        }

        private static long seconds(String option, String text) {
            return text.equals(OFF) ? 0 : TimeText.seconds(option, text);
        }

        private String key() throws IOException {
            byte[] bytes = file.equals("-")
                    ? bulkhead().surroundings().in().readAllBytes()
                    : Files.readAllBytes(Path.of(file));
            return new String(bytes, StandardCharsets.UTF_8).strip();
        }
    }

    /** {@code bulkhead ssh-key list}. */
    @Command(name = "list", description = "Lists the keys by their fingerprints.")
    static final class Listing extends Verb {
        Listing(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            Json answer = api().get(PATH);
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
                return DONE;
            }
            Table table = new Table("ID", "NAME", "ROLE", "RIGHTS", "IDLE", "LONGEST", "ADDED", "BY", "FINGERPRINT");
            if (answer instanceof Json.Obj body && body.members().get("sshKeys") instanceof Json.Array keys) {
                keys.items().stream()
                        .map(each -> ApiClient.decode(SshKey.class, each))
                        .forEach(key -> table.row(
                                key.id(),
                                key.name(),
                                key.role().map(RecordCodec::constantName).orElse("-"),
                                key.rights().isEmpty() ? "-" : String.join(",", key.rights()),
                                time(key.idleSeconds()),
                                time(key.longestSeconds()),
                                Words.time(key.createdAtMillis(), ZoneId.systemDefault()),
                                key.createdBy(),
                                key.fingerprint()));
            }
            if (table.isEmpty()) {
                bulkhead().remark("there are no SSH keys; 'bulkhead ssh-key add' makes one known");
            } else {
                bulkhead().print(table.render(colour()));
            }
            return DONE;
        }

        private static String time(Optional<Long> seconds) {
            return seconds.map(some -> some == 0 ? OFF : Words.span(some * 1_000))
                    .orElse("-");
        }
    }

    /** {@code bulkhead ssh-key remove}. */
    @Command(name = "remove", description = "Forgets keys: they are refused from now on.")
    static final class Remove extends Verb {
        @Parameters(arity = "1..*", paramLabel = "ID", description = "as 'bulkhead ssh-key list' shows it")
        private List<String> ids = new ArrayList<>();

        Remove(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            return new DeletionById(PATH, "a key", "removed").run(bulkhead(), ids);
        }
    }
}
