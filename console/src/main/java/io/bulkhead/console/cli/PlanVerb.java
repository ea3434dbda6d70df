package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.inventory.InventoryFiles;
import io.bulkhead.broker.plan.PlanGround;
import io.bulkhead.broker.plan.PlanReport;
import io.bulkhead.broker.plan.Plans;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead plan}. */
@Command(
        name = "plan",
        description = {
            "Shows what definitions would lead to, all of them at once, and changes nothing.",
            "Tells of each partition whether it stays, changes, moves, is new or has no place, which slice it would get and why"
                    + " there; how scattered the rest is; and where not all fit, what is short, who holds it, and which other"
                    + " partitions could be moved to make room.",
            "Places are found one after another (greedy), or else by exhaustive search (exact); where that does not end in"
                    + " time, it says that nothing is proven."
        },
        footer = {
            "",
            "Exit code 0 if there is a place for all, 5 if not.",
            "With --inventory it plans for another machine, by the file that 'bulkhead host export' writes there, and asks no"
                    + " control plane.",
            "For example: bulkhead plan -f web.yaml -f db.yaml --inventory other-host.json"
        })
final class PlanVerb extends Verb {
    private static final int MOST_SECONDS = 60;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "definitions (YAML), a directory of them, or - for standard input; may be repeated")
    private List<String> files = new ArrayList<>();

    @Option(
            names = "--inventory",
            paramLabel = "FILE",
            description = "plan for the machine that this file is of, without a control plane")
    private Optional<Path> inventory = Optional.empty();

    @Option(
            names = "--profiles",
            paramLabel = "DIRECTORY",
            description = "where profiles for all files stand (default: profiles beside instance.definitions_dir)")
    private Optional<Path> profiles = Optional.empty();

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            description = "how long to search exhaustively, 1 to 60 (default: 10)")
    private Optional<Integer> limitSeconds = Optional.empty();

    PlanVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException {
        Duration limit = limit();
        List<PartitionSpec> definitions = DefinitionFiles.read(bulkhead(), files, profiles).stream()
                .flatMap(file -> file.definitions().stream())
                .map(Definition::spec)
                .toList();
        Json answer = inventory.isPresent()
                ? RecordCodec.encode(
                        Plans.plan(PlanGround.of(InventoryFiles.read(inventory.get())), definitions, limit))
                : api().post("/v1/plan", body(definitions, limit));
        PlanReport report = ApiClient.decode(PlanReport.class, answer);
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
        } else {
            bulkhead().print(new PlanPage(report, colour()).toString());
        }
        return report.fits() ? DONE : ProblemCode.NOT_ENOUGH_RESOURCES.exitCode();
    }

    private Duration limit() {
        if (limitSeconds
                .filter(seconds -> seconds < 1 || seconds > MOST_SECONDS)
                .isPresent()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "--limit must be 1 to " + MOST_SECONDS + " seconds, not " + limitSeconds.get());
        }
        return limitSeconds.map(Duration::ofSeconds).orElse(Plans.TIME_LIMIT);
    }

    private static Json body(List<PartitionSpec> definitions, Duration limit) {
        return new Json.Obj(Map.of(
                        "definitions",
                        new Json.Array(definitions.stream()
                                .map(each -> (Json) RecordCodec.encode(each))
                                .toList())))
                .with("timeLimitMillis", new Json.Whole(limit.toMillis()));
    }
}
