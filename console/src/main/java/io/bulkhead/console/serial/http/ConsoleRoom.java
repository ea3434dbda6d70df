package io.bulkhead.console.serial.http;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.SshKey;
import io.bulkhead.broker.audit.AuditEntry;
import io.bulkhead.broker.audit.AuditTrail;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.http.Consoles;
import io.bulkhead.console.serial.AttachTimes;
import io.bulkhead.console.serial.ConsoleAudit;
import io.bulkhead.console.serial.ConsoleBreaks;
import io.bulkhead.console.serial.ConsoleOptions;
import io.bulkhead.console.serial.ConsoleRight;
import io.bulkhead.console.serial.ConsoleRights;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.LoggedPast;
import io.bulkhead.console.serial.PartitionReport;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.console.serial.client.EventLoopThread;
import io.bulkhead.console.serial.client.ManagerLines;
import io.bulkhead.console.serial.log.FileConsoleLogs;
import io.bulkhead.console.serial.web.Origins;
import io.bulkhead.console.serial.web.WebSocketGate;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.settings.Settings;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Puts the console service together out of the settings, and takes it apart. */
public final class ConsoleRoom implements AutoCloseable {
    private static final long CLOSE_SECONDS = 10;

    private final ServiceThread thread;
    private final ConsoleService service;
    private final LoggedPast past;
    private final ConsoleApi api;

    private ConsoleRoom(Vertx vertx, ServiceThread thread, ConsoleService service, LoggedPast past, Origins origins) {
        this.thread = thread;
        this.service = service;
        this.past = past;
        this.api = new ConsoleApi(vertx, service, new WebSocketGate(vertx, service, origins));
    }

    /**
     * A service that is not started yet.
     *
     * @param vertx with one event loop, which becomes the service's thread
     * @param manager for the streams
     * @param broker for the list of partitions and their measures
     * @param audit where it is written down who did what
     * @param logs of the consoles; their owner closes them behind this
     * @param more rights beside those of the settings, asked each time
     */
    public static ConsoleRoom of(
            Vertx vertx,
            ManagerClient manager,
            Broker broker,
            AuditTrail audit,
            FileConsoleLogs logs,
            Settings settings,
            Supplier<List<ConsoleRights.Grant>> more) {
        Settings.Consoles how = settings.consoles();
        ServiceThread thread = new EventLoopThread(vertx);
        LoggedPast past = new LoggedPast(logs);
        ConsoleOptions options = ConsoleOptions.DEFAULT
                .withLease(ConsoleOptions.DEFAULT.lease().withIdleMillis(millis(how.writerIdle())))
                .withTimes(times(how));
        return new ConsoleRoom(
                vertx,
                thread,
                new ConsoleService(new ConsoleService.Parts(
                        thread,
                        new ManagerLines(manager, thread, broker::list),
                        logs,
                        past,
                        rights(how, more),
                        writingTo(audit),
                        breaks(how, broker),
                        options)),
                past,
                new Origins(settings.api().allowedOrigins()));
    }

    private static long millis(Optional<Duration> time) {
        return time.map(Duration::toMillis).orElse(0L);
    }

    private static Map<Role, AttachTimes> times(Settings.Consoles how) {
        Map<Role, AttachTimes> times = new EnumMap<>(Role.class);
        for (Settings.ConsoleRole role : Settings.ConsoleRole.values()) {
            times.put(
                    Role.valueOf(role.name()),
                    new AttachTimes(
                            millis(Optional.ofNullable(how.mostIdle().get(role))),
                            millis(Optional.ofNullable(how.mostAttached().get(role)))));
        }
        return times;
    }

    private static ConsoleRights rights(Settings.Consoles how, Supplier<List<ConsoleRights.Grant>> more) {
        Map<ConsoleRight, Role> roles = new EnumMap<>(ConsoleRight.class);
        roles.put(ConsoleRight.READ, Role.valueOf(how.read().name()));
        roles.put(ConsoleRight.WRITE, Role.valueOf(how.write().name()));
        roles.put(ConsoleRight.TAKE_OVER, Role.valueOf(how.takeOver().name()));
        return new ConsoleRights(
                roles,
                how.grants().stream()
                        .map(each -> new ConsoleRights.Grant(
                                each.who(),
                                ConsoleRight.valueOf(
                                        each.right().toUpperCase(Locale.ROOT).replace('-', '_')),
                                each.partitions()))
                        .toList(),
                more);
    }

    /** The rights that SSH keys give their owners. */
    public static List<ConsoleRights.Grant> rights(List<SshKey> keys) {
        return keys.stream()
                .flatMap(key -> key.rights().stream().map(right -> {
                    String[] parts = right.split("@", 2);
                    ConsoleRight upTo = ConsoleRight.valueOf(
                            parts[0].toUpperCase(Locale.ROOT).replace('-', '_'));
                    return new ConsoleRights.Grant("ssh " + key.name(), upTo, parts[1]);
                }))
                .distinct()
                .toList();
    }

    private static ConsoleAudit writingTo(AuditTrail audit) {
        return (caller, verb, partition, problem) ->
                audit.append(AuditEntry.of(caller, verb, Optional.of(partition.value()), problem));
    }

    private static ConsoleBreaks breaks(Settings.Consoles how, Broker broker) {
        return how.breakReports()
                ? name -> broker.usage().thenApply(all -> PartitionReport.of(name, all))
                : name -> CompletableFuture.failedFuture(
                        Refusal.of(ProblemCode.NOT_PERMITTED, "breaks are turned off by consoles.break"));
    }

    /** The service itself, for transports other than the API. */
    public ConsoleService service() {
        return service;
    }

    /** The thread that it lives on. */
    public ServiceThread thread() {
        return thread;
    }

    /** The service as the API knows it. */
    public Consoles api() {
        return api;
    }

    /** Begins to follow the manager's consoles. */
    public void start() {
        thread.execute(service::start);
    }

    /** Tells every viewer to come back, and closes the lines; waits for that. Not to be called on the event loop. */
    @Override
    public void close() {
        CountDownLatch closed = new CountDownLatch(1);
        thread.execute(() -> {
            service.close();
            closed.countDown();
        });
        try {
            if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw Refusal.of(ProblemCode.TIMED_OUT, "the console service did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        past.close();
    }
}
