package io.bulkhead.console.cli;

import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.Token;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead token}. */
@Command(
        name = "token",
        description = {
            "Makes, lists and revokes the tokens for the API on TCP; see api.listen in the settings.",
            "The command line itself needs none: it uses the Unix socket."
        },
        subcommands = {TokenVerb.Create.class, TokenVerb.Listing.class, TokenVerb.Revoke.class},
        synopsisSubcommandLabel = "create|list|revoke")
final class TokenVerb implements Callable<Integer> {
    static final String PATH = "/v1/tokens";

    private final Listing listing;

    TokenVerb(Bulkhead bulkhead) {
        this.listing = new Listing(bulkhead);
    }

    @Override
    public Integer call() {
        return listing.call();
    }

    /** {@code bulkhead token create}. */
    @Command(
            name = "create",
            description = {
                "Makes a token and prints it, this once: only its hash is kept.",
                "Use it by: curl -H \"Authorization: Bearer TOKEN\" http://127.0.0.1:PORT/v1/partitions"
            })
    static final class Create extends Verb {
        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "viewer looks, operator also runs and stops, admin does everything")
        private String role = "";

        @Option(names = "--expires", paramLabel = "TIME", description = "how long it is good, like 12h or 90d")
        private Optional<String> expires = Optional.empty();

        @Option(names = "--note", paramLabel = "TEXT", description = "what it is for, for the list")
        private Optional<String> note = Optional.empty();

        Create(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            Json.Obj body = new Json.Obj(Map.of("role", Json.of(RecordCodec.constantName(role()))));
            if (note.isPresent()) {
                body = body.with("note", Json.of(note.get()));
            }
            if (expires.isPresent()) {
                body = body.with("expiresInSeconds", Json.of(TimeText.seconds("--expires", expires.get())));
            }
            Json answer = api().post(PATH, body);
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
            } else if (answer instanceof Json.Obj made && made.members().get("secret") instanceof Json.Text secret) {
                bulkhead().printLine(secret.value());
                bulkhead().remark("this is the only time that the token is shown");
            }
            return DONE;
        }

        private Role role() {
            for (Role each : Role.values()) {
                if (RecordCodec.constantName(each).equals(role)) {
                    return each;
                }
            }
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST, "--role does not know '" + role + "'; use viewer, operator or admin");
        }
    }

    /** {@code bulkhead token list}. */
    @Command(name = "list", description = "Lists the tokens, without their secrets.")
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
            Table table = new Table("ID", "ROLE", "MADE", "BY", "EXPIRES", "NOTE");
            if (answer instanceof Json.Obj body && body.members().get("tokens") instanceof Json.Array tokens) {
                tokens.items().stream()
                        .map(each -> ApiClient.decode(Token.class, each))
                        .forEach(token -> table.row(
                                token.id(),
                                RecordCodec.constantName(token.role()),
                                Words.time(token.createdAtMillis(), ZoneId.systemDefault()),
                                token.createdBy(),
                                expiry(token),
                                token.note()));
            }
            if (table.isEmpty()) {
                bulkhead().remark("there are no tokens; 'bulkhead token create' makes one");
            } else {
                bulkhead().print(table.render(colour()));
            }
            return DONE;
        }

        private static String expiry(Token token) {
            return token.expiresAtMillis()
                    .map(end -> (token.isExpired(System.currentTimeMillis()) ? "expired " : "")
                            + Words.time(end, ZoneId.systemDefault()))
                    .orElse("never");
        }
    }

    /** {@code bulkhead token revoke}. */
    @Command(name = "revoke", description = "Revokes tokens: they are refused from now on.")
    static final class Revoke extends Verb {
        @Parameters(arity = "1..*", paramLabel = "ID", description = "as 'bulkhead token list' shows it")
        private List<String> ids = new ArrayList<>();

        Revoke(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            return new DeletionById(PATH, "a token", "revoked").run(bulkhead(), ids);
        }
    }
}
