package io.bulkhead.console.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What the command line takes some words for, without running them.
 *
 * @param verbs the verb, and the one below it where there is one
 * @param options that were given, by their longest names
 * @param positionals what is no option
 */
public record ParsedWords(List<String> verbs, List<String> options, List<String> positionals) {
    private static final CommandLine LINE = Main.commandLine(new Bulkhead(Surroundings.ofProcess()));

    /** Empty where they are not understood. */
    public static synchronized Optional<ParsedWords> of(List<String> words) {
        ParsedWords seen = new ParsedWords(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try {
            ParseResult level = LINE.parseArgs(words.toArray(String[]::new));
            seen.add(level);
            while (level.hasSubcommand()) {
                level = level.subcommand();
                seen.verbs.add(level.commandSpec().name());
                seen.add(level);
            }
            return Optional.of(seen);
        } catch (ParameterException e) {
            return Optional.empty();
        }
    }

    private void add(ParseResult level) {
        level.matchedOptions().forEach(option -> options.add(option.longestName()));
        level.matchedPositionals().forEach(each -> positionals.addAll(each.stringValues()));
    }
}
