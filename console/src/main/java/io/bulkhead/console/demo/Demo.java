package io.bulkhead.console.demo;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.definition.DefinitionLoader;
import io.bulkhead.broker.inventory.InventoryReader;
import io.bulkhead.console.checks.Leftovers;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.daemons.Starting;
import io.bulkhead.console.daemons.Stopping;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Shows on this machine that Bulkhead does what it says, and takes everything down again, also when it is interrupted or
 * fails in the middle.
 */
public final class Demo {
    private static final int WORK_REQUESTS = 5;
    private static final long TENTH_OF_A_SECOND = 100;

    private final Report report;
    private final Path definitionsFile;
    private final boolean keep;

    private Demo(Report report, Path definitionsFile, boolean keep) {
        this.report = report;
        this.definitionsFile = definitionsFile;
        this.keep = keep;
    }

    /**
     * Runs it.
     *
     * @param out where the story goes
     * @param colour whether it may be coloured
     * @param definitionsFile the partitions {@code critical} and {@code batch}
     * @param keep whether to leave everything running
     * @return whether every line holds
     */
    public static boolean run(PrintStream out, boolean colour, Path definitionsFile, boolean keep)
            throws IOException, InterruptedException {
        if (!Files.isReadable(definitionsFile)) {
            throw Refusal.of(
                    ProblemCode.NOT_FOUND, "the definitions of the demonstration are not at " + definitionsFile);
        }
        Report report = new Report(out, colour);
        new Demo(report, definitionsFile, keep).run();
        report.verdict();
        return report.allHeld();
    }

    private void run() throws IOException, InterruptedException {
        Topology topology = new InventoryReader(Path.of("/")).read();
        Sizing.check(topology);
        List<PartitionSpec> written = DefinitionLoader.load(definitionsFile).stream()
                .map(Definition::spec)
                .toList();
        announce(topology, written);
        Stage stage = Stage.build(topology);
        boolean played = false;
        try {
            play(stage, topology, written);
            played = true;
        } finally {
            if (!keep || !played) {
                takeDown(stage);
                stage.remove();
            }
        }
        if (keep) {
            tellHowToGoOn(stage);
        } else {
            report.heading("What is left");
            report.lines(nothingLeft(stage));
        }
    }

    private void announce(Topology topology, List<PartitionSpec> written) {
        report.heading("Bulkhead demonstration");
        report.say("This machine: " + topology.cpus().size() + " CPUs in "
                + topology.cores().size() + " cores, " + Words.size(topology.memory()) + ".");
        report.say("It starts a throw-away installation (instance bulkhead-demo, files in /var/tmp), boots");
        for (PartitionSpec spec : written) {
            report.say("  " + spec.name() + ": " + spec.claim().cpus() + " CPU, "
                    + spec.claim().memory() + ", "
                    + spec.description().orElse(spec.init().kind()));
        }
        report.say("puts a real load into each for every promise, and takes everything down again.");
    }

    private void play(Stage stage, Topology topology, List<PartitionSpec> written)
            throws IOException, InterruptedException {
        report.heading("Up");
        long before = System.nanoTime();
        new Starting(stage.installation(), () -> {}, report::step).run();
        report.say("  manager and control plane are ready after " + millisSince(before) + " ms");
        ApiClient api = new ApiClient(stage.settings().apiSocket());
        List<PartitionName> names = define(api, topology, written);
        for (PartitionName name : names) {
            long start = System.nanoTime();
            api.post("/v1/partitions/" + name + "/start", new Json.Obj(Map.of()));
            report.say("  " + name + " has booted after " + millisSince(start) + " ms");
        }
        Measurements measurements = new Measurements(api, names);
        Inside inside = new Inside(api);
        report.heading("Promises");
        List<Line> lines = new ArrayList<>();
        report.step("both partitions spin on every CPU they see, side by side");
        lines.addAll(measurements.cpus());
        report.step("each asks for more memory than it has");
        lines.addAll(measurements.memory());
        report.step("each forks until it cannot");
        lines.addAll(measurements.tasks());
        report.step("direct writes and reads");
        lines.addAll(measurements.io());
        report.lines(lines);
        report.heading("The same system, and yet its own");
        report.lines(new SameSystem(inside).lines(names.get(0)));
        report.heading("The service of " + names.get(0));
        report.lines(service(inside, names));
        report.heading("The console of " + names.get(1));
        report.line(console(api, inside, names.get(1)));
    }

    private List<PartitionName> define(ApiClient api, Topology topology, List<PartitionSpec> written) {
        HostExtract host = HostExtract.of(api.get("/v1/host"));
        List<PartitionName> names = new ArrayList<>();
        for (PartitionSpec each : written) {
            PartitionSpec spec = Sizing.fit(each, topology, host.freeMemory(), host.hasDisk());
            if (!spec.claim().io().equals(each.claim().io())) {
                report.say("  there is no disk under /var/tmp whose I/O can be bounded: " + each.name()
                        + " gets no bounds");
            }
            api.put("/v1/partitions/" + spec.name(), new Json.Obj(Map.of("definition", RecordCodec.encode(spec))));
            names.add(spec.name());
        }
        return names;
    }

    /** What of {@code GET /v1/host} is needed. */
    private record HostExtract(ByteSize freeMemory, boolean hasDisk) {
        static HostExtract of(Json answer) {
            if (answer instanceof Json.Obj body
                    && body.members().get("memory") instanceof Json.Obj memory
                    && memory.members().get("freeBytes") instanceof Json.Whole free
                    && body.members().get("host") instanceof Json.Obj host) {
                return new HostExtract(
                        new ByteSize(free.value()), host.members().containsKey("disk"));
            }
            throw Refusal.of(ProblemCode.PROTOCOL_ERROR, "the description of the host is not understood");
        }
    }

    /** It answers under its own name, and hardly slower while the neighbour spins. */
    private static List<Line> service(Inside inside, List<PartitionName> names)
            throws IOException, InterruptedException {
        PartitionName name = names.get(0);
        Inside.Result first = inside.run(name, Probes.service("/", 1));
        var answer = Probes.serviceUse(first.out());
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                name + " answers",
                "HTTP 200",
                "-",
                answer.map(each -> each.status() + " " + each.body())
                        .orElse("nothing: " + first.err().strip()),
                answer.filter(each -> each.status() == 200 && each.body().contains("\"" + name + "\""))
                        .isPresent()));
        var alone = Probes.serviceUse(
                inside.run(name, Probes.service("/work", WORK_REQUESTS)).out());
        Thread hog = new Thread(() -> spin(inside, names.get(1)), "demo-hog");
        hog.start();
        var beside = Probes.serviceUse(
                inside.run(name, Probes.service("/work", WORK_REQUESTS)).out());
        hog.join();
        lines.add(new Line(
                name + " undisturbed",
                "same speed beside a hog",
                "alone: " + alone.map(Demo::slowest).orElse("no answer"),
                "beside: " + beside.map(Demo::slowest).orElse("no answer"),
                alone.isPresent()
                        && beside.isPresent()
                        && alone.get().status() == 200
                        && beside.get().status() == 200
                        && beside.get().slowestMicros() <= 2 * alone.get().slowestMicros() + TENTH_OF_A_SECOND * 1000));
        return lines;
    }

    private static void spin(Inside inside, PartitionName name) {
        try {
            inside.run(name, Probes.cpu(2, 8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String slowest(Probes.ServiceUse use) {
        return "slowest of " + WORK_REQUESTS + ": " + use.slowestMicros() / 1000 + " ms";
    }

    private Line console(ApiClient api, Inside inside, PartitionName name) throws IOException {
        String nproc = inside.run(name, List.of("nproc")).out().strip();
        String transcript = new Transcript(api).of(name, "hostname; nproc");
        transcript.lines().forEach(line -> report.say("  | " + line));
        List<String> shown = transcript.lines().map(String::strip).toList();
        boolean held = shown.contains(name.value()) && shown.contains(nproc);
        return new Line(name + " console", "a login", "-", held ? "logged in, commands answered" : "no answer", held);
    }

    private void takeDown(Stage stage) throws IOException {
        boolean interrupted = Thread.interrupted();
        report.heading("Down");
        try {
            long before = System.nanoTime();
            Stopping stopping = new Stopping(stage.installation(), report::step);
            if (stopping.isAnythingUp()) {
                stopping.run(false);
            }
            report.say("  down after " + millisSince(before) + " ms");
        } catch (InterruptedException e) {
            interrupted = true;
            report.say("  interrupted again: what is left is in " + stage.directory());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Line> nothingLeft(Stage stage) {
        Leftovers left = stage.leftovers();
        return List.of(
                gone("control groups", left.groups()),
                gone("mounts", left.mounts()),
                gone("processes", left.processes()),
                gone("pseudoterminals", left.terminals()),
                gone("loop devices", left.loopDevices()),
                gone(
                        "files",
                        Files.exists(stage.directory())
                                ? List.of(stage.directory().toString())
                                : List.of()));
    }

    private static Line gone(String what, List<String> left) {
        return new Line(what, "none", "-", left.isEmpty() ? "none" : left.size() + ": " + left.get(0), left.isEmpty());
    }

    private void tellHowToGoOn(Stage stage) {
        report.heading("It is left running");
        report.say("  export BULKHEAD_CONFIG=" + stage.config());
        report.say("  bulkhead list                  bulkhead console batch");
        report.say("  bulkhead verify                bulkhead exec critical -- ps aux");
        report.say("and to take it down:");
        report.say("  bulkhead down --yes && rm -r " + stage.directory());
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
