package io.bulkhead.console.cli;

import io.bulkhead.broker.LedgerHistory;
import io.bulkhead.broker.LedgerReport;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead ledger}. */
@Command(
        name = "ledger",
        description = "Shows the ledger: who was granted what, when and why, and whether the manager says the same.",
        synopsisSubcommandLabel = "[VERB]",
        footer = {
            "",
            "Without a verb it shows who has what. While the ledger cannot be written, define, apply, bind, release"
                    + " and",
            "delete are refused; partitions run on, and can be started and stopped. 'bulkhead ledger rebuild' makes a"
                    + " new",
            "one from what the manager has."
        })
final class LedgerVerb extends Verb {
    private static final String PATH = "/v1/ledger";

    LedgerVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        return show();
    }

    @Command(name = "show", description = "Shows who has what by the ledger.")
    int show() {
        Json answer = api().get(PATH);
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
            return DONE;
        }
        LedgerReport report = ApiClient.decode(LedgerReport.class, answer);
        head(report);
        bulkhead().print(accounts(report));
        if (!report.intents().isEmpty()) {
            bulkhead().print("\n" + intents(report));
        }
        if (!report.differences().isEmpty()) {
            bulkhead().print("\n" + differences(report));
        }
        return DONE;
    }

    private void head(LedgerReport report) {
        bulkhead()
                .printLine("ledger: version " + report.version() + ", "
                        + (report.mode() == LedgerReport.Mode.READ_WRITE
                                ? Tone.GOOD.paint("read-write", colour())
                                : Tone.BAD.paint(RecordCodec.constantName(report.mode()), colour()))
                        + report.fault()
                                .map(fault -> "\n" + fault.detail() + "\nfix: " + fault.remedy())
                                .orElse(""));
    }

    private String accounts(LedgerReport report) {
        boolean others =
                report.accounts().stream().anyMatch(each -> !each.others().isEmpty());
        boolean ids =
                report.accounts().stream().anyMatch(each -> each.uidRange().isPresent());
        List<String> heads = new ArrayList<>(List.of("ACCOUNT", "CPUS", "POOL>", "MEMORY>", "BY NODE"));
        if (ids) {
            heads.add("USER IDS FROM>");
        }
        if (others) {
            heads.add("ALL ELSE");
        }
        Table table = new Table(heads.toArray(String[]::new));
        for (LedgerReport.Holdings each : report.accounts()) {
            List<String> cells = new ArrayList<>(List.of(
                    each.account(),
                    each.cpus().isEmpty() ? "-" : each.cpus().toString(),
                    each.pool().toString(),
                    Words.size(each.memory()),
                    each.nodes().stream()
                            .map(node -> node.node() + ": " + Words.size(node.memory()))
                            .collect(Collectors.joining(", "))));
            if (ids) {
                cells.add(each.uidRange()
                        .map(range -> Long.toString(range.base()))
                        .orElse("-"));
            }
            if (others) {
                cells.add(each.others().stream().map(LedgerVerb::amount).collect(Collectors.joining(", ")));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table.render(colour());
    }

    private static String amount(LedgerReport.Amount each) {
        return switch (each.unit()) {
            case "bytes" -> each.resource() + " " + Words.size(each.amount());
            case "bytes/s" -> each.resource() + " " + Words.rate(each.amount());
            case "bits/s" -> each.resource() + " " + new BitRate(each.amount());
            case "devices" -> each.resource();
            default -> each.resource() + " " + each.amount() + "/s";
        };
    }

    private String intents(LedgerReport report) {
        Table table = new Table("COMMIT>", "OWNER", "BEFORE", "AFTER (not known yet)");
        for (LedgerReport.Intent each : report.intents()) {
            table.row(Long.toString(each.version()), each.owner(), each.before(), each.after());
        }
        return table.render(colour());
    }

    private String differences(LedgerReport report) {
        Table table = new Table("DIFFERENCE", "OWNER", "RESOURCE", "LEDGER", "MANAGER", "WHAT TO DO");
        for (LedgerReport.Difference each : report.differences()) {
            table.row(
                    new Cell(each.kind(), Tone.BAD),
                    Cell.of(each.owner()),
                    Cell.of(each.resource()),
                    Cell.of(each.ledger()),
                    Cell.of(each.manager()),
                    Cell.of(each.action()));
        }
        return table.render(colour());
    }

    @Command(name = "entries", description = "Lists commits with their entries, oldest first.")
    int entries(
            @Option(names = "--owner", paramLabel = "NAME", description = "only of a partition, 'host' or 'free'")
                    Optional<String> owner,
            @Option(
                            names = "--resource",
                            paramLabel = "RESOURCE",
                            description = "only of cpu/N, pool, memory/N, storage …")
                    Optional<String> resource,
            @Option(names = "--after", paramLabel = "VERSION", description = "only later commits", defaultValue = "0")
                    long after,
            @Option(names = "--limit", paramLabel = "COUNT", description = "at most so many", defaultValue = "100")
                    int limit) {
        String query = "?after=" + after + "&limit=" + limit
                + owner.map(name -> "&owner=" + encoded(name)).orElse("")
                + resource.map(name -> "&resource=" + encoded(name)).orElse("");
        Json answer = api().get(PATH + "/entries" + query);
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
            return DONE;
        }
        LedgerHistory history = ApiClient.decode(LedgerHistory.class, answer);
        for (LedgerHistory.Commit commit : history.commits()) {
            bulkhead()
                    .printLine(Tone.STRONG.paint("commit " + commit.version(), colour()) + "  "
                            + Instant.ofEpochMilli(commit.timeMillis()) + "  " + commit.actor() + "  "
                            + commit.change()
                            + commit.owner().map(name -> " " + name).orElse("") + ": "
                            + commit.reason());
            for (LedgerHistory.Entry entry : commit.entries()) {
                bulkhead()
                        .printLine(
                                String.format("  %-34s %-10s %+d", entry.account(), entry.resource(), entry.amount()));
            }
        }
        return DONE;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Command(
            name = "check",
            description = "Compares the ledger with the manager now; ends with 10 if a difference stands.")
    int check() {
        Json answer = reconciled();
        LedgerReport report = ApiClient.decode(LedgerReport.class, answer);
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
        } else {
            head(report);
            bulkhead().print(report.differences().isEmpty() ? "" : differences(report));
        }
        if (report.mode() != LedgerReport.Mode.READ_WRITE) {
            return ProblemCode.LEDGER_READ_ONLY.exitCode();
        }
        if (!report.differences().isEmpty()) {
            return ProblemCode.PROMISE_BROKEN.exitCode();
        }
        bulkhead().remark("the ledger and the manager agree");
        return DONE;
    }

    /** Settles what has a known cause; who may only look is told what would stand then. */
    private Json reconciled() {
        try {
            return api().post(PATH + "/reconcile", new Json.Obj(Map.of()));
        } catch (Refusal e) {
            if (e.problem().code() == ProblemCode.NOT_PERMITTED) {
                return api().get(PATH + "/check");
            }
            throw e;
        }
    }

    @Command(name = "accept", description = "Takes over into the ledger what the manager has of a partition.")
    int accept(@Parameters(paramLabel = "NAME", description = "which partition") String name) {
        PartitionName partition = PartitionName.parse(name);
        return changed(
                api().post(PATH + "/accept", new Json.Obj(Map.of("partition", Json.of(partition.value())))),
                partition + ": the ledger has what the manager has");
    }

    @Command(
            name = "rebuild",
            description = "Puts the ledger's file aside and makes a new one from what the manager has.")
    int rebuild(
            @Option(
                            names = {"-y", "--yes"},
                            description = "do not ask")
                    boolean yes) {
        bulkhead()
                .confirm(
                        "This puts the ledger with its history aside and opens a new one with what the manager has",
                        yes);
        return changed(api().post(PATH + "/rebuild", new Json.Obj(Map.of())), "the ledger was rebuilt");
    }

    private int changed(Json answer, String done) {
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
        }
        bulkhead().remark(done);
        LedgerReport report = ApiClient.decode(LedgerReport.class, answer);
        if (report.differences().isEmpty()) {
            return DONE;
        }
        if (!bulkhead().wantsJson()) {
            bulkhead().print(differences(report));
        }
        return ProblemCode.PROMISE_BROKEN.exitCode();
    }
}
