package io.bulkhead.harness.lab;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What {@code ./dev lab} was told.
 *
 * @param verb what to do
 * @param topologies names, in order
 * @param release one release, or none said
 * @param all every topology on every release
 * @param special whether only tests that not every host can run
 * @param deadline how long the command inside may take, if said
 * @param selection of tests: a class's simple name or {@code Class#method}; empty for all
 * @param command what follows {@code --}
 */
record Arguments(
        Verb verb,
        List<String> topologies,
        Optional<Release> release,
        boolean all,
        boolean special,
        Optional<Duration> deadline,
        List<String> selection,
        List<String> command) {
    static final String USAGE = """
            usage: ./dev lab [TOPOLOGY]... [--release 12|13] [--all] [--special] [--test CLASS[#METHOD]]... [--deadline SECONDS]
                   ./dev lab exec TOPOLOGY [--release 12|13] [--deadline SECONDS] -- COMMAND [ARGUMENT]...
                   ./dev lab shell TOPOLOGY [--release 12|13]
                   ./dev lab image [--release 12|13]""";

    /** What the lab can do. */
    enum Verb {
        TEST,
        EXEC,
        SHELL,
        IMAGE
    }

    /**
     * Reads the words of the command line.
     *
     * @throws IllegalArgumentException with a text for the user
     */
    static Arguments parse(List<String> words) {
        Deque<String> rest = new ArrayDeque<>(words);
        Verb verb =
                switch (rest.isEmpty() ? "" : rest.getFirst()) {
                    case "exec" -> Verb.EXEC;
                    case "shell" -> Verb.SHELL;
                    case "image" -> Verb.IMAGE;
                    default -> Verb.TEST;
                };
        if (verb != Verb.TEST) {
            rest.removeFirst();
        }
        List<String> topologies = new ArrayList<>();
        List<String> selection = new ArrayList<>();
        List<String> command = new ArrayList<>();
        Optional<Release> release = Optional.empty();
        Optional<Duration> deadline = Optional.empty();
        boolean all = false;
        boolean special = false;
        while (!rest.isEmpty()) {
            String word = rest.removeFirst();
            switch (word) {
                case "--release" -> release = Optional.of(Release.of(valueOf(word, rest)));
                case "--deadline" -> deadline = Optional.of(seconds(valueOf(word, rest)));
                case "--test" -> selection.add(valueOf(word, rest));
                case "--all" -> all = true;
                case "--special" -> special = true;
                case "--" -> {
                    command.addAll(rest);
                    rest.clear();
                }
                default -> topologies.add(topology(word));
            }
        }
        Arguments parsed = new Arguments(verb, topologies, release, all, special, deadline, selection, command);
        parsed.check();
        return parsed;
    }

    private static Duration seconds(String text) {
        try {
            return Duration.ofSeconds(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--deadline wants seconds, not '" + text + "'", e);
        }
    }

    private static String valueOf(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " wants a value");
        }
        return rest.removeFirst();
    }

    private static String topology(String word) {
        if (word.startsWith("-")) {
            throw new IllegalArgumentException("there is no option " + word);
        }
        return word;
    }

    private void check() {
        boolean one = verb == Verb.EXEC || verb == Verb.SHELL;
        if (one && topologies.size() != 1) {
            throw new IllegalArgumentException("this takes one topology");
        }
        if (verb == Verb.IMAGE && !topologies.isEmpty()) {
            throw new IllegalArgumentException("an image serves every topology");
        }
        if ((verb == Verb.EXEC) == command.isEmpty()) {
            throw new IllegalArgumentException(
                    verb == Verb.EXEC ? "no command behind --" : "only exec takes a command behind --");
        }
        if (verb != Verb.TEST && (all || special || !selection.isEmpty())) {
            throw new IllegalArgumentException("--all, --special and --test are for tests");
        }
        if (all && (!topologies.isEmpty() || release.isPresent())) {
            throw new IllegalArgumentException("--all means every topology on every release");
        }
    }
}
