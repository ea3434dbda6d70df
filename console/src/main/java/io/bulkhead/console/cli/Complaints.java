package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.DefinitionException;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.settings.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on standard error what went wrong, who holds what is missing and what to do, and knows the exit code. */
final class Complaints {
    private final Bulkhead bulkhead;

    Complaints(Bulkhead bulkhead) {
        this.bulkhead = bulkhead;
    }

    /** A command that is not understood. */
    int aboutUsage(ParameterException e) {
        CommandLine verb = e.getCommandLine();
        List<String> unmatched = e instanceof UnmatchedArgumentException unknown ? unknown.getUnmatched() : List.of();
        boolean isVerb = verb.getParent() == null
                && !unmatched.isEmpty()
                && !unmatched.get(0).startsWith("-");
        String detail = isVerb
                ? "there is no verb '" + unmatched.get(0) + "'"
                        + NearestWord.hint(
                                unmatched.get(0), verb.getSubcommands().keySet())
                : uncapitalised(String.valueOf(e.getMessage())) + nearestOption(verb, unmatched);
        String help = verb.getParent() == null ? "bulkhead help" : "bulkhead help " + verb.getCommandName();
        return about(Problem.of(ProblemCode.INVALID_REQUEST, detail, "'" + help + "' shows how it is used"));
    }

    private static String nearestOption(CommandLine verb, List<String> unmatched) {
        return unmatched.isEmpty() || !unmatched.get(0).startsWith("--")
                ? ""
                : NearestWord.hint(
                        unmatched.get(0), verb.getCommandSpec().optionsMap().keySet());
    }

    private static String uncapitalised(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    /** A verb that did not do it. */
    int aboutFailure(Exception e) {
        if (e instanceof Refusal refusal) {
            return about(refusal.problem());
        } else if (e instanceof SettingsException settings) {
            settings.faults().forEach(fault -> say(fault.toString()));
            return ProblemCode.INVALID_REQUEST.exitCode();
        } else if (e instanceof DefinitionException definitions) {
            definitions.faults().forEach(fault -> say(fault.toString()));
            return ProblemCode.INVALID_REQUEST.exitCode();
        } else if (e instanceof IllegalArgumentException) {
            return about(Problem.of(ProblemCode.INVALID_REQUEST, String.valueOf(e.getMessage())));
        } else if (e instanceof WireException) {
            return about(Problem.of(
                    ProblemCode.PROTOCOL_ERROR,
                    "the answer is not understood: " + e.getMessage(),
                    "use the command line and the control plane of one release"));
        } else if (e instanceof IOException || e instanceof UncheckedIOException) {
            return about(Problem.of(ProblemCode.FAILED, String.valueOf(e.getMessage())));
        } else if (e instanceof InterruptedException) {
            return about(Problem.of(ProblemCode.FAILED, "interrupted"));
        }
        e.printStackTrace(bulkhead.surroundings().err());
        return about(Problem.of(
                ProblemCode.FAILED, "this should not happen: " + e, "please report it, with the lines above"));
    }

    /** Prints a problem; the answer is its exit code. */
    int about(Problem problem) {
        say(problem.detail());
        problem.holders().forEach(holder -> err().println("  " + holder));
        Optional<String> remedy = problem.remedy();
        remedy.ifPresent(text -> err().println("fix: " + text));
        return problem.code().exitCode();
    }

    private void say(String line) {
        err().println("bulkhead: " + line);
    }

    private PrintStream err() {
        return bulkhead.surroundings().err();
    }
}
