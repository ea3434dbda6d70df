package io.bulkhead.console.cli;

import io.bulkhead.broker.LedgerReport;
import io.bulkhead.console.daemons.Health;
import io.bulkhead.console.daemons.Installation;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code bulkhead status}. */
@Command(name = "status", description = "Shows the manager and the control plane; ends with 0 only if both are up.")
final class StatusVerb extends Verb {
    StatusVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Installation installation =
                Installation.of(bulkhead().loadedSettings(), bulkhead().configFile());
        Health health = new Health(installation);
        List<Health.Condition> conditions = List.of(health.manager(), health.controlPlane());
        boolean up = health.isUp();
        Optional<List<PartitionStatus>> partitions = up ? partitions() : Optional.empty();
        Optional<LedgerReport> ledger = up ? ledger() : Optional.empty();
        if (bulkhead().wantsJson()) {
            Json.Obj answer = json(installation, up, conditions, partitions);
            bulkhead()
                    .printJson(ledger.map(report -> answer.with("ledger", json(report)))
                            .orElse(answer));
        } else {
            bulkhead()
                    .print(text(installation, up, conditions, partitions)
                            + ledger.map(this::text).orElse(""));
        }
        return up ? DONE : ProblemCode.UNREACHABLE.exitCode();
    }

    private Optional<List<PartitionStatus>> partitions() {
        try {
            return Optional.of(new Partitions(api()).list());
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    private Optional<LedgerReport> ledger() {
        try {
            return Optional.of(api().get("/v1/ledger", LedgerReport.class));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    /** Nothing where all is well. */
    private String text(LedgerReport ledger) {
        String faults = ledger.fault()
                .map(fault -> Tone.BAD.paint("the ledger is read-only: ", colour()) + fault.detail() + "\n  fix: "
                        + fault.remedy() + "\n")
                .orElse("");
        int differences = ledger.differences().size();
        return faults
                + (differences == 0
                        ? ""
                        : Tone.BAD.paint("the ledger and the manager differ", colour()) + " in " + differences
                                + (differences == 1 ? " thing" : " things") + "; 'bulkhead ledger check' names them\n");
    }

    private static Json json(LedgerReport ledger) {
        Json.Obj members = new Json.Obj(Map.of())
                .with("mode", Json.of(RecordCodec.constantName(ledger.mode())))
                .with("version", Json.of(ledger.version()))
                .with("differences", Json.of(ledger.differences().size()));
        return ledger.fault()
                .map(fault -> members.with("fault", RecordCodec.encode(fault)))
                .orElse(members);
    }

    private String text(
            Installation installation,
            boolean up,
            List<Health.Condition> conditions,
            Optional<List<PartitionStatus>> partitions) {
        Table table = new Table("PROCESS", "STATE", "PID>", "VERSION", "UPTIME>", "MEMORY>", "SOCKET");
        for (Health.Condition each : conditions) {
            table.row(
                    Cell.of(each.role().word()),
                    each.answers()
                            ? new Cell("up", Tone.GOOD)
                            : new Cell(each.pid().isPresent() ? "not answering" : "down", Tone.BAD),
                    Cell.of(each.pid().map(pid -> Long.toString(pid)).orElse("-")),
                    Cell.of(each.version().orElse("-")),
                    Cell.of(each.startedAtMillis()
                            .map(at -> Words.span(System.currentTimeMillis() - at))
                            .orElse("-")),
                    Cell.of(each.residentBytes().map(Words::size).orElse("-")),
                    Cell.of(each.socket().toString()));
        }
        String head = "instance " + installation.settings().instance() + ": "
                + (up ? Tone.GOOD.paint("up", colour()) : Tone.BAD.paint("not up; 'bulkhead up' starts it", colour()))
                + partitions.map(StatusVerb::counted).orElse("");
        return head + "\n" + table.render(colour());
    }

    private static String counted(List<PartitionStatus> partitions) {
        long running = partitions.stream()
                .filter(each -> each.state() == State.RUNNING)
                .count();
        long degraded =
                partitions.stream().filter(each -> !each.degraded().isEmpty()).count();
        return ", " + partitions.size() + (partitions.size() == 1 ? " partition, " : " partitions, ") + running
                + " running" + (degraded > 0 ? ", " + degraded + " degraded" : "");
    }

    private static Json.Obj json(
            Installation installation,
            boolean up,
            List<Health.Condition> conditions,
            Optional<List<PartitionStatus>> partitions) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("instance", Json.of(installation.settings().instance().value()));
        members.put("up", Json.of(up));
        for (Health.Condition each : conditions) {
            Map<String, Json> process = new LinkedHashMap<>();
            process.put("answers", Json.of(each.answers()));
            each.pid().ifPresent(pid -> process.put("pid", Json.of(pid)));
            each.version().ifPresent(version -> process.put("version", Json.of(version)));
            each.startedAtMillis().ifPresent(at -> process.put("startedAtMillis", Json.of(at)));
            each.residentBytes().ifPresent(bytes -> process.put("residentBytes", Json.of(bytes)));
            process.put("socket", Json.of(each.socket().toString()));
            members.put(each.role().word(), new Json.Obj(process));
        }
        partitions.ifPresent(list -> members.put("partitions", Json.of(list.size())));
        return new Json.Obj(members);
    }
}
