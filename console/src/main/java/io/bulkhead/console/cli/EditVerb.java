package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.definition.DefinitionException;
import io.bulkhead.broker.definition.DefinitionFile;
import io.bulkhead.broker.definition.DefinitionLoader;
import io.bulkhead.broker.definition.DefinitionWriter;
import io.bulkhead.console.apply.Applying;
import io.bulkhead.console.apply.FilePlan;
import io.bulkhead.console.apply.Outcome;
import io.bulkhead.console.apply.PlanText;
import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead edit}. */
@Command(
        name = "edit",
        description = {
            "Opens the definition of a partition in an editor ($VISUAL, $EDITOR, editor or vi), and applies what comes back.",
            "What is wrong comes back as comments above the text, in the editor. Whatever happens, a text that was not applied is"
                    + " kept, in a file whose name is told. Leaving the text as it is does nothing, and what somebody else has changed"
                    + " meanwhile is not overwritten."
        })
final class EditVerb extends Verb {
    @Parameters(index = "0", paramLabel = "NAME", description = "which partition; it must not run")
    private String name = "";

    @Option(names = "--no-bind", description = "leave a partition without a slice without one")
    private boolean noBind;

    @Option(
            names = {"-y", "--yes"},
            description = "apply it without asking")
    private boolean yes;

    EditVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    /**
     * What is wrong with a text, for its author.
     *
     * @param hopeless whether no other text would help: the partition is no longer what was edited
     */
    private record Objection(int code, boolean hopeless, List<String> complaints) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        PartitionStatus before = new Partitions(api()).status(PartitionName.parse(name));
        requireRest(before);
        String head = "# The definition of " + before.name()
                + ". Save it and leave to have it applied; leave it as it is to do" + " nothing.\n";
        Path file = Files.createTempFile("bulkhead-edit-" + before.name() + "-", ".yaml");
        String shown = head + DefinitionWriter.write(before.definition());
        Files.writeString(file, shown);
        Optional<Objection> last = Optional.empty();
        while (true) {
            Editor editor = Editor.of(bulkhead().surroundings().environment());
            int status = editor.edit(file);
            if (status != 0) {
                return keep(file, ProblemCode.FAILED.exitCode(), "'" + editor + "' ended with " + status);
            }
            String written = read(file);
            if (written.equals(shown)) {
                return last.isEmpty()
                        ? nothingToDo(file)
                        : keep(file, last.get().code(), "left as it was, so nothing was done");
            }
            String text = EditedText.without(written);
            last = apply(before, text, file);
            if (last.isEmpty()) {
                Files.delete(file);
                return DONE;
            }
            if (last.get().hopeless() || !bulkhead().surroundings().canAsk()) {
                last.get().complaints().forEach(this::say);
                return keep(file, last.get().code(), "nothing was done");
            }
            shown = EditedText.under(last.get().complaints(), text);
            Files.writeString(file, shown);
        }
    }

    private static void requireRest(PartitionStatus status) {
        FilePlan.Step step = new FilePlan.Step(
                status.name(), FilePlan.Action.CHANGE, Optional.empty(), Optional.of(status), List.of());
        new FilePlan("edit", List.of(step)).obstacle().ifPresent(problem -> {
            throw new Refusal(problem);
        });
    }

    /** Nothing, if the text was applied or says nothing new. */
    private Optional<Objection> apply(PartitionStatus before, String text, Path file) throws IOException {
        DefinitionFile wanted;
        try {
            wanted = DefinitionLoader.load(
                    file.toString(), text, Optional.of(bulkhead().settings().profilesDirectory()));
        } catch (DefinitionException e) {
            return Optional.of(objection(e.faults()));
        }
        List<Fault> strangers = wanted.definitions().stream()
                .filter(each -> !each.spec().name().equals(before.name()))
                .map(EditVerb::stranger)
                .toList();
        if (!strangers.isEmpty()) {
            return Optional.of(objection(strangers));
        }
        FilePlan whole = FilePlan.of(wanted, Map.of(before.name(), before), Set.of());
        FilePlan plan = noBind ? whole.withoutBinding() : whole;
        if (plan.isDone()) {
            bulkhead().remark("nothing to do: " + before.name() + " is so already");
            return Optional.empty();
        }
        bulkhead().print(PlanText.of(plan, Map.of(), colour()));
        try {
            bulkhead().confirm("This changes the definition of " + before.name(), yes);
        } catch (Refusal e) {
            return Optional.of(objection(e.problem()));
        }
        Outcome outcome = new Applying(new ApiDesk(bulkhead()), plan).run();
        if (outcome.problem().isEmpty()) {
            bulkhead().printLine(before.name() + ": changed");
        }
        return outcome.problem().map(EditVerb::objection);
    }

    private static Fault stranger(Definition definition) {
        return new Fault(
                definition.place(),
                "partitions." + definition.spec().name(),
                "this is not the partition that is edited; 'bulkhead apply' takes files of several");
    }

    // ---- objections

    private static Objection objection(List<Fault> faults) {
        List<String> head = List.of("This was not applied. Correct it, or leave it as it is to give up:");
        return new Objection(ProblemCode.INVALID_REQUEST.exitCode(), false, EditedText.complaints(head, faults));
    }

    private static Objection objection(Problem problem) {
        List<String> lines = new ArrayList<>();
        lines.add("This was not applied. Change it, or leave it as it is to give up:");
        lines.add(problem.detail());
        lines.addAll(problem.holders());
        problem.remedy().ifPresent(remedy -> lines.add("fix: " + remedy));
        boolean hopeless = problem.code() == ProblemCode.PRECONDITION_FAILED;
        return new Objection(problem.code().exitCode(), hopeless, hopeless ? lines.subList(1, lines.size()) : lines);
    }

    // ---- endings

    private int nothingToDo(Path file) throws IOException {
        Files.delete(file);
        bulkhead().remark("nothing to do: the text was left as it was");
        return DONE;
    }

    private int keep(Path file, int code, String why) {
        say(why + "; your text is kept in " + file);
        bulkhead().surroundings().err().println("fix: go on with 'bulkhead apply -f " + file + "'");
        return code;
    }

    private void say(String line) {
        bulkhead().surroundings().err().println("bulkhead: " + line);
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not UTF-8 text; it is kept as it is", e);
        }
    }
}
