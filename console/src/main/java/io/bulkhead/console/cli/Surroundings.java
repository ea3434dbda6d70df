package io.bulkhead.console.cli;

import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.partition.WindowSize;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the command line gets from the process that it runs in.
 *
 * @param in standard input
 * @param out standard output: data
 * @param err standard error: progress, questions, errors
 * @param environment its variables
 * @param inputIsTerminal whether somebody types
 * @param outputIsTerminal whether somebody reads the data
 * @param errorIsTerminal whether somebody reads the rest
 */
record Surroundings(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean inputIsTerminal,
        boolean outputIsTerminal,
        boolean errorIsTerminal) {
    /** What a line may have where nobody says how wide it is: a terminal of old, or a file that has no edge. */
    private static final int USUAL_WIDTH = 80;

    private static final int NARROWEST = 40;
    private static final int NO_EDGE = 1000;

    /** Those of this process. */
    static Surroundings ofProcess() {
        return new Surroundings(
                new FileInputStream(FileDescriptor.in),
                printer(FileDescriptor.out),
                printer(FileDescriptor.err),
                System.getenv(),
                Terminal.isTerminal(0),
                Terminal.isTerminal(1),
                Terminal.isTerminal(2));
    }

    /** Whether somebody can be asked. */
    boolean canAsk() {
        return inputIsTerminal && errorIsTerminal;
    }

    /**
     * Whether data may be coloured: on a terminal that is not dumb, unless NO_COLOR or CLICOLOR=0 says otherwise; elsewhere
     * only by CLICOLOR_FORCE. See no-color.org and bixense.com/clicolors.
     */
    boolean colour() {
        if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return false;
        }
        String force = environment.getOrDefault("CLICOLOR_FORCE", "");
        if (!force.isEmpty() && !force.equals("0")) {
            return true;
        }
        return outputIsTerminal
                && !isDumb()
                && !environment.getOrDefault("CLICOLOR", "1").equals("0");
    }

    /** How many columns a line may have: by the variable that shells and tests set, then by the terminal. */
    int columns() {
        int columns = Optional.ofNullable(environment.get("COLUMNS"))
                .filter(text -> text.matches("[1-9]\\d{0,3}"))
                .map(Integer::parseInt)
                .orElseGet(() -> outputIsTerminal
                        ? Terminal.size().map(WindowSize::columns).orElse(USUAL_WIDTH)
                        : NO_EDGE);
        return Math.max(NARROWEST, columns);
    }

    /** Whether the terminal cannot move its cursor; environ(7), TERM. */
    boolean isDumb() {
        return environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    /** The same in which nothing is coloured. */
    Surroundings withoutColour() {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("NO_COLOR", "1");
        return new Surroundings(in, out, err, variables, inputIsTerminal, outputIsTerminal, errorIsTerminal);
    }

    private static PrintStream printer(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
