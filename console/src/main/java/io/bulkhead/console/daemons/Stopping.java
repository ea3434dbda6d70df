package io.bulkhead.console.daemons;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Takes an installation down: the partitions unless they shall stay, then the manager, then the control plane. */
public final class Stopping {
    /** How long a manager is given that may only just have been started. */
    private static final Duration COMING_UP = Duration.ofSeconds(5);

    /** Partitions may take up to an hour to stop in order, if their definitions say so. */
    private static final Duration MANAGER_DEADLINE = Duration.ofMinutes(65);

    private static final Duration CONTROL_PLANE_DEADLINE = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 20;

    private final Installation installation;
    private final Settings settings;
    private final Consumer<String> progress;

    public Stopping(Installation installation, Consumer<String> progress) {
        this.installation = installation;
        this.settings = installation.settings();
        this.progress = progress;
    }

    /** Whether anything of the installation runs. */
    public boolean isAnythingUp() {
        return running(Role.MANAGER).isPresent()
                || running(Role.CONTROL_PLANE).isPresent()
                || managerIsThere()
                || controlPlaneIsThere();
    }

    /**
     * Ends both processes and waits until they are gone.
     *
     * @param keepPartitions whether partitions go on running without a manager
     */
    public void run(boolean keepPartitions) throws IOException, InterruptedException {
        Optional<ProcessRecord> manager = running(Role.MANAGER);
        boolean managerIsThere = managerIsThere() || (manager.isPresent() && comesUp(manager.get()));
        if (managerIsThere) {
            progress.accept(
                    keepPartitions
                            ? "ending the manager; partitions go on"
                            : "stopping the partitions, then the manager");
            shutDown(keepPartitions);
            await(
                    () -> !managerIsThere()
                            && manager.filter(ProcessRecord::isRunning).isEmpty(),
                    MANAGER_DEADLINE,
                    "the manager does not end");
        } else if (manager.isPresent()) {
            progress.accept("ending the manager, which does not answer; partitions that run go on without it");
            end(manager.get(), Role.MANAGER);
        }
        Optional<ProcessRecord> controlPlane = running(Role.CONTROL_PLANE);
        if (controlPlane.isPresent()) {
            progress.accept("ending the control plane");
            end(controlPlane.get(), Role.CONTROL_PLANE);
        } else if (controlPlaneIsThere()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "the manager has ended, but the control plane was not started by 'bulkhead up'",
                    "end it as it was started, like systemctl stop bulkhead-control-plane");
        }
        for (Role role : Role.values()) {
            Files.deleteIfExists(installation.runFile(role, ".process"));
        }
    }

    /** Whether a manager that does not answer yet does so soon: one that is coming up cannot take back what it makes. */
    private boolean comesUp(ProcessRecord manager) throws InterruptedException {
        long deadline = System.nanoTime() + COMING_UP.toNanos();
        while (manager.isRunning() && System.nanoTime() < deadline) {
            if (managerIsThere()) {
                return true;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return false;
    }

    private void shutDown(boolean keepPartitions) throws IOException {
        try {
            new ApiClient(settings.apiSocket())
                    .post("/v1/shutdown", new Json.Obj(Map.of("keepPartitions", Json.of(keepPartitions))));
        } catch (Refusal e) {
            if (e.problem().code() != ProblemCode.UNREACHABLE) {
                throw e;
            }
            try (ManagerLine line = ManagerLine.open(settings.managerSocket())) {
                line.give(new Order.ShutDown(keepPartitions));
            }
        }
    }

    private static void end(ProcessRecord process, Role role) throws InterruptedException {
        ProcessHandle.of(process.pid()).filter(handle -> process.isRunning()).ifPresent(ProcessHandle::destroy);
        try {
            await(() -> !process.isRunning(), CONTROL_PLANE_DEADLINE, "the " + role.word() + " does not end");
        } catch (Refusal e) {
            ProcessHandle.of(process.pid())
                    .filter(handle -> process.isRunning())
                    .ifPresent(ProcessHandle::destroyForcibly);
            await(() -> !process.isRunning(), CONTROL_PLANE_DEADLINE, "the " + role.word() + " cannot be killed");
        }
    }

    private static void await(BooleanSupplier done, Duration within, String otherwise) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new Refusal(
                        Problem.of(ProblemCode.TIMED_OUT, otherwise + " within " + within.toSeconds() + " s"));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private Optional<ProcessRecord> running(Role role) {
        return ProcessRecord.readRunning(installation.runFile(role, ".process"));
    }

    private boolean managerIsThere() {
        try (ManagerLine line = ManagerLine.open(settings.managerSocket())) {
            return line.greeting().instance().equals(settings.instance());
        } catch (Refusal | IOException e) {
            return false;
        }
    }

    private boolean controlPlaneIsThere() {
        try {
            new ApiClient(settings.apiSocket()).get("/v1");
            return true;
        } catch (Refusal e) {
            return e.problem().code() != ProblemCode.UNREACHABLE;
        }
    }
}
