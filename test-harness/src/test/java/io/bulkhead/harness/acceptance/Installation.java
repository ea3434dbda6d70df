package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.cli.Main;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Bulkhead installation of a test's own, driven through the launcher; removed with all it made on close. */
final class Installation implements AutoCloseable {
    /** How long any one command may take before the test gives up. */
    private static final Duration COMMAND_DEADLINE = Duration.ofSeconds(90);

    /** Property: verbs run in the test's own JVM, for places where starting one takes ten seconds. Our processes stay real. */
    private static final String VERBS_INSIDE = "bulkhead.test.verbs-inside";

    /** Property: {@link #up} is always the same installation. For hosts that are thrown away, where bringing one up takes long. */
    private static final String SHARED = "bulkhead.test.shared";

    private static @Nullable Installation shared;

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Each installation has 64 ranges of its own from here on. */
    private static final long FIRST_UID = 65_536L * 20_000;

    private static final long UIDS = 65_536L * 64;

    /** How many installations' ranges there are for each of the JVMs that run tests side by side, up to four. */
    private static final long ROOM = 32;

    /** Which of them this is, from 1 on. */
    private static final int JVM = Integer.getInteger("bulkhead.test.jvm", 1);

    private final String name;
    private final long uidBase;
    private final Path directory;
    private final Path runDirectory;
    private final Path config;

    /** What a command printed and how it ended. */
    record Result(int status, String out, String err) {
        Result expect(int wanted) {
            assertThat(status).as("exit status; out:%n%s%nerr:%n%s", out, err).isEqualTo(wanted);
            return this;
        }
    }

    private Installation(String name, long uidBase, Path directory, Path runDirectory, Path config) {
        this.name = name;
        this.uidBase = uidBase;
        this.directory = directory;
        this.runDirectory = runDirectory;
        this.config = config;
    }

    /** A byte for an address, at random, so that what was there before is forgotten, and no other JVM's: 1 to 240. */
    static int networkByte() {
        return 1 + 60 * ((JVM - 1) % 4) + ThreadLocalRandom.current().nextInt(60);
    }

    /** Makes directories and settings; starts nothing. */
    static Installation create() {
        int number = COUNT.incrementAndGet();
        String name = "bh-test-" + ProcessHandle.current().pid() + "-" + number;
        // Other tests may run on this host at the same time.
        long uidBase = FIRST_UID + UIDS * ((ProcessHandle.current().pid() + number) % ROOM + ROOM * ((JVM - 1) % 4));
        try {
            // The socket's path must stay below 108 bytes, so not below the build directory.
            Path directory = Files.createTempDirectory("bh-");
            Files.setPosixFilePermissions(
                    directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
            Path config = directory.resolve("bulkhead.conf");
            Files.writeString(config, """
                    [instance]
                    name = %s
                    state_dir = %s/state
                    run_dir = %s/run
                    definitions_dir = %s/partitions
                    [partitions]
                    uid_base = %d
                    uid_ranges = 64
                    [control-plane]
                    user = 64321
                    """.formatted(name, directory, directory, directory, uidBase));
            return new Installation(name, uidBase, directory, directory.resolve("run"), config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one that is installed on this machine as a service; whoever closes it removes nothing. */
    static Installation ofTheSystem() {
        return new Installation(
                "bulkhead",
                0,
                Path.of("/var/lib/bulkhead"),
                Path.of("/run/bulkhead"),
                Path.of("/etc/bulkhead/bulkhead.conf"));
    }

    /** Makes an installation and brings it up; where {@link #SHARED} says so, it is the one of all who call this. */
    static Installation up() {
        if (!Boolean.getBoolean(SHARED)) {
            return upAlone();
        }
        Installation first = shared;
        if (first == null) {
            first = upAlone();
            shared = first;
        }
        return first;
    }

    private static Installation upAlone() {
        Installation installation = create();
        try {
            installation.run("up").expect(0);
            return installation;
        } catch (RuntimeException | AssertionError e) {
            installation.close();
            throw e;
        }
    }

    /** The kernel objects of the host that this installation could have left. */
    HostSnapshot snapshot() {
        return HostSnapshot.of(name, uid -> uid >= uidBase && uid < uidBase + UIDS);
    }

    /** All that is this installation's alone, with what its manager holds while there is one. */
    InstallationSnapshot ownSnapshot() {
        Optional<Long> manager = Files.exists(file("manager.pid")) ? Optional.of(managerPid()) : Optional.empty();
        return InstallationSnapshot.of(this, manager, uid -> uid >= uidBase && uid < uidBase + UIDS);
    }

    String name() {
        return name;
    }

    Path directory() {
        return directory;
    }

    Path config() {
        return config;
    }

    Path managerSocket() {
        return runDirectory.resolve("manager.sock");
    }

    Path apiSocket() {
        return runDirectory.resolve("control/api.sock");
    }

    /** Runs a verb through the launcher. */
    Result run(String... arguments) {
        return runWithInput("", arguments);
    }

    /** Runs a verb with something to read: through the launcher, or in this JVM where {@link #VERBS_INSIDE} says so. */
    Result runWithInput(String input, String... arguments) {
        List<String> words = new ArrayList<>(List.of("--config", config.toString()));
        words.addAll(Arrays.asList(arguments));
        if (Boolean.getBoolean(VERBS_INSIDE)) {
            return runInside(input, words);
        }
        words.add(0, Checkout.root().resolve("bulkhead").toString());
        return Commands.run(words, input, Patience.of(COMMAND_DEADLINE));
    }

    private static Result runInside(String input, List<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.run(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                words.toArray(String[]::new));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    ApiClient api() {
        return new ApiClient(apiSocket());
    }

    PartitionStatus show(String partition) {
        return api().get("/v1/partitions/" + partition, PartitionStatus.class);
    }

    HostStatus hostStatus() {
        Json.Obj answer = (Json.Obj) api().get("/v1/host");
        return ApiClient.decode(HostStatus.class, answer.members().get("host"));
    }

    /** The CPUs that a partition has for itself. */
    CpuSet wholeCpus(String partition) {
        return ((CpuSlice.Whole) show(partition).slice().orElseThrow().cpus()).cpus();
    }

    /** The control group with a partition's limits, of version 2. */
    Path groupOf(String partition) {
        Path evidence = show(partition).promises().stream()
                .filter(promise -> promise.resource() == Resource.MEMORY)
                .map(promise -> Path.of(promise.evidence()))
                .findFirst()
                .orElseThrow();
        return evidence.resolve("..").normalize();
    }

    /** Processes in a partition, in the host's numbering, without those that end meanwhile. */
    List<Long> processesOf(String partition) {
        try (Stream<Path> files = Files.walk(groupOf(partition))) {
            return files.filter(file -> file.endsWith("cgroup.procs"))
                    .filter(file -> file.toString().contains("/in/"))
                    .flatMap(file -> ThisHost.text(file).lines())
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Posts one of the verbs and returns the status after it. */
    PartitionStatus post(String partition, String verb) {
        return ApiClient.decode(
                PartitionStatus.class, api().post("/v1/partitions/" + partition + "/" + verb, new Json.Obj(Map.of())));
    }

    /** Kills and deletes every partition. */
    void deletePartitions() {
        List<PartitionStatus> all = ApiClient.decode(Reply.Partitions.class, api().get("/v1/partitions"))
                .partitions();
        for (PartitionStatus partition : all) {
            String name = partition.name().value();
            run("stop", name, "--kill", "--yes").expect(0);
            run("delete", name, "--yes", "--wipe").expect(0);
        }
    }

    /** Starts a shell command inside a partition, without a terminal, and gives its stream. */
    FrameStream open(String partition, String script) {
        return api().openStream(new Order.ExecuteCommand(
                new PartitionName(partition), List.of("/bin/sh", "-c", script), Map.of(), Optional.empty()));
    }

    /** Runs a shell command inside a partition and returns what it printed, both streams together. */
    Result exec(String partition, String script) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (FrameStream stream = open(partition, script)) {
            endInput(stream);
            for (Optional<Frame> next = stream.receive(); next.isPresent(); next = stream.receive()) {
                Frame frame = next.get();
                if (frame.kind() == Frame.Kind.OUTPUT) {
                    out.write(frame.payload());
                } else if (frame.kind() == Frame.Kind.ERROR_OUTPUT) {
                    err.write(frame.payload());
                } else if (frame.as(StreamMessage.class) instanceof StreamMessage.Exited exited) {
                    return new Result(
                            exited.status(),
                            out.toString(StandardCharsets.UTF_8),
                            err.toString(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("the command's stream ended without its status");
    }

    private static void endInput(FrameStream stream) {
        try {
            stream.send(Frame.stream(new StreamMessage.EndOfInput()));
        } catch (IOException e) {
            // The command has already ended; what it printed is still there to be read.
        }
    }

    /** A file in the run directory. */
    Path file(String name) {
        return runDirectory.resolve(name);
    }

    /** The manager's process id. */
    long managerPid() {
        return pid("manager.pid");
    }

    long controlPlanePid() {
        return pid("control-plane.process");
    }

    private long pid(String file) {
        try {
            // The start time may stand behind the number.
            return Long.parseLong(
                    Files.readString(runDirectory.resolve(file)).strip().split(" ", 2)[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills a process as kill -9 does and waits until it is gone. */
    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            Commands.run(List.of("kill", "-9", Long.toString(pid)), "", Patience.seconds(10));
            await().atMost(Patience.seconds(10)).until(() -> !Files.exists(Path.of("/proc/" + pid)) || isZombie(pid));
        });
    }

    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        if (this == shared) {
            // Some tests kill our processes.
            run("up").expect(0);
            deletePartitions();
            return;
        }
        if (Files.exists(runDirectory)) {
            Result down = run("down", "--yes");
            if (down.status() != 0) {
                System.err.println("down failed: " + down);
            }
        }
        deleteTree(directory);
    }

    private static void deleteTree(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a partition's console to have put out a text, and returns all of its history. */
    String awaitConsole(String partition, String text) {
        return await().atMost(Patience.seconds(20))
                .until(() -> run("logs", "--raw", partition).expect(0).out(), log -> log.contains(text));
    }
}
