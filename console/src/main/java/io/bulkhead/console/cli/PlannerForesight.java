package io.bulkhead.console.cli;

import io.bulkhead.console.apply.FilePlan;
import io.bulkhead.console.apply.FilePlan.Action;
import io.bulkhead.console.apply.FilePlan.Step;
import io.bulkhead.console.apply.Foresight;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks the control plane's planner, {@code POST /v1/plan}, what a set of definitions would lead to. A control plane that has
 * none knows nothing in advance; {@link io.bulkhead.console.apply.Applying} puts back what does not fit then.
 *
 * @param api where it is asked
 */
record PlannerForesight(ApiClient api) implements Foresight {
    private static final String PATH = "/v1/plan";

    /** A search that was given up proves nothing. */
    private static final String NOT_PROVEN = "not-proven";

    private static final Set<ProblemCode> NO_PLANNER = Set.of(ProblemCode.NOT_FOUND, ProblemCode.METHOD_NOT_ALLOWED);

    @Override
    public Forecast of(FilePlan plan) {
        List<Json> wanted = new ArrayList<>();
        for (Step step : plan.steps()) {
            boolean made = step.action() == Action.CREATE || step.action() == Action.CHANGE;
            if (made && plan.holdsSlice(step)) {
                wanted.add(RecordCodec.encode(step.definition().orElseThrow().spec()));
            }
        }
        if (wanted.isEmpty()) {
            return Foresight.NONE.of(plan);
        }
        try {
            Json answer = api.post(PATH, new Json.Obj(Map.of("definitions", new Json.Array(wanted))));
            return forecast(plan, answer);
        } catch (Refusal e) {
            if (NO_PLANNER.contains(e.problem().code())) {
                return Foresight.NONE.of(plan);
            }
            throw e;
        }
    }

    private static Forecast forecast(FilePlan plan, Json answer) {
        Map<PartitionName, Slice> slices = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        if (answer instanceof Json.Obj report && report.members().get("partitions") instanceof Json.Array partitions) {
            for (Json each : partitions.items()) {
                if (each instanceof Json.Obj partition && partition.members().get("name") instanceof Json.Text name) {
                    Optional.ofNullable(partition.members().get("slice"))
                            .ifPresent(slice -> slices.put(
                                    PartitionName.parse(name.value()), ApiClient.decode(Slice.class, slice)));
                    Optional.ofNullable(partition.members().get("problem"))
                            .ifPresent(problem -> problems.add(ApiClient.decode(Problem.class, problem)));
                }
            }
            boolean proven =
                    !report.members().getOrDefault("method", Json.of("")).equals(Json.of(NOT_PROVEN));
            // The planner does not know that those to be deleted give their slices back.
            boolean givesBack = !plan.names(Action.DELETE).isEmpty();
            if (report.members().getOrDefault("fits", Json.of(true)).equals(Json.of(false)) && proven && !givesBack) {
                return new Forecast(slices, Optional.of(refusal(plan, problems)));
            }
        }
        return new Forecast(slices, Optional.empty());
    }

    private static Problem refusal(FilePlan plan, List<Problem> problems) {
        if (problems.isEmpty()) {
            return Problem.of(
                    ProblemCode.NOT_ENOUGH_RESOURCES,
                    plan.source() + ": there is no place for all of its partitions at once; nothing of it was done");
        }
        Problem first = problems.get(0);
        return new Problem(
                first.code(),
                plan.source() + ": nothing of it was done: "
                        + String.join(
                                "; ", problems.stream().map(Problem::detail).toList()),
                first.remedy(),
                problems.stream()
                        .flatMap(problem -> problem.holders().stream())
                        .distinct()
                        .toList());
    }
}
