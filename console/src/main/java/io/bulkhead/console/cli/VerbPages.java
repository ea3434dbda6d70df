package io.bulkhead.console.cli;

import io.bulkhead.contract.order.ProblemCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The pages of section 1: {@code bulkhead} itself, and one for each verb with whatever stands below it. */
final class VerbPages {
    private final CommandLine line;
    private final String version;

    VerbPages(CommandLine line, String version) {
        this.line = line;
        this.version = version;
    }

    List<ManualPage> all() {
        List<ManualPage> pages = new ArrayList<>(List.of(command()));
        verbs(line).forEach((name, verb) -> pages.add(page(name, verb)));
        return pages;
    }

    // ---- bulkhead(1)

    private ManualPage command() {
        ManualPage page = new ManualPage(
                "bulkhead", 1, version, "divides a server into partitions that boot its own OS on fixed slices");
        page.heading("SYNOPSIS").paragraph("bulkhead [OPTIONS] VERB [OPTIONS] [ARGUMENTS]");
        page.heading("DESCRIPTION");
        describe(page, line);
        page.paragraph("Each verb has a page of its own, bulkhead-VERB(1).");
        page.heading("VERBS");
        verbs(line)
                .forEach((name, verb) ->
                        page.item(String.join(", ", verb.getCommandSpec().names()), summary(verb)));
        page.heading("OPTIONS").paragraph("They stand before or after the verb.");
        options(page, line);
        page.heading("EXIT STATUS");
        exitCodes(page);
        page.heading("ENVIRONMENT")
                .item("BULKHEAD_CONFIG", "The settings file, where --config does not name one.")
                .item(
                        "BULKHEAD_SECTION_KEY",
                        "A setting that wins over the file, like BULKHEAD_HOST_CPUS for host.cpus.")
                .item("NO_COLOR, CLICOLOR=0", "No colours.")
                .item("CLICOLOR_FORCE", "Colours also where nobody is at a terminal.")
                .item("TERM", "A terminal that is dumb gets neither colours nor a cursor that moves.")
                .item("VISUAL, EDITOR", "The editor of 'bulkhead edit'.");
        page.heading("FILES")
                .item(Bulkhead.DEFAULT_CONFIG.toString(), "The settings, bulkhead.conf(5).")
                .item("/etc/bulkhead/partitions", "Definitions, bulkhead-partitions(5).")
                .item("/etc/bulkhead/profiles", "Profiles that definitions take from.");
        return page.heading("SEE ALSO").paragraph("bulkhead.conf(5), bulkhead-partitions(5)");
    }

    private static void exitCodes(ManualPage page) {
        page.item("0", "done");
        Arrays.stream(ProblemCode.values())
                .mapToInt(ProblemCode::exitCode)
                .sorted()
                .distinct()
                .forEach(code -> page.item(Integer.toString(code), HelpVerb.meaning(code)));
        page.paragraph(
                "exec ends with the command's own status, or with 128 + the number of the signal that ended it.");
    }

    // ---- bulkhead-VERB(1)

    private ManualPage page(String name, CommandLine verb) {
        ManualPage page = new ManualPage("bulkhead-" + name, 1, version, summary(verb));
        page.heading("SYNOPSIS").paragraph(synopsis(verb));
        page.heading("DESCRIPTION");
        describe(page, verb);
        if (hasOwnArguments(verb)) {
            page.heading("OPTIONS");
            arguments(page, verb);
        }
        if (!verb.getSubcommands().isEmpty()) {
            page.heading("VERBS BELOW IT");
            verbs(verb).forEach((below, command) -> {
                page.subheading("bulkhead " + name + " " + below).paragraph(synopsis(command));
                describe(page, command);
                arguments(page, command);
            });
        }
        page.heading("EXIT STATUS").paragraph("0 if it was done; the others are listed in bulkhead(1).");
        return page.heading("SEE ALSO").paragraph("bulkhead(1), bulkhead.conf(5), bulkhead-partitions(5)");
    }

    private static boolean hasOwnArguments(CommandLine verb) {
        return !verb.getCommandSpec().positionalParameters().isEmpty()
                || verb.getCommandSpec().options().stream().anyMatch(option -> !option.inherited());
    }

    private static void arguments(ManualPage page, CommandLine verb) {
        for (PositionalParamSpec parameter : verb.getCommandSpec().positionalParameters()) {
            page.item(parameter.paramLabel(), text(parameter));
        }
        options(page, verb);
        page.paragraph("Options for all verbs, like -o json, are listed in bulkhead(1).");
    }

    private static void options(ManualPage page, CommandLine verb) {
        verb.getCommandSpec().options().stream()
                .filter(option -> !option.inherited() && !option.hidden())
                .forEach(option -> page.item(term(option), text(option)));
    }

    private static String term(OptionSpec option) {
        String names = String.join(", ", option.names());
        return option.arity().max() > 0 ? names + " " + option.paramLabel() : names;
    }

    private static String text(ArgSpec argument) {
        return String.join(" ", argument.description());
    }

    /** Without the options for all verbs, which would stand on every page. */
    private static String synopsis(CommandLine verb) {
        List<String> words = new ArrayList<>(List.of(verb.getCommandSpec().qualifiedName()));
        verb.getCommandSpec().options().stream()
                .filter(option -> !option.inherited() && !option.hidden())
                .map(option -> {
                    String more = option.isMultiValue() ? "..." : "";
                    String word =
                            option.names()[0] + (option.arity().max() > 0 ? " " + option.paramLabel() + more : "");
                    return option.required() ? word : "[" + word + "]";
                })
                .forEach(words::add);
        for (PositionalParamSpec parameter : verb.getCommandSpec().positionalParameters()) {
            String word = parameter.paramLabel() + (parameter.isMultiValue() ? "..." : "");
            words.add(parameter.arity().min() == 0 ? "[" + word + "]" : word);
        }
        if (!verb.getSubcommands().isEmpty()) {
            words.add(String.join("|", verb.getSubcommands().keySet()));
        }
        return String.join(" ", words);
    }

    /** The verbs below a command by their own names, without other names for the same. */
    private static Map<String, CommandLine> verbs(CommandLine command) {
        Map<String, CommandLine> verbs = new LinkedHashMap<>();
        command.getSubcommands().values().forEach(verb -> verbs.put(verb.getCommandName(), verb));
        return verbs;
    }

    private static String summary(CommandLine verb) {
        String[] description = verb.getCommandSpec().usageMessage().description();
        String first = description.length == 0 ? "" : plain(description[0]);
        int end = first.indexOf(". ");
        String sentence = end < 0 ? first : first.substring(0, end);
        String summary = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return summary.isEmpty() ? summary : Character.toLowerCase(summary.charAt(0)) + summary.substring(1);
    }

    private static void describe(ManualPage page, CommandLine verb) {
        for (String paragraph : verb.getCommandSpec().usageMessage().description()) {
            page.paragraph(plain(paragraph));
        }
        String footer = plain(
                        String.join(" ", verb.getCommandSpec().usageMessage().footer()))
                .strip();
        if (!footer.isEmpty()) {
            page.paragraph(footer);
        }
    }

    /** Without the marks that picocli turns into colours. */
    private static String plain(String text) {
        return Ansi.OFF.string(text);
    }
}
