package io.bulkhead.console.cli;

import io.bulkhead.broker.plan.PlanReport;
import io.bulkhead.broker.plan.PlanReport.Action;
import io.bulkhead.broker.plan.PlanReport.FreeRoom;
import io.bulkhead.broker.plan.PlanReport.Move;
import io.bulkhead.broker.plan.PlanReport.NodeRoom;
import io.bulkhead.broker.plan.PlanReport.Partition;
import io.bulkhead.broker.plan.PlanReport.Proposal;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A plan as a text: a line for each partition, then what is short, what would help, and what is left. */
final class PlanPage {
    private final PlanReport report;
    private final boolean colour;

    PlanPage(PlanReport report, boolean colour) {
        this.report = report;
        this.colour = colour;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        out.append(partitions().render(colour)).append('\n');
        remarks(out);
        refusals(out);
        proposals(out);
        room(out);
        return out.append(verdict()).append('\n').toString();
    }

    private Table partitions() {
        Table table = new Table("NAME", "PLAN", "CPUS", "MEMORY", "OF NODE", "WHY THERE");
        for (Partition each : report.partitions()) {
            table.row(
                    Cell.of(each.name().value()),
                    new Cell(Words.constant(each.action()), tone(each.action())),
                    Cell.of(each.slice().map(PlanPage::cpus).orElse("-")),
                    Cell.of(each.slice()
                            .map(slice -> Words.size(slice.memory()))
                            .orElse("-")),
                    Cell.of(each.slice().isPresent() ? nodes(each) : "-"),
                    Cell.of(
                            each.problem().isPresent()
                                    ? "there is no place for it, see below"
                                    : String.join("; ", each.why())));
        }
        return table;
    }

    private static Tone tone(Action action) {
        return switch (action) {
            case STAYS -> Tone.FAINT;
            case NEW -> Tone.GOOD;
            case CHANGED, MOVED -> Tone.WARN;
            case REFUSED -> Tone.BAD;
        };
    }

    private static String cpus(Slice slice) {
        return slice.cpus() instanceof CpuSlice.Whole whole
                ? whole.cpus().toString()
                : ((CpuSlice.Part) slice.cpus()).entitlement() + " of the pool";
    }

    /** The node, with the size where there are several. */
    private static String nodes(Partition partition) {
        return partition.memory().size() == 1
                ? String.valueOf(partition.memory().get(0).node())
                : partition.memory().stream()
                        .map(each -> each.node() + " (" + Words.size(each.memory()) + ")")
                        .collect(Collectors.joining(", "));
    }

    private void remarks(StringBuilder out) {
        report.remarks().forEach(remark -> out.append("note: ").append(remark).append('\n'));
        for (Partition each : report.partitions()) {
            each.remarks().forEach(remark -> out.append("note: ")
                    .append(each.name())
                    .append(": ")
                    .append(remark)
                    .append('\n'));
        }
    }

    private void refusals(StringBuilder out) {
        for (Partition each : report.partitions()) {
            if (each.problem().isPresent()) {
                Problem problem = each.problem().get();
                out.append(Tone.BAD.paint(each.name() + ": ", colour))
                        .append(problem.detail())
                        .append('\n');
                problem.holders()
                        .forEach(holder -> out.append("  ").append(holder).append('\n'));
                problem.remedy()
                        .ifPresent(remedy -> out.append("fix: ").append(remedy).append('\n'));
            }
        }
    }

    private void proposals(StringBuilder out) {
        for (Proposal proposal : report.proposals()) {
            List<String> names =
                    proposal.moves().stream().map(move -> move.name().value()).toList();
            out.append("or: release ")
                    .append(DeleteVerb.enumerated(
                            proposal.moves().stream().map(Move::name).toList()))
                    .append(", apply the set, then bind ")
                    .append(names.size() == 1 ? "it" : "them")
                    .append(" again")
                    .append(proposal.fewest() ? "" : " (fewer moves may do)")
                    .append(":\n");
            for (Move move : proposal.moves()) {
                out.append("  ")
                        .append(move.name())
                        .append(move.running() ? " (runs, stop it first)" : "")
                        .append(": from ")
                        .append(move.from().cpus())
                        .append(" to ")
                        .append(move.to().cpus())
                        .append('\n');
            }
        }
    }

    private void room(StringBuilder out) {
        out.append("free now:  ").append(room(report.before())).append('\n');
        report.after()
                .ifPresent(
                        after -> out.append("free then: ").append(room(after)).append('\n'));
        FreeRoom shown = report.after().orElse(report.before());
        int caches =
                shown.nodes().stream().mapToInt(node -> node.caches().size()).sum();
        if (shown.nodes().size() > 1 || caches > 1) {
            Table table =
                    new Table("NODE", "FREE CORES>", "CPUS>", "LOOSE CPUS>", "MEMORY>", "CPUS BY LAST-LEVEL CACHE");
            for (NodeRoom node : shown.nodes()) {
                table.row(
                        String.valueOf(node.node()),
                        String.valueOf(node.freeCores()),
                        String.valueOf(node.freeCpus()),
                        String.valueOf(node.looseCpus()),
                        Words.size(node.freeMemory()),
                        node.caches().stream()
                                .map(cache -> cache.cache() + ": " + cache.freeCpus())
                                .collect(Collectors.joining(", ")));
            }
            out.append('\n').append(table.render(colour));
        }
        out.append('\n');
    }

    private static String room(FreeRoom room) {
        return room.freeCpus() + " CPUs of whole cores, at most " + room.largestOnOneNode()
                + " for one claim on one node, " + room.largestInOneCache() + " in one last-level cache";
    }

    private String verdict() {
        List<String> counts = new ArrayList<>();
        for (Action action : Arrays.asList(Action.NEW, Action.MOVED, Action.CHANGED, Action.STAYS, Action.REFUSED)) {
            long count = report.partitions().stream()
                    .filter(each -> each.action() == action)
                    .count();
            if (count > 0) {
                counts.add(count + " " + Words.constant(action));
            }
        }
        String how =
                switch (report.method()) {
                    case GREEDY -> "found one after another";
                    case EXACT ->
                        report.fits() ? "found by exhaustive search" : "proven: there is no place for all of them";
                    case NOT_PROVEN ->
                        "not proven: no place for all was found within " + Words.thousandths(report.timeLimitMillis())
                                + " s";
                };
        return Tone.STRONG.paint(report.fits() ? "fits" : "does not fit", colour) + ": " + String.join(", ", counts)
                + "; " + how + ", in " + report.durationMillis() + " ms";
    }
}
