package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.DefinitionFile;
import io.bulkhead.console.apply.AppliedNames;
import io.bulkhead.console.apply.Applying;
import io.bulkhead.console.apply.FilePlan;
import io.bulkhead.console.apply.FilePlan.Action;
import io.bulkhead.console.apply.Foresight;
import io.bulkhead.console.apply.Outcome;
import io.bulkhead.console.apply.PlanText;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead apply}. */
@Command(
        name = "apply",
        description = {
            "Makes the partitions as files of definitions say, and leaves alone what is so already.",
            "Shows first what it is going to do. Of each file all is done or nothing: what fails midway is put back. Partitions"
                    + " that no file names are left alone; nothing is started, and what runs is not changed."
        },
        footer = {
            "",
            "--prune deletes partitions, with their files, that a file has named when it was applied before and does not name now;"
                    + " which those are stands in .NAME.applied beside the file. A partition that another file of the"
                    + " directory has been applied with is not deleted.",
            "Profiles that definitions take from by 'from:' stand in the file itself or in the directory 'profiles' beside"
                    + " instance.definitions_dir."
        })
final class ApplyVerb extends Verb {
    @Option(
            names = {"-f", "--file"},
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "definitions (YAML), a directory of them, or - for standard input; several if need be")
    private List<String> files = new ArrayList<>();

    @Option(
            names = "--profiles",
            paramLabel = "DIRECTORY",
            description = "where profiles for all files stand (default: profiles beside instance.definitions_dir)")
    private Optional<Path> profiles = Optional.empty();

    @Option(names = "--dry-run", description = "show what would be done, and do nothing")
    private boolean dryRun;

    @Option(names = "--prune", description = "delete partitions that a file no longer names")
    private boolean prune;

    @Option(
            names = "--no-bind",
            description =
                    "take no slice for what holds none: define or change it only; what holds a slice is changed as usual")
    private boolean noBind;

    @Option(
            names = {"-y", "--yes"},
            description = "change and delete partitions that are there already without asking")
    private boolean yes;

    ApplyVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    /** A file with its plan. */
    private record Planned(DefinitionFile file, FilePlan plan, Foresight.Forecast forecast) {}

    @Override
    public Integer call() throws IOException {
        List<DefinitionFile> definitions = definitions();
        Map<PartitionName, PartitionStatus> present =
                new Partitions(api()).list().stream().collect(Collectors.toMap(PartitionStatus::name, each -> each));
        List<Planned> planned = new ArrayList<>();
        Foresight foresight = new PlannerForesight(api());
        for (DefinitionFile file : definitions) {
            FilePlan whole = FilePlan.of(file, present, toDelete(file, definitions, present));
            FilePlan plan = noBind ? whole.withoutBinding() : whole;
            planned.add(new Planned(file, plan, foresight.of(plan)));
        }
        List<FilePlan> plans = planned.stream().map(Planned::plan).toList();
        show(planned, plans);
        if (dryRun) {
            return planned.stream()
                    .flatMap(each -> obstacle(each).stream())
                    .map(new Complaints(bulkhead())::about)
                    .reduce(DONE, (first, next) -> first == DONE ? next : first);
        }
        if (plans.stream().allMatch(FilePlan::isDone)) {
            planned.forEach(each -> remember(each.file(), present.keySet(), List.of()));
            report(planned, Map.of());
            return DONE;
        }
        confirm(planned.stream()
                .filter(each -> obstacle(each).isEmpty())
                .map(Planned::plan)
                .toList());
        return carryOut(planned, present.keySet());
    }

    private static Optional<Problem> obstacle(Planned planned) {
        return planned.plan().obstacle().or(() -> planned.forecast().problem());
    }

    // ---- reading

    private List<DefinitionFile> definitions() throws IOException {
        if (prune && files.contains(DefinitionFiles.STANDARD_INPUT)) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "standard input cannot be pruned by: it does not say where it has come from",
                    "write the definitions to a file");
        }
        return DefinitionFiles.read(bulkhead(), files, profiles);
    }

    /** Partitions of that file's own that it names no longer; none unless they were asked for. */
    private Set<PartitionName> toDelete(
            DefinitionFile file, List<DefinitionFile> all, Map<PartitionName, PartitionStatus> present)
            throws IOException {
        Set<PartitionName> gone = new TreeSet<>();
        if (file.path().isEmpty()) {
            return gone;
        }
        AppliedNames applied = names(file);
        gone.addAll(applied.names());
        gone.retainAll(present.keySet());
        all.forEach(each -> gone.removeAll(namesIn(each)));
        if (!gone.isEmpty()) {
            gone.removeAll(applied.namesOfNeighbours());
        }
        if (!prune && !gone.isEmpty()) {
            bulkhead()
                    .remark(file.source() + " no longer names " + DeleteVerb.enumerated(List.copyOf(gone))
                            + "; --prune deletes what a file no longer names");
            gone.clear();
        }
        return gone;
    }

    private AppliedNames names(DefinitionFile file) {
        return new AppliedNames(file.path().orElseThrow(), bulkhead().settings().instance());
    }

    private static Set<PartitionName> namesIn(DefinitionFile file) {
        return file.definitions().stream().map(each -> each.spec().name()).collect(Collectors.toSet());
    }

    // ---- doing

    private void confirm(List<FilePlan> plans) {
        List<PartitionName> changed = plans.stream()
                .flatMap(plan -> plan.names(Action.CHANGE).stream())
                .toList();
        List<PartitionName> deleted = plans.stream()
                .flatMap(plan -> plan.names(Action.DELETE).stream())
                .toList();
        if (changed.isEmpty() && deleted.isEmpty()) {
            return;
        }
        List<String> what = new ArrayList<>();
        if (!changed.isEmpty()) {
            what.add("changes the definition of " + DeleteVerb.enumerated(changed));
        }
        if (!deleted.isEmpty()) {
            what.add("deletes " + DeleteVerb.enumerated(deleted) + " with all files");
        }
        bulkhead().confirm("This " + String.join(" and ", what), yes);
    }

    private int carryOut(List<Planned> planned, Set<PartitionName> present) {
        int code = DONE;
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        for (Planned each : planned) {
            Optional<Problem> obstacle = obstacle(each);
            if (obstacle.isPresent()) {
                int failed = new Complaints(bulkhead()).about(obstacle.get());
                code = code == DONE ? failed : code;
                continue;
            }
            Outcome outcome = new Applying(new ApiDesk(bulkhead()), each.plan()).run();
            outcomes.put(each.plan().source(), outcome);
            if (outcome.problem().isPresent()) {
                int failed = complain(each, outcome);
                code = code == DONE ? failed : code;
            } else {
                remember(each.file(), present, each.plan().names(Action.DELETE));
            }
        }
        report(planned, outcomes);
        return code;
    }

    private int complain(Planned planned, Outcome outcome) {
        Problem problem = outcome.problem().orElseThrow();
        String back =
                outcome.putBack().isEmpty() ? "" : "; put back as before: " + DeleteVerb.enumerated(outcome.putBack());
        String done = outcome.done().isEmpty() ? "nothing of it was done" : "not all of it was done";
        int code = new Complaints(bulkhead())
                .about(new Problem(
                        problem.code(),
                        planned.plan().source() + ": " + done + ": " + problem.detail() + back,
                        problem.remedy(),
                        problem.holders()));
        outcome.notPutBack().forEach((name, reason) -> bulkhead()
                .surroundings()
                .err()
                .println("bulkhead: " + name + " could not be put back: " + reason));
        return code;
    }

    /** What cannot be written down is told and no more: it only keeps later deletions from being offered. */
    private void remember(DefinitionFile file, Set<PartitionName> present, List<PartitionName> deleted) {
        if (file.path().isEmpty()) {
            return;
        }
        AppliedNames applied = names(file);
        try {
            Set<PartitionName> names = new TreeSet<>(applied.names());
            names.retainAll(present);
            deleted.forEach(names::remove);
            names.addAll(namesIn(file));
            applied.remember(names);
        } catch (IOException e) {
            bulkhead().remark(applied.record() + " cannot be written, so --prune will not know of this: " + e);
        }
    }

    // ---- telling

    private void show(List<Planned> planned, List<FilePlan> plans) {
        if (bulkhead().wantsJson() && dryRun) {
            bulkhead().printJson(json(planned, Map.of()));
        }
        if (bulkhead().wantsJson() || (!dryRun && plans.stream().allMatch(FilePlan::isDone))) {
            return;
        }
        for (Planned each : planned) {
            bulkhead().print(PlanText.of(each.plan(), each.forecast().slices(), colour()));
        }
        bulkhead().printLine(PlanText.count(plans) + (dryRun ? "; nothing was done (--dry-run)" : ""));
    }

    private void report(List<Planned> planned, Map<String, Outcome> outcomes) {
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(json(planned, outcomes));
            return;
        }
        if (outcomes.isEmpty() && planned.stream().allMatch(each -> each.plan().isDone())) {
            bulkhead()
                    .printLine("nothing to do: "
                            + PlanText.count(planned.stream().map(Planned::plan).toList()));
        }
        planned.forEach(each -> Optional.ofNullable(outcomes.get(each.plan().source()))
                .ifPresent(outcome -> outcome.done().forEach(name -> bulkhead()
                        .printLine(name + ": "
                                + (each.plan().names(Action.CREATE).contains(name)
                                        ? "created"
                                        : each.plan().names(Action.DELETE).contains(name) ? "deleted" : "changed")))));
    }

    private Json json(List<Planned> planned, Map<String, Outcome> outcomes) {
        return new Json.Obj(Map.of())
                .with("dryRun", Json.of(dryRun))
                .with(
                        "files",
                        new Json.Array(planned.stream()
                                .map(each -> (Json) new Json.Obj(Map.of())
                                        .with("file", Json.of(each.plan().source()))
                                        .with(
                                                "done",
                                                Json.of(each.plan().isDone()
                                                        || Optional.ofNullable(outcomes.get(each.plan()
                                                                        .source()))
                                                                .map(outcome -> outcome.problem()
                                                                        .isEmpty())
                                                                .orElse(false)))
                                        .with(
                                                "partitions",
                                                new Json.Array(each.plan().steps().stream()
                                                        .map(PlanText::json)
                                                        .toList())))
                                .toList()));
    }
}
