package io.bulkhead.console.daemons;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Brings an installation up: what is up already stays, a process that is missing is started. The manager comes first.
 *
 * <p>Each process gets a session of its own (setsid(1)), so that closing the administrator's terminal does not end it,
 * and writes to a log in the run directory.
 */
public final class Starting {
    /** A process that dies is noticed at once; one that lives may be on a machine that is emulated or overloaded. */
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final long POLL_MILLIS = 20;
    private static final int LOG_LINES = 20;

    private final Installation installation;
    private final Settings settings;
    private final Runnable check;
    private final Consumer<String> progress;

    /**
     * @param check throws where a new manager must not be started; not asked while one is up, whose partitions need it
     * @param progress is told what is being made and started, a line each
     */
    public Starting(Installation installation, Runnable check, Consumer<String> progress) {
        this.installation = installation;
        this.check = check;
        this.settings = installation.settings();
        this.progress = progress;
    }

    /** Starts what does not run and waits until both answer; the answer says whether anything had to be started. */
    public boolean run() throws IOException, InterruptedException {
        requireRoot();
        if (managerAnswers() && controlPlaneIsReady()) {
            return false;
        }
        if (!managerAnswers()) {
            check.run();
        }
        ControlPlaneUser user = user();
        makeDirectories(user);
        // Of two at the same time the second one waits, and finds everything up.
        try (FileChannel turn = FileChannel.open(
                        settings.runDirectory().resolve("up.lock"),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                FileLock held = turn.lock()) {
            return held.isValid() && startMissing(user);
        }
    }

    private boolean startMissing(ControlPlaneUser user) throws IOException, InterruptedException {
        boolean managerIsUp = managerAnswers();
        if (managerIsUp && controlPlaneIsReady()) {
            return false;
        }
        // Both at once: the control plane waits for its manager by itself, and a new manager is found by one that is
        // there.
        ProcessRecord controlPlane;
        if (managerIsUp) {
            controlPlane = running(Role.CONTROL_PLANE, environment(user));
        } else {
            ProcessRecord manager = running(Role.MANAGER, Map.of());
            controlPlane = running(Role.CONTROL_PLANE, environment(user));
            await(Role.MANAGER, manager, this::managerAnswers);
        }
        joinHostGroups(controlPlane);
        await(Role.CONTROL_PLANE, controlPlane, this::controlPlaneIsReady);
        return true;
    }

    private static void requireRoot() throws IOException {
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            throw Refusal.of(ProblemCode.NOT_PERMITTED, "starting Bulkhead needs root", "run it as root, or by sudo");
        }
    }

    private ControlPlaneUser user() throws IOException, InterruptedException {
        String name = settings.controlPlaneUser();
        Optional<ControlPlaneUser> found = ControlPlaneUser.find(name);
        if (found.isPresent()) {
            return found.get();
        }
        if (!ControlPlaneUser.mayBeMade(name)) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "there is no user '" + name + "', which control-plane.user names",
                    "make it, or name another one");
        }
        progress.accept("making the system user " + name + " for the control plane");
        return ControlPlaneUser.make(name, settings.stateDirectory());
    }

    private void makeDirectories(ControlPlaneUser user) throws IOException {
        makeDirectory(settings.stateDirectory(), "rwx--x--x");
        makeDirectory(settings.runDirectory(), "rwxr-xr-x");
        for (Path own : List.of(settings.apiSocket().getParent(), settings.controlPlaneDirectory())) {
            makeDirectory(own, own.startsWith(settings.runDirectory()) ? "rwxr-xr-x" : "rwx------");
            Files.setAttribute(own, "unix:uid", (int) user.uid());
            Files.setAttribute(own, "unix:gid", (int) user.gid());
        }
    }

    private void makeDirectory(Path directory, String mode) throws IOException {
        if (!Files.isDirectory(directory)) {
            progress.accept("making " + directory);
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
        }
    }

    private Map<String, String> environment(ControlPlaneUser user) {
        return Map.of(
                "BULKHEAD_RUN_AS",
                user.asText(),
                "BULKHEAD_SHARED_JARS",
                settings.stateDirectory().resolve("jars").toString());
    }

    /** Confines a process to what the host keeps for itself, by the files that the manager names. */
    private void joinHostGroups(ProcessRecord process) throws IOException {
        for (String file : hostGroupFiles()) {
            try {
                Files.writeString(Path.of(file), process.pid() + "\n", StandardOpenOption.WRITE);
            } catch (IOException e) {
                if (process.isRunning()) {
                    throw new IOException(
                            "the control plane cannot join the host's group by " + file + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private List<String> hostGroupFiles() throws IOException {
        try {
            Json json =
                    JsonReader.read(Files.readAllBytes(settings.runDirectory().resolve("manager.json")));
            return json instanceof Json.Obj object && object.members().get("hostGroupFiles") instanceof Json.Array files
                    ? files.items().stream()
                            .filter(Json.Text.class::isInstance)
                            .map(each -> ((Json.Text) each).value())
                            .toList()
                    : List.of();
        } catch (NoSuchFileException | WireException e) {
            return List.of();
        }
    }

    /** The process of a role: the one that runs, or a new one. */
    private ProcessRecord running(Role role, Map<String, String> environment) throws IOException {
        Path file = installation.runFile(role, ".process");
        Optional<ProcessRecord> running = ProcessRecord.readRunning(file);
        if (running.isPresent()) {
            return running.get();
        }
        progress.accept("starting the " + role.word());
        ProcessRecord started = launch(role, environment);
        started.write(file);
        return started;
    }

    private ProcessRecord launch(Role role, Map<String, String> environment) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("setsid", installation.launcher().toString(), "--daemon", role.word()));
        command.addAll(installation.arguments());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(installation.log(role).toFile()))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        return ProcessRecord.of(builder.start().pid());
    }

    private void await(Role role, ProcessRecord process, BooleanSupplier answers) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!answers.getAsBoolean()) {
            if (!process.isRunning()) {
                throw notUp(role, ProblemCode.FAILED, "the " + role.word() + " ended as it was started");
            }
            if (System.nanoTime() > deadline) {
                throw notUp(
                        role,
                        ProblemCode.TIMED_OUT,
                        "the " + role.word() + " (pid " + process.pid() + ") does not answer after "
                                + DEADLINE.toSeconds() + " s");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private Refusal notUp(Role role, ProblemCode code, String detail) {
        Path log = installation.log(role);
        return new Refusal(new Problem(
                code, detail + "; the end of " + log + ":", Optional.of("see " + log), LogTail.of(log, LOG_LINES)));
    }

    private boolean managerAnswers() {
        try (ManagerLine line = ManagerLine.open(settings.managerSocket())) {
            if (!line.greeting().instance().equals(settings.instance())) {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        "the manager at " + settings.managerSocket() + " is of the instance "
                                + line.greeting().instance(),
                        "give this one a run directory of its own by instance.run_dir");
            }
            return true;
        } catch (Refusal e) {
            if (e.problem().code() == ProblemCode.UNREACHABLE) {
                return false;
            }
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("closing a socket failed", e);
        }
    }

    private boolean controlPlaneIsReady() {
        return isReady(new ApiClient(settings.apiSocket()));
    }

    /** Whether a control plane answers and has its manager. */
    static boolean isReady(ApiClient api) {
        try {
            api.get("/readyz");
            return true;
        } catch (Refusal e) {
            return false;
        }
    }
}
