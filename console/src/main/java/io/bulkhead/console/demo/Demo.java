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
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows on this machine that Bulkhead does what it says, and takes everything down again, also when it is interrupted or
 * fails in the middle.
 */
public final class Demo {
    private static final int WORK_REQUESTS = 5;
    private static final long TENTH_OF_A_SECOND = 100;

    /** Wider lines are hard to read, whatever the terminal has. */
    private static final int WIDEST = 100;

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
     * @param width columns of a line
     * @param definitionsFile the partitions {@code critical} and {@code batch}
     * @param keep whether to leave everything running
     * @return whether every line holds
     */
    public static boolean run(PrintStream out, boolean colour, int width, Path definitionsFile, boolean keep)
            throws IOException, InterruptedException {
        if (!Files.isReadable(definitionsFile)) {
            throw Refusal.of(
                    ProblemCode.NOT_FOUND, "the definitions of the demonstration are not at " + definitionsFile);
        }
        Report report = new Report(out, colour, Math.min(WIDEST, width));
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
        Stage stage = Stage.build(topology, keep);
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
        report.say("puts a real load into each for every promise, and takes everything down again. Every figure below "
                + "is measured in this run.");
    }

    private void play(Stage stage, Topology topology, List<PartitionSpec> written)
            throws IOException, InterruptedException {
        report.heading("Up");
        long before = System.nanoTime();
        new Starting(stage.installation(), () -> {}, report::step).run();
        report.say("  manager and control plane are ready after " + millisSince(before) + " ms");
        ApiClient api = new ApiClient(stage.settings().apiSocket());
        Defining defining = define(api, stage, topology, written);
        List<PartitionName> names = defining.names();
        for (PartitionName name : names) {
            long start = System.nanoTime();
            api.post("/v1/partitions/" + name + "/start", new Json.Obj(Map.of()));
            report.say("  " + name + " has booted after " + millisSince(start) + " ms");
        }
        Inside inside = new Inside(api);
        Certified certified = new Certified(api);
        PartitionName first = names.get(0);
        PartitionName second = names.get(1);
        hardware(new Measurements(inside, certified, names));
        storage(
                new StorageScene(
                        inside, certified, stage.settings().stateDirectory().resolve("partitions")),
                defining);
        network(new NetworkScene(api, inside, certified, defining), stage, defining);
        report.heading("What " + first + " takes for the machine");
        report.lines(new ViewsScene(inside, certified).lines(first));
        report.heading("Root of " + second + " tries to get out");
        report.lines(new EscapeScene(inside).lines(second, managerPid(api)));
        report.heading("The same system, and yet its own");
        List<Line> system = new ArrayList<>(new SameSystem(inside).lines(first));
        system.addAll(new GenerationScene(api, inside).lines(first));
        report.lines(system);
        report.heading("The service of " + first);
        report.lines(service(inside, names));
        report.heading("Somebody changes a limit of " + second + " behind Bulkhead's back");
        report.lines(new DriftScene(api, certified).lines(second));
        report.heading("The console of " + second);
        report.line(console(api, inside, second));
        report.heading("The certificates");
        report.lines(certified.lines(names));
    }

    private void hardware(Measurements measurements) throws IOException, InterruptedException {
        report.heading("CPUs, memory, tasks and the disk");
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
    }

    private void storage(StorageScene scene, Defining defining) throws IOException, InterruptedException {
        PartitionName filler = defining.names().get(1);
        report.heading("Storage");
        Optional<ByteSize> size = defining.spec(filler).claim().storage().flatMap(StorageSlice::own);
        if (size.isEmpty()) {
            report.line(notHere(filler + " storage", "a volume", Part.STORAGE, defining));
            return;
        }
        report.step(filler + " writes until its volume is full");
        report.lines(scene.lines(filler, size.get(), defining.names().get(0)));
    }

    private void network(NetworkScene scene, Stage stage, Defining defining) throws IOException, InterruptedException {
        PartitionName server = defining.names().get(0);
        PartitionName client = defining.names().get(1);
        report.heading("Network");
        if (!Part.NETWORK.isIn(defining.spec(server)) || !Part.NETWORK.isIn(defining.spec(client))) {
            report.line(notHere("network", "a place on it", Part.NETWORK, defining));
            return;
        }
        report.step("as much as goes, to " + client + " and from it");
        List<Line> lines = new ArrayList<>(scene.rates(client));
        report.step(client + " calls " + server + ", is made its peer, and calls again");
        lines.addAll(scene.peers(server, client));
        Optional<Integer> port = defining.spec(server)
                .access()
                .flatMap(access -> access.publish().stream().findFirst())
                .map(PublishedPort::hostPort);
        if (port.isEmpty()) {
            lines.add(notHere(server + " published", "a port of the host", Part.PORTS, defining));
        } else if (stage.outside().isEmpty()) {
            lines.add(Line.notHere(server + " published", "port " + port.get(), stage.whyNobodyIsOutside()));
        } else {
            lines.add(NetworkScene.published(server, port.get(), stage.outside().get()));
        }
        report.lines(lines);
    }

    private static Line notHere(String subject, String asked, Part part, Defining defining) {
        return Line.notHere(subject, asked, defining.refusal(part).orElse("its definition has none"));
    }

    private static long managerPid(ApiClient api) {
        if (api.get("/v1/host") instanceof Json.Obj body
                && body.members().get("host") instanceof Json.Obj host
                && host.members().get("managerPid") instanceof Json.Whole pid) {
            return pid.value();
        }
        throw Refusal.of(ProblemCode.PROTOCOL_ERROR, "the description of the host is not understood");
    }

    private Defining define(ApiClient api, Stage stage, Topology topology, List<PartitionSpec> written) {
        HostExtract host = HostExtract.of(api.get("/v1/host"));
        Defining defining = new Defining(api);
        if (stage.outside().isEmpty() && !keep) {
            defining.rule(Part.PORTS, stage.whyNobodyIsOutside());
        }
        for (PartitionSpec each : written) {
            PartitionSpec spec = Sizing.fit(each, topology, host.freeMemory(), host.hasDisk());
            if (!spec.claim().io().equals(each.claim().io())) {
                report.say("  there is no disk under /var/tmp whose I/O can be bounded: " + each.name()
                        + " gets no bounds");
            }
            long before = System.nanoTime();
            defining.define(spec);
            report.say("  " + spec.name() + " is defined, its slice taken, after " + millisSince(before) + " ms");
        }
        return defining;
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
                answer.map(each -> each.status() + " " + each.body().replace(",", ", "))
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
        sinceItsLastBoot(transcript).forEach(line -> report.say("  | " + line));
        List<String> shown = transcript.lines().map(String::strip).toList();
        boolean held = shown.contains(name.value()) && shown.contains(nproc);
        return new Line(name + " console", "a login", "-", held ? "logged in, commands answered" : "no answer", held);
    }

    private static List<String> sinceItsLastBoot(String transcript) {
        List<String> lines = transcript.lines().toList();
        int last = 0;
        for (int line = 0; line < lines.size(); line++) {
            last = lines.get(line).endsWith(" starts --") ? line : last;
        }
        return lines.subList(last, lines.size());
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
                gone("network interfaces", left.interfaces()),
                gone("packet filter tables", left.filterTables()),
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
