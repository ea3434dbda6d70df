package io.bulkhead.console.apply;

import io.bulkhead.broker.definition.DefinitionChange;
import io.bulkhead.console.apply.FilePlan.Action;
import io.bulkhead.console.apply.FilePlan.Step;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A plan as people read it, and as JSON. Pure. */
public final class PlanText {
    private PlanText() {}

    /**
     * The file, and a line or more for each of its partitions; each ended by a newline.
     *
     * @param slices what partitions would get, as far as that is known
     */
    public static String of(FilePlan plan, Map<PartitionName, Slice> slices, boolean colour) {
        int width = plan.steps().stream()
                .mapToInt(step -> step.name().value().length())
                .max()
                .orElse(0);
        StringBuilder out = new StringBuilder(Tone.STRONG.paint(plan.source(), colour)).append('\n');
        for (Step step : plan.steps()) {
            String head = mark(step.action()) + " " + pad(step.name().value(), width) + "  "
                    + pad(word(step.action()), "unchanged".length());
            List<String> details = details(step, Optional.ofNullable(slices.get(step.name())), plan.binds());
            out.append("  ")
                    .append(tone(step.action())
                            .paint(
                                    details.isEmpty() ? head.stripTrailing() : head,
                                    colour && step.action() != Action.UNCHANGED))
                    .append(details.isEmpty() ? "" : "  " + details.get(0))
                    .append('\n');
            details.stream().skip(1).forEach(line -> out.append(" ".repeat(head.length() + 4))
                    .append(line)
                    .append('\n'));
        }
        return out.toString();
    }

    /** {@code "1 to create, 2 to change"}; what does not occur is left out. */
    public static String count(List<FilePlan> plans) {
        List<String> parts = new ArrayList<>();
        for (Action action : Action.values()) {
            int count =
                    plans.stream().mapToInt(plan -> plan.names(action).size()).sum();
            if (count > 0) {
                parts.add(count + (action == Action.UNCHANGED ? " unchanged" : " to " + word(action)));
            }
        }
        return String.join(", ", parts);
    }

    /** One partition of a plan. */
    public static Json json(Step step) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("name", Json.of(step.name().value()));
        members.put("action", Json.of(word(step.action())));
        members.put(
                "changes",
                new Json.Array(step.changes().stream()
                        .map(change -> (Json) new Json.Obj(Map.of())
                                .with("key", Json.of(change.key()))
                                .with("before", Json.of(change.before()))
                                .with("after", Json.of(change.after())))
                        .toList()));
        return new Json.Obj(members);
    }

    private static List<String> details(Step step, Optional<Slice> slice, boolean binds) {
        return switch (step.action()) {
            case CREATE ->
                List.of(slice.map(PlanText::slice)
                                .orElseGet(() -> asked(
                                        step.definition().orElseThrow().spec().claim()))
                        + (binds ? "" : "; takes no slice"));
            case CHANGE -> {
                List<String> lines = new ArrayList<>();
                step.changes().forEach(change -> lines.add(change(change)));
                slice.ifPresent(offered -> lines.add("would hold " + slice(offered)));
                if (!step.isBound()) {
                    lines.add(
                            binds
                                    ? "takes a slice again; it had released its own"
                                    : "takes no slice; it had released its own");
                }
                yield lines;
            }
            case DELETE ->
                List.of("with all files"
                        + step.before()
                                .flatMap(PartitionStatus::slice)
                                .map(held -> "; gives " + slice(held) + " back")
                                .orElse(""));
            case UNCHANGED -> List.of();
        };
    }

    private static String change(DefinitionChange change) {
        return change.key() + ": " + change.before() + " -> " + change.after();
    }

    private static String asked(Claim claim) {
        return claim.cpus() + " CPU, " + Words.size(claim.memory());
    }

    private static String slice(Slice slice) {
        return slice.cpus() + ", " + Words.size(slice.memory()) + " on node " + slice.memoryNodes();
    }

    private static String mark(Action action) {
        return switch (action) {
            case CREATE -> "+";
            case CHANGE -> "~";
            case UNCHANGED -> "=";
            case DELETE -> "-";
        };
    }

    private static Tone tone(Action action) {
        return switch (action) {
            case CREATE -> Tone.GOOD;
            case CHANGE -> Tone.WARN;
            case UNCHANGED -> Tone.PLAIN;
            case DELETE -> Tone.BAD;
        };
    }

    private static String word(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
