package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Tone;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import java.util.List;
import java.util.Optional;

/** Has consoles' logs verified, and says how they are. */
final class LogCheck {
    private final Bulkhead bulkhead;
    private final ApiClient api;

    LogCheck(Bulkhead bulkhead, ApiClient api) {
        this.bulkhead = bulkhead;
        this.api = api;
    }

    static String path(PartitionName partition) {
        return "/v1/consoles/" + partition + "/log";
    }

    /** Verifies one log, or that of every partition which has one; the exit code. */
    int run(Optional<PartitionName> one) {
        Partitions partitions = new Partitions(api);
        if (one.isPresent()) {
            return tell(one.get(), partitions.guessing(one.get(), () -> ask(one.get())));
        }
        List<PartitionName> all =
                partitions.list().stream().map(PartitionStatus::name).toList();
        int code = Verb.DONE;
        int found = 0;
        for (PartitionName each : all) {
            Optional<Json.Obj> answer = askIfThere(each);
            if (answer.isPresent()) {
                found++;
                code = Math.max(code, tell(each, answer.get()));
            }
        }
        if (found == 0) {
            bulkhead.remark("no partition's console has a log yet");
        }
        return code;
    }

    private Json.Obj ask(PartitionName partition) {
        if (api.get(path(partition) + "/verification") instanceof Json.Obj answer) {
            return answer;
        }
        throw Refusal.of(ProblemCode.PROTOCOL_ERROR, "the control plane told of a log by no object");
    }

    private Optional<Json.Obj> askIfThere(PartitionName partition) {
        try {
            return Optional.of(ask(partition));
        } catch (Refusal e) {
            if (e.problem().code() == ProblemCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private int tell(PartitionName partition, Json.Obj found) {
        boolean holds = found.members().get("holds") instanceof Json.Bool verdict && verdict.value();
        if (bulkhead.wantsJson()) {
            bulkhead.printJson(new Json.Obj(found.members()).with("partition", Json.of(partition.value())));
        } else {
            boolean colour = bulkhead.surroundings().colour();
            bulkhead.printLine(partition + ": "
                    + (holds
                            ? Tone.GOOD.paint("the log is what was written", colour)
                            : Tone.BAD.paint("the log is not what was written", colour))
                    + facts(found));
        }
        return holds ? Verb.DONE : ProblemCode.PROMISE_BROKEN.exitCode();
    }

    private static String facts(Json.Obj found) {
        StringBuilder facts = new StringBuilder();
        text(found, "fault").ifPresent(fault -> facts.append("\n  ").append(fault));
        facts.append("\n  offsets ")
                .append(number(found, "start"))
                .append(" to ")
                .append(number(found, "end"));
        facts.append(", ").append(number(found, "segments")).append(" segments from number ");
        facts.append(number(found, "firstSegment"));
        if (number(found, "lostBytes") > 0) {
            facts.append(", ").append(number(found, "lostBytes")).append(" bytes missing and marked");
        }
        text(found, "hash").ifPresent(hash -> facts.append("\n  SHA-256 ").append(hash));
        return facts.toString();
    }

    private static long number(Json.Obj found, String name) {
        return found.members().get(name) instanceof Json.Whole number ? number.value() : 0;
    }

    private static Optional<String> text(Json.Obj found, String name) {
        return found.members().get(name) instanceof Json.Text text ? Optional.of(text.value()) : Optional.empty();
    }
}
