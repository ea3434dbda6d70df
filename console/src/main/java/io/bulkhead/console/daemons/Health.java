package io.bulkhead.console.daemons;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the two processes of an installation are, for whoever may ask. */
public final class Health {
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

    private final Installation installation;
    private final Settings settings;

    public Health(Installation installation) {
        this.installation = installation;
        this.settings = installation.settings();
    }

    /**
     * One process.
     *
     * @param role which
     * @param answers whether it answers on its socket
     * @param pid its number, where known
     * @param version of its program, where it answers
     * @param startedAtMillis when it started, milliseconds since 1970 UTC, where known
     * @param residentBytes its memory, where known
     * @param socket where it listens
     */
    public record Condition(
            Role role,
            boolean answers,
            Optional<Long> pid,
            Optional<String> version,
            Optional<Long> startedAtMillis,
            Optional<Long> residentBytes,
            Path socket) {}

    /** The host as the manager has it, where it answers. */
    public Optional<HostStatus> host() {
        return hostByManager().or(this::hostByControlPlane);
    }

    /** The partitions as the manager has them, where its own socket answers. */
    public Optional<List<PartitionStatus>> partitions() {
        try (ManagerLine line = ManagerLine.open(settings.managerSocket())) {
            return line.give(new Order.ListPartitions()) instanceof Reply.Partitions all
                    ? Optional.of(all.partitions())
                    : Optional.empty();
        } catch (Refusal | IOException e) {
            return Optional.empty();
        }
    }

    /** By the manager's own socket, or, where that is not allowed, by what the control plane says of it. */
    public Condition manager() {
        Optional<HostStatus> host = host();
        Optional<Long> pid = host.map(HostStatus::managerPid).or(() -> recorded(Role.MANAGER));
        return new Condition(
                Role.MANAGER,
                host.isPresent(),
                pid,
                host.map(HostStatus::managerVersion),
                host.map(HostStatus::startedAtMillis),
                pid.flatMap(Health::resident),
                settings.managerSocket());
    }

    public Condition controlPlane() {
        Optional<Json.Obj> about = about();
        Optional<Long> pid = recorded(Role.CONTROL_PLANE);
        return new Condition(
                Role.CONTROL_PLANE,
                about.isPresent(),
                pid,
                about.flatMap(body -> body.members().get("version") instanceof Json.Text text
                        ? Optional.of(text.value())
                        : Optional.empty()),
                pid.flatMap(Health::startedAt),
                pid.flatMap(Health::resident),
                settings.apiSocket());
    }

    /** Whether the control plane answers and has its manager. */
    public boolean isUp() {
        return Starting.isReady(new ApiClient(settings.apiSocket()));
    }

    private Optional<Json.Obj> about() {
        try {
            return new ApiClient(settings.apiSocket()).get("/v1") instanceof Json.Obj body
                    ? Optional.of(body)
                    : Optional.empty();
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    private Optional<HostStatus> hostByManager() {
        try (ManagerLine line = ManagerLine.open(settings.managerSocket())) {
            return line.give(new Order.DescribeHost()) instanceof Reply.Host host
                    ? Optional.of(host.host())
                    : Optional.empty();
        } catch (Refusal | IOException e) {
            return Optional.empty();
        }
    }

    private Optional<HostStatus> hostByControlPlane() {
        try {
            return new ApiClient(settings.apiSocket()).get("/v1/host") instanceof Json.Obj body
                            && body.members().get("host") instanceof Json.Obj host
                    ? Optional.of(ApiClient.decode(HostStatus.class, host))
                    : Optional.empty();
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    private Optional<Long> recorded(Role role) {
        try {
            return ProcessRecord.readRunning(installation.runFile(role, ".process"))
                    .map(ProcessRecord::pid);
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> startedAt(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(handle -> handle.info().startInstant())
                .map(Instant::toEpochMilli);
    }

    /** proc_pid_status(5), VmRSS. */
    private static Optional<Long> resident(long pid) {
        try {
            Matcher matcher = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
            return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1)) * 1024) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
