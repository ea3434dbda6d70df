package io.bulkhead.console.serial.ssh;

import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A line of the management shell. Only what is listed here is passed on: verbs that read, by options that name no file and no
 * settings. Words are separated by spaces; there are no quotes, and nothing is expanded. Pure.
 *
 * @param words the verb and what it is given
 * @param console whose log or console is asked for, where it is one
 */
record VerbLine(List<String> words, Optional<String> console) {
    private static final int MOST_CHARACTERS = 1_000;
    private static final Set<String> FOR_ALL = Set.of("-o", "--output", "-q", "--quiet", "--no-color", "-h", "--help");

    /** Options by verb. The shell's own view of the verbs: one that is missing here is refused, whatever it does. */
    private static final Map<String, Set<String>> VERBS = Map.of(
            "console", Set.of("--view", "--take-over"),
            "list", Set.of(),
            "show", Set.of(),
            "host", Set.of(),
            "top", Set.of("--once", "-n", "--samples", "--interval", "--sort"),
            "events", Set.of("-f", "--follow", "--after"),
            "help", Set.of(),
            "logs",
                    Set.of(
                            "-f",
                            "--follow",
                            "--since",
                            "--until",
                            "--from",
                            "--bytes",
                            "-n",
                            "--lines",
                            "--tail",
                            "--raw",
                            "--text",
                            "--timestamps",
                            "--search",
                            "--export"));

    /** Verbs about one console, by the rights on which they are allowed. */
    private static final Set<String> OF_ONE = Set.of("console", "logs");

    private static final Set<String> WITH_VALUE = Set.of(
            "-o",
            "--output",
            "-n",
            "--samples",
            "--interval",
            "--sort",
            "--after",
            "--since",
            "--until",
            "--from",
            "--bytes",
            "--lines",
            "--tail",
            "--search",
            "--export");

    String verb() {
        return words.get(0);
    }

    /** As whom a console is attached to. */
    Wish wish() {
        return words.contains("--view") ? Wish.VIEW : words.contains("--take-over") ? Wish.TAKE_OVER : Wish.WRITE;
    }

    /** A {@link Refusal} where the line holds anything that is not known to be harmless. */
    static VerbLine parse(String line) {
        List<String> words = Arrays.stream(line.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
        if (line.length() > MOST_CHARACTERS || line.chars().anyMatch(Character::isISOControl)) {
            throw refused("a line has at most " + MOST_CHARACTERS + " characters and no controls");
        }
        String verb = words.isEmpty() ? "help" : words.get(0);
        if (!VERBS.containsKey(verb)) {
            throw refused("'" + verb + "' is not a verb of this shell; there are "
                    + VERBS.keySet().stream().sorted().toList());
        }
        List<String> names = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("@")) {
                throw refused("a word does not begin with @");
            } else if (!word.startsWith("-")) {
                names.add(word);
                continue;
            }
            String option = word.split("=", 2)[0];
            if (!VERBS.getOrDefault(verb, Set.of()).contains(option) && !FOR_ALL.contains(option)) {
                throw refused(verb + " does not take " + option + " here");
            }
            if (WITH_VALUE.contains(option) && !word.contains("=") && i + 1 < words.size()) {
                i++;
                if (words.get(i).startsWith("-") || words.get(i).startsWith("@")) {
                    throw refused("the value of " + option + " does not begin with "
                            + words.get(i).charAt(0));
                }
            }
        }
        return checked(verb, words.isEmpty() ? List.of("help") : words, names);
    }

    private static VerbLine checked(String verb, List<String> words, List<String> names) {
        if (verb.equals("host") && !names.isEmpty()) {
            throw refused("host takes nothing here");
        } else if (OF_ONE.contains(verb) && names.size() != 1) {
            throw refused(verb + " takes the name of one partition");
        }
        return new VerbLine(words, OF_ONE.contains(verb) ? Optional.of(names.get(0)) : Optional.empty());
    }

    private static Refusal refused(String why) {
        return Refusal.of(ProblemCode.INVALID_REQUEST, why, "'help' shows what there is");
    }
}
