package io.bulkhead.console.cli;

import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.wire.Json;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bulkhead show}. */
@Command(
        name = "show",
        description = "Shows all that is known of partitions, with every promise and what the kernel says.")
final class ShowVerb extends Verb {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "which partitions")
    private List<String> names = new ArrayList<>();

    private static final int LONG_CELL = 40;

    ShowVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Partitions partitions = new Partitions(api());
        String separator = "";
        for (String name : names) {
            Json answer = partitions.show(PartitionName.parse(name));
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
            } else {
                bulkhead().print(separator + text(Partitions.decode(answer)));
                separator = "\n";
            }
        }
        return DONE;
    }

    private String text(PartitionStatus status) {
        StringBuilder out = new StringBuilder();
        ZoneId zone = ZoneId.systemDefault();
        line(out, "name", status.name().value());
        line(
                out,
                "state",
                ListVerb.state(status).tone().paint(ListVerb.state(status).text(), colour()));
        status.reason().ifPresent(text -> line(out, "reason", text));
        status.degraded().forEach(text -> line(out, "degraded", text));
        status.definition().description().ifPresent(text -> line(out, "description", text));
        line(
                out,
                "asked",
                status.definition().claim().cpus() + " CPU, "
                        + Words.size(status.definition().claim().memory()));
        status.slice()
                .ifPresentOrElse(
                        slice -> {
                            line(out, "cpus", slice.cpus().toString());
                            line(out, "memory", Words.size(slice.memory()) + " on node " + slice.memoryNodes());
                            if (slice.oomGroup()) {
                                line(out, "oom group", "yes");
                            }
                            line(out, "tasks", Integer.toString(slice.tasks()));
                            line(out, "io", ListVerb.io(slice.io()));
                            slice.network().ifPresent(network -> line(out, "network", WallOptions.network(network)));
                        },
                        () -> line(out, "slice", "none; 'bulkhead bind " + status.name() + "' takes it"));
        walls(out, status);
        status.isolation().ifPresent(isolation -> {
            line(out, "isolation", Words.constant(isolation.level()));
            isolation.raise().forEach(text -> line(out, "held back by", text));
        });
        line(out, "init", init(status.definition().init()));
        status.pid().ifPresent(pid -> line(out, "pid", Long.toString(pid)));
        status.startedAtMillis().ifPresent(at -> line(out, "started", Words.time(at, zone)));
        line(out, "autostart", autostart(status));
        line(out, "stop timeout", Words.span(status.definition().stopTimeoutMillis()));
        line(
                out,
                "console",
                status.console().viewers() + " viewers, writer "
                        + status.console().writer().orElse("none") + ", "
                        + Words.size(status.console().offset()) + " put out, "
                        + status.console()
                                .rate()
                                .fold(rate -> "at most " + Words.size(rate.bytesPerSecond()) + "/s, ", "")
                        + "the newest " + Words.size(status.console().ring()) + " kept");
        line(out, "uids", status.uidRange().base() + " to " + (status.uidRange().base() + UidRange.SIZE - 1));
        line(out, "generation", status.generation() + drift(status));
        status.intrusion().ifPresent(intrusion -> intrusion(out, intrusion, zone));
        if (!status.promises().isEmpty()) {
            out.append('\n').append(promises(status.promises()).fold(colour(), width()));
        }
        return out.toString();
    }

    /** Storage is kept while the slice is given back, so it is shown as defined. */
    private static void walls(StringBuilder out, PartitionStatus status) {
        PartitionSpec spec = status.definition();
        spec.claim().storage().ifPresent(storage -> {
            storage.own().ifPresent(size -> line(out, "storage", Words.size(size)));
            storage.volumes()
                    .forEach(volume -> line(
                            out, "volume", volume.name() + ", " + Words.size(volume.size()) + " on " + volume.at()));
            storage.disks().forEach(disk -> line(out, "disk", disk));
        });
        spec.shares()
                .forEach(share -> line(
                        out,
                        "share",
                        share.source() + " on " + share.at() + (share.write() ? ", may be written" : ", read-only")));
        status.address().ifPresent(address -> line(out, "address", address.toString()));
        spec.access().ifPresent(access -> {
            if (!access.peers().isEmpty()) {
                line(out, "peers", words(access.peers()));
            }
            if (!access.publish().isEmpty()) {
                line(out, "published", words(access.publish()));
            }
        });
        spec.hardening().ifPresent(hardening -> {
            names(out, "denied", hardening.deny());
            names(out, "allowed", hardening.allow());
            names(out, "dropped", hardening.drop());
            hardening.objects().ifPresent(objects -> {
                objects.inotifyInstances().ifPresent(count -> line(out, "inotify", "at most " + count + " instances"));
                objects.inotifyWatches().ifPresent(count -> line(out, "inotify", "at most " + count + " watches"));
                objects.namespaces().ifPresent(count -> line(out, "namespaces", "at most " + count + " of each kind"));
            });
        });
    }

    private static void names(StringBuilder out, String key, List<String> names) {
        if (!names.isEmpty()) {
            line(out, key, String.join(", ", names));
        }
    }

    private static String words(List<?> items) {
        return items.stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    /** What is below zero is reading error, and shown as nothing; the exact numbers are in the JSON. */
    private void intrusion(StringBuilder out, Intrusion intrusion, ZoneId zone) {
        Cell share = UsageTable.intrusion(intrusion);
        line(
                out,
                "intrusion",
                share.tone().paint(share.text(), colour()) + " in the last window: "
                        + Words.micros(Math.max(0, intrusion.window().intrusionMicros())) + " of "
                        + Words.micros(intrusion.window().totalMicros()) + ", give or take "
                        + Words.micros(intrusion.errorMicros()) + "; "
                        + Words.micros(intrusion.highestMicros()) + " since "
                        + Words.time(intrusion.sinceMillis(), zone));
        if (intrusion.total().stolenMicros() > 0) {
            line(out, "stolen", Words.micros(intrusion.total().stolenMicros()) + " by the hypervisor below");
        }
        if (!intrusion.interrupts().isEmpty()) {
            line(
                    out,
                    "interrupts",
                    intrusion.interrupts().stream()
                            .map(each -> each.times() + " " + each.irq() + " (" + each.description() + ")")
                            .collect(Collectors.joining(", ")));
        }
    }

    /** How far the host has moved from the generation, and what is to become of it. */
    private static String drift(PartitionStatus status) {
        List<String> words = new ArrayList<>();
        status.drift().ifPresent(drift -> {
            if (drift.packagesMoved() > 0) {
                words.add(drift.packagesMoved() + " of the host's packages moved since");
            }
            drift.rebase().ifPresent(to -> words.add("goes to " + to + " at its next start"));
            if (drift.newerGeneration() && drift.rebase().isEmpty()) {
                words.add("a newer one is there");
            }
            drift.wayBack().ifPresent(to -> words.add("can go back to " + to));
        });
        return words.isEmpty() ? "" : " (" + String.join("; ", words) + ")";
    }

    private static String autostart(PartitionStatus status) {
        String turn = status.definition()
                .startOrder()
                .map(order -> ", order " + order)
                .orElse("");
        String hindrance = status.slice().isEmpty() ? ", but not before it holds a slice" : "";
        return status.definition().autostart() ? "yes" + turn + hindrance : "no";
    }

    private static String init(Init init) {
        return init instanceof Init.Service service
                ? "service: " + String.join(" ", service.command()) + " (restart: " + Words.constant(service.restart())
                        + ")"
                : init.kind();
    }

    private static void line(StringBuilder out, String key, String value) {
        out.append(String.format("%-13s %s%n", key, value));
    }

    /** Every promise with its evidence. */
    static Table promises(List<Promise> promises) {
        Table table = new Table("RESOURCE", "PROMISED", "KERNEL SAYS", "STRENGTH", "HELD", "REASON");
        for (Promise promise : promises) {
            table.row(
                    Cell.of(Words.constant(promise.resource())),
                    Cell.of(promise.promised()),
                    Cell.of(isLongAndTheSame(promise) ? "the same" : promise.readBack()),
                    Cell.of(Words.constant(promise.strength())),
                    new Cell(promise.held() ? "yes" : "NO", promise.held() ? Tone.GOOD : Tone.BAD),
                    Cell.of(promise.reason().orElse("")));
        }
        return table;
    }

    /** Lists that are longer than a cell are read once. */
    private static boolean isLongAndTheSame(Promise promise) {
        return promise.promised().length() > LONG_CELL && promise.promised().equals(promise.readBack());
    }
}
