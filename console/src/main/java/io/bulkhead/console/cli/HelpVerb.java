package io.bulkhead.console.cli;

import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bulkhead help}. */
@Command(name = "help", description = "Shows how a verb is used; 'help exit-codes' lists the exit codes.")
final class HelpVerb extends Verb {
    private static final String EXIT_CODES = "exit-codes";

    @Parameters(arity = "0..1", paramLabel = "VERB", description = "which verb, or " + EXIT_CODES)
    private Optional<String> topic = Optional.empty();

    HelpVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        CommandLine line = Main.commandLine(bulkhead());
        if (topic.isEmpty()) {
            bulkhead().print(line.getUsageMessage());
        } else if (topic.get().equals(EXIT_CODES)) {
            bulkhead().print(exitCodes());
        } else {
            bulkhead().print(verb(line, topic.get()).getUsageMessage());
        }
        return DONE;
    }

    private static CommandLine verb(CommandLine line, String name) {
        CommandLine verb = line.getSubcommands().get(name);
        if (verb == null) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "there is no verb '" + name + "'"
                            + NearestWord.hint(name, line.getSubcommands().keySet()),
                    "'bulkhead help' lists them");
        }
        return verb;
    }

    /** One line per code, with every kind of problem that ends with it. */
    static String exitCodes() {
        StringBuilder out = new StringBuilder("  0  done\n");
        Arrays.stream(ProblemCode.values())
                .mapToInt(ProblemCode::exitCode)
                .sorted()
                .distinct()
                .forEach(code -> out.append(String.format("%3d  %s%n", code, meaning(code))));
        return out.append(
                        "\nexec ends with the command's own code, or with 128 + the number of the signal that ended it.\n")
                .toString();
    }

    /** Every kind of problem that ends with a code, in words. */
    static String meaning(int code) {
        String titles = Arrays.stream(ProblemCode.values())
                .filter(each -> each.exitCode() == code)
                .map(each -> Character.toLowerCase(each.title().charAt(0))
                        + each.title().substring(1))
                .collect(Collectors.joining("; "));
        return code == ProblemCode.INVALID_REQUEST.exitCode() ? "the command is not understood; " + titles : titles;
    }
}
