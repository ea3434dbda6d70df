package io.bulkhead.console.cli;

import io.bulkhead.contract.order.ProblemCode;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;

/** Runs one command and ends with its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(run(Surroundings.ofProcess(), args));
    }

    /**
     * Runs a command inside this process as if nobody were at a terminal; the answer is the exit code. Where starting a JVM
     * takes ten seconds, the acceptance tests run every verb so.
     */
    public static int run(InputStream in, PrintStream out, PrintStream err, String... args) {
        return run(new Surroundings(in, out, err, System.getenv(), false, false, false), args);
    }

    /** Runs a command in given surroundings; the answer is the exit code. */
    static int run(Surroundings given, String... args) {
        // Before anything is parsed: what is said of a command that is not understood is not coloured either.
        boolean plain = Arrays.stream(args)
                .takeWhile(word -> !word.equals("--"))
                .anyMatch(word -> word.equals(Bulkhead.NO_COLOR));
        Surroundings surroundings = plain ? given.withoutColour() : given;
        CommandLine line = commandLine(new Bulkhead(surroundings));
        if (args.length == 0) {
            line.usage(surroundings.err());
            return ProblemCode.INVALID_REQUEST.exitCode();
        }
        int code = line.execute(args);
        surroundings.out().flush();
        surroundings.err().flush();
        return code;
    }

    static CommandLine commandLine(Bulkhead bulkhead) {
        Surroundings surroundings = bulkhead.surroundings();
        Complaints complaints = new Complaints(bulkhead);
        return new CommandLine(bulkhead, new VerbFactory(bulkhead))
                .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        surroundings.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(110)
                .setParameterExceptionHandler((ParameterException e, String[] args) -> complaints.aboutUsage(e))
                .setExecutionExceptionHandler(
                        (Exception e, CommandLine verb, CommandLine.ParseResult parsed) -> complaints.aboutFailure(e));
    }

    /** Gives every verb the command that it belongs to. */
    private record VerbFactory(Bulkhead bulkhead) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (!Callable.class.isAssignableFrom(type)) {
                return CommandLine.defaultFactory().create(type);
            }
            Constructor<K> constructor = type.getDeclaredConstructor(Bulkhead.class);
            try {
                return constructor.newInstance(bulkhead);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException("the verb " + type.getSimpleName() + " cannot be made", e);
            }
        }
    }
}
