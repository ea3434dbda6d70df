package io.bulkhead.broker.metrics;

import io.bulkhead.broker.Broker.Survey;
import io.bulkhead.broker.HostView;
import io.bulkhead.broker.LedgerReport;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.RecordCodec;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One page of metrics. Names, units and meaning are listed in resource-broker/README.md, which a test compares with what
 * is here. Safe for any thread.
 */
public final class MetricsPage {
    /** Of the text form that every Prometheus since 2014 reads. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String OWNER = "owner";

    private final InstanceName instance;
    private final String version;
    private final RequestStatistics requests;

    /**
     * @param instance the name of this installation
     * @param version of the control plane's program
     */
    public MetricsPage(InstanceName instance, String version) {
        this(instance, version, new RequestStatistics());
    }

    /** @param requests those of the API that serves the page */
    public MetricsPage(InstanceName instance, String version, RequestStatistics requests) {
        this.instance = instance;
        this.version = version;
        this.requests = requests;
    }

    /** The page of a host whose manager answers. */
    public String of(Survey survey) {
        try (Meters meters = new Meters()) {
            program(meters, true);
            host(meters, survey.host());
            survey.partitions().forEach(partition -> status(meters, partition));
            survey.usages().forEach(usage -> usage(meters, usage));
            return meters.text();
        }
    }

    /** The page while the manager cannot be asked: nothing is told of what may have changed. */
    public String withoutManager() {
        try (Meters meters = new Meters()) {
            program(meters, false);
            return meters.text();
        }
    }

    /** What to add where a ledger is kept. */
    public String ofLedger(LedgerReport ledger) {
        try (Meters meters = new Meters()) {
            meters.gauge(
                    "bulkhead.ledger.writable",
                    "",
                    "Whether the ledger can be written: 0 while it is read-only or not open yet",
                    Tags.empty(),
                    ledger.mode() == LedgerReport.Mode.READ_WRITE ? 1 : 0);
            meters.gauge(
                    "bulkhead.ledger.version",
                    "",
                    "The number of the ledger's last commit",
                    Tags.empty(),
                    ledger.version());
            meters.gauge(
                    "bulkhead.ledger.differences",
                    "",
                    "What the ledger and the manager say differently and the administrator has to decide",
                    Tags.empty(),
                    ledger.differences().size());
            return meters.text();
        }
    }

    /** What to add where consoles are served. */
    public String ofConsoles(List<ConsoleFigures> consoles) {
        try (Meters meters = new Meters()) {
            consoles.forEach(each -> console(meters, each));
            return meters.text();
        }
    }

    private static void console(Meters meters, ConsoleFigures console) {
        Tags partition = Tags.of("partition", console.partition().value());
        meters.count(
                "bulkhead.console.bytes",
                "Bytes that came from the console since the control plane began",
                partition,
                console.received());
        meters.count(
                "bulkhead.console.lost.bytes",
                "Bytes of the console that never came to the control plane since it began",
                partition,
                console.lost());
        String viewers = "Viewers of the console by what they do: write, wait for the writing, view";
        meters.gauge("bulkhead.console.viewers", "", viewers, partition.and("kind", "writes"), console.writing());
        meters.gauge("bulkhead.console.viewers", "", viewers, partition.and("kind", "waits"), console.waiting());
        meters.gauge("bulkhead.console.viewers", "", viewers, partition.and("kind", "views"), console.viewing());
        meters.gauge(
                "bulkhead.console.lag",
                "bytes",
                "How far the slowest viewer is behind",
                partition,
                console.worstLagBytes());
        meters.count(
                "bulkhead.console.skipped.bytes",
                "Bytes that viewers did not get since the control plane began, as they were too slow or nobody had them",
                partition,
                console.skippedBytes());
        meters.count(
                "bulkhead.console.log.lost.bytes",
                "Bytes that the console's log could not record since the control plane began",
                partition,
                console.logLostBytes());
        meters.gauge(
                "bulkhead.console.log.latency",
                "seconds",
                "How long the log's last batch waited until it was written",
                partition,
                console.logLatencyMicros(),
                1_000_000);
        meters.gauge(
                "bulkhead.console.log.writable",
                "",
                "Whether the console's log can be written",
                partition,
                console.logWritable() ? 1 : 0);
    }

    private void program(Meters meters, boolean managerAnswers) {
        meters.gauge(
                "bulkhead.control.plane",
                "",
                "The control plane that answers here; always 1",
                Tags.of("instance_name", instance.value(), "version", version),
                1);
        meters.gauge(
                "bulkhead.manager.up",
                "",
                "Whether the partition manager answers",
                Tags.empty(),
                managerAnswers ? 1 : 0);
        meters.requests(requests);
    }

    // ---- the host

    private static void host(Meters meters, HostView host) {
        Map<String, Long> cpus = new TreeMap<>(Map.of("host", 0L, "partitions", 0L, "free", 0L));
        for (HostView.Owner owner : host.owners()) {
            boolean special =
                    owner.owner().equals(HostView.HOST) || owner.owner().equals(HostView.FREE);
            cpus.merge(special ? owner.owner() : "partitions", 1L, Long::sum);
        }
        cpus.forEach((owner, count) -> meters.gauge(
                "bulkhead.host.cpus",
                "",
                "Online CPUs by owner; the pool is the host's",
                Tags.of(OWNER, owner),
                count));
        HostView.Memory memory = host.memory();
        Map.of("host", memory.host(), "partitions", memory.partitions(), "free", memory.free())
                .forEach((owner, size) -> meters.gauge(
                        "bulkhead.host.memory", "bytes", "RAM by owner", Tags.of(OWNER, owner), size.bytes()));
        HostView.Pool pool = host.pool();
        host.storage().ifPresent(storage -> Map.of(
                        "host", storage.host(), "partitions", storage.partitions(), "free", storage.free())
                .forEach((owner, size) -> meters.gauge(
                        "bulkhead.host.storage",
                        "bytes",
                        "The file system of the volumes by owner",
                        Tags.of(OWNER, owner),
                        size.bytes())));
        Map.of("host", pool.host(), "partitions", pool.partitions(), "free", pool.free())
                .forEach((owner, time) -> meters.gauge(
                        "bulkhead.host.pool.cpus",
                        "",
                        "CPU time of the pool by owner, in CPUs",
                        Tags.of(OWNER, owner),
                        time.millis(),
                        1000));
    }

    // ---- a partition

    private static void status(Meters meters, PartitionStatus status) {
        Tags partition = Tags.of("partition", status.name().value());
        for (State state : State.values()) {
            meters.gauge(
                    "bulkhead.partition.state",
                    "",
                    "Where the partition is in its life: 1 for that state, 0 for the others",
                    partition.and("state", RecordCodec.constantName(state)),
                    status.state() == state ? 1 : 0);
        }
        long held = status.promises().stream().filter(Promise::held).count();
        String promises = "Promises of the partition by whether the kernel agrees with them";
        meters.gauge("bulkhead.partition.promises", "", promises, partition.and("held", "true"), held);
        meters.gauge(
                "bulkhead.partition.promises",
                "",
                promises,
                partition.and("held", "false"),
                status.promises().size() - held);
        meters.count(
                "bulkhead.console.stalls",
                "How often the partition's writers had to wait for the console's rate, since the manager began",
                partition,
                status.console().stalls());
    }

    private static void usage(Meters meters, PartitionUsage usage) {
        Tags partition = Tags.of("partition", usage.partition().value());
        usage.slice().ifPresent(slice -> slice(meters, partition, slice));
        usage.cpuMicros()
                .ifPresent(micros -> meters.seconds(
                        "bulkhead.partition.cpu", "CPU time used since the slice was bound", partition, micros));
        usage.memory()
                .ifPresent(size -> meters.gauge(
                        "bulkhead.partition.memory",
                        "bytes",
                        "RAM in use, page cache included",
                        partition,
                        size.bytes()));
        usage.tasks()
                .ifPresent(tasks ->
                        meters.gauge("bulkhead.partition.tasks", "", "Processes and threads", partition, tasks));
        meters.count(
                "bulkhead.partition.oom.kills",
                "Tasks killed for want of memory since the slice was bound",
                partition,
                usage.outOfMemoryKills());
        meters.count(
                "bulkhead.partition.tasks.refused",
                "Tasks refused for the limit on tasks since the slice was bound",
                partition,
                usage.tasksRefused());
        usage.pressure().ifPresent(pressure -> pressure(meters, partition, pressure));
        usage.intrusion().ifPresent(intrusion -> intrusion(meters, partition, intrusion));
    }

    private static void slice(Meters meters, Tags partition, Slice slice) {
        meters.gauge(
                "bulkhead.partition.slice.cpus",
                "",
                "CPUs of the slice",
                partition,
                slice.cpuTime().millis(),
                1000);
        meters.gauge(
                "bulkhead.partition.slice.memory",
                "bytes",
                "RAM of the slice",
                partition,
                slice.memory().bytes());
        meters.gauge("bulkhead.partition.slice.tasks", "", "Tasks of the slice", partition, slice.tasks());
        slice.storage()
                .ifPresent(storage -> meters.gauge(
                        "bulkhead.partition.slice.storage",
                        "bytes",
                        "Volumes of the slice together",
                        partition,
                        storage.bytes().bytes()));
        slice.network().ifPresent(network -> {
            bits(meters, partition.and("direction", "in"), network.in());
            bits(meters, partition.and("direction", "out"), network.out());
        });
    }

    private static void bits(Meters meters, Tags direction, Limit<BitRate> limit) {
        if (limit.isLimited()) {
            meters.gauge(
                    "bulkhead.partition.slice.network",
                    "bits",
                    "Bits per second that the slice may receive and send; absent without a bound",
                    direction,
                    limit.fold(BitRate::bitsPerSecond, 0L));
        }
    }

    private static void pressure(Meters meters, Tags partition, Pressure pressure) {
        pressure.cpu().ifPresent(stall -> stall(meters, partition.and("resource", "cpu"), stall));
        pressure.memory().ifPresent(stall -> stall(meters, partition.and("resource", "memory"), stall));
        pressure.io().ifPresent(stall -> stall(meters, partition.and("resource", "io"), stall));
    }

    private static void stall(Meters meters, Tags resource, Pressure.Stall stall) {
        String description = "Time that some, or all, tasks of the partition waited for the resource";
        meters.seconds("bulkhead.partition.pressure", description, resource.and("share", "some"), stall.someMicros());
        stall.fullMicros()
                .ifPresent(micros -> meters.seconds(
                        "bulkhead.partition.pressure", description, resource.and("share", "full"), micros));
    }

    private static void intrusion(Meters meters, Tags partition, Intrusion intrusion) {
        meters.seconds(
                "bulkhead.partition.intrusion",
                "CPU time that others took of the slice's whole CPUs while the manager watched; never falls",
                partition,
                intrusion.highestMicros());
        meters.gauge(
                "bulkhead.partition.intrusion.error",
                "seconds",
                "How far the intrusion can be off, either way",
                partition,
                intrusion.errorMicros(),
                1_000_000);
        meters.gauge(
                "bulkhead.partition.intrusion.window.ratio",
                "",
                "Share of the slice's CPU time that others took in the last window, as it was read: within the error,"
                        + " it can be below 0",
                partition,
                intrusion.window().intrusionMicros(),
                Math.max(1, intrusion.window().totalMicros()));
        meters.seconds(
                "bulkhead.partition.stolen",
                "CPU time that the hypervisor below took of the slice's whole CPUs while the manager watched",
                partition,
                intrusion.total().stolenMicros());
    }
}
