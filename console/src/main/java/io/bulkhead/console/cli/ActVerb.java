package io.bulkhead.console.cli;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A verb that moves partitions along in their life: one request each, going on with the others where one fails. */
abstract class ActVerb extends Verb {
    private final String verb;
    private final Set<State> whenAll;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "which partitions")
    private List<String> names = new ArrayList<>();

    @Option(names = "--all", description = "every partition that it can be done with")
    private boolean all;

    /**
     * @param verb the last part of the path
     * @param whenAll in which states {@code --all} means a partition
     */
    ActVerb(Bulkhead bulkhead, String verb, Set<State> whenAll) {
        super(bulkhead);
        this.verb = verb;
        this.whenAll = whenAll;
    }

    /** What is sent. */
    Json body() {
        return new Json.Obj(Map.of());
    }

    /** Asks before anything is done. */
    void confirm(List<PartitionName> chosen) {}

    @Override
    public Integer call() {
        Partitions partitions = new Partitions(api());
        List<PartitionName> chosen = chosen(partitions);
        if (chosen.isEmpty()) {
            bulkhead().remark("there is no partition to " + verb);
        } else {
            confirm(chosen);
        }
        List<Json> answers = new ArrayList<>();
        int code = DONE;
        for (PartitionName name : chosen) {
            try {
                Json answer = partitions.guessing(name, () -> new LongWork(bulkhead())
                        .run("POST", Partitions.path(name, verb), Optional.of(body()), name + ": " + verb));
                answers.add(answer);
                bulkhead().remark(told(Partitions.decode(answer)));
            } catch (Refusal e) {
                int failed = new Complaints(bulkhead()).about(e.problem());
                code = code == DONE ? failed : code;
            }
        }
        if (bulkhead().wantsJson()) {
            answers.forEach(bulkhead()::printJson);
        }
        return code;
    }

    private List<PartitionName> chosen(Partitions partitions) {
        if (all == !names.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "'" + verb + "' takes names of partitions, or --all",
                    "'bulkhead list' shows the names");
        }
        return all
                ? partitions.list().stream()
                        .filter(each -> whenAll.contains(each.state()))
                        .map(PartitionStatus::name)
                        .toList()
                : names.stream().map(PartitionName::parse).distinct().toList();
    }

    private static String told(PartitionStatus status) {
        return status.name() + ": " + status.state().name().toLowerCase(Locale.ROOT)
                + status.pid().map(pid -> " (pid " + pid + ")").orElse("")
                + (status.degraded().isEmpty() ? "" : ", degraded: " + String.join("; ", status.degraded()));
    }
}
