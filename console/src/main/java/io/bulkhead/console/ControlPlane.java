package io.bulkhead.console;

import io.bulkhead.broker.Bookkeeper;
import io.bulkhead.broker.Broker;
import io.bulkhead.broker.LedgerTraining;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.broker.audit.AuditEntry;
import io.bulkhead.broker.audit.AuditTrail;
import io.bulkhead.broker.client.ClientOptions;
import io.bulkhead.broker.client.LedgerWatch;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.http.ApiAccess;
import io.bulkhead.broker.http.ApiOptions;
import io.bulkhead.broker.http.ApiServer;
import io.bulkhead.broker.inventory.InventoryReader;
import io.bulkhead.broker.metrics.MetricsPage;
import io.bulkhead.console.serial.http.ConsoleRoom;
import io.bulkhead.console.serial.log.ConsoleLogs;
import io.bulkhead.console.serial.log.FileConsoleLogs;
import io.bulkhead.console.serial.log.LogLibrary;
import io.bulkhead.console.serial.log.LogOptions;
import io.bulkhead.console.serial.ssh.SshAudit;
import io.bulkhead.console.serial.ssh.SshDoor;
import io.bulkhead.console.serial.web.WebFiles;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsException;
import io.bulkhead.settings.SettingsLoader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane: puts the broker, its manager and the API together, and takes them apart in order at SIGTERM.
 *
 * <p>Runs as an unprivileged user. One event loop is enough for what one server asks; the hardware is read on it, which
 * takes milliseconds and happens when the host changes.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final long DEADLINE_SECONDS = 10;

    private final Vertx vertx;
    private final ManagerClient manager;
    private final Bookkeeper bookkeeper;
    private final Optional<LedgerWatch> watch;
    private final ConsoleRoom consoles;
    private final FileConsoleLogs logs;
    private final LogLibrary library;
    private final ApiServer server;
    private final Optional<SshDoor> ssh;

    private ControlPlane(
            Vertx vertx,
            ManagerClient manager,
            Bookkeeper bookkeeper,
            Optional<LedgerWatch> watch,
            ConsoleRoom consoles,
            FileConsoleLogs logs,
            LogLibrary library,
            ApiServer server,
            Optional<SshDoor> ssh) {
        this.ssh = ssh;
        this.vertx = vertx;
        this.manager = manager;
        this.bookkeeper = bookkeeper;
        this.watch = watch;
        this.consoles = consoles;
        this.logs = logs;
        this.library = library;
        this.server = server;
    }

    public static void main(String[] args) {
        try {
            ControlPlaneArguments arguments = ControlPlaneArguments.parse(args);
            if (arguments.train()) {
                train();
                return;
            }
            ControlPlane controlPlane = start(arguments.settings());
            Runtime.getRuntime().addShutdownHook(new Thread(controlPlane::close, "end"));
        } catch (IllegalArgumentException | SettingsException e) {
            System.err.println("control-plane: " + e.getMessage());
            System.exit(USAGE);
        } catch (Refusal e) {
            LOG.atError().addKeyValue("reason", e.getMessage()).log("The control plane cannot start");
            System.exit(FAILED);
        }
    }

    /** Serves the API of an installation; a {@link Refusal} where its socket is another live server's. */
    static ControlPlane start(Settings settings) {
        Vertx vertx = vertx();
        ManagerClient manager = new ManagerClient(vertx, ClientOptions.of(settings.managerSocket()));
        InventoryReader hardware = new InventoryReader(Path.of("/"));
        Bookkeeper bookkeeper = Bookkeeper.inDirectory(settings.ledgerDirectory());
        Broker broker = new Broker(manager, hardware::read, hardware::readInventory, bookkeeper);
        FileConsoleLogs logs = new FileConsoleLogs(
                settings.consoleLogDirectory(),
                LogOptions.withQuota(settings.consoleLogQuota().bytes()));
        LogLibrary library = new LogLibrary(logs);
        try {
            // Only who has the socket may have the ledger: the watch opens it.
            ApiOptions options = new ApiOptions(settings.apiSocket(), settings.instance(), version(), access(settings));
            AuditTrail audit = ApiServer.auditTrail(options);
            // There from when the API has opened it on.
            List<SshKeyStore> keys = new CopyOnWriteArrayList<>();
            ConsoleRoom consoles = ConsoleRoom.of(
                    vertx,
                    manager,
                    broker,
                    audit,
                    logs,
                    settings,
                    () -> ConsoleRoom.rights(keys.stream()
                            .flatMap(store -> store.accepted().stream())
                            .toList()));
            ApiServer server = await(
                    ApiServer.start(vertx, broker, manager, options, audit, consoles.api(), library, new WebFiles()));
            keys.add(server.sshKeys());
            bookkeeper.open();
            Optional<LedgerWatch> watch = broker.ledger().map(office -> LedgerWatch.start(vertx, manager, office));
            consoles.start();
            Optional<SshDoor> ssh = settings.ssh()
                    .listen()
                    .map(place -> SshDoor.open(
                            place.host(),
                            place.port(),
                            settings.controlPlaneDirectory().resolve("ssh_host_ed25519_key"),
                            new SshDoor.Parts(
                                    server.sshKeys(),
                                    consoles.service(),
                                    consoles.thread(),
                                    writingTo(audit),
                                    settings.ssh().escapeKey(),
                                    cliOptions(settings),
                                    SshDoor.HEARTBEAT)));
            return new ControlPlane(vertx, manager, bookkeeper, watch, consoles, logs, library, server, ssh);
        } catch (RuntimeException e) {
            bookkeeper.close();
            await(vertx.close());
            throw e;
        }
    }

    /** By which a verb of the management shell finds this control plane. */
    private static List<String> cliOptions(Settings settings) {
        return List.of(
                "--override", "instance.run_dir=" + settings.runDirectory(),
                "--override", "instance.state_dir=" + settings.stateDirectory());
    }

    private static SshAudit writingTo(AuditTrail audit) {
        return (caller, verb, subject, problem) -> audit.append(AuditEntry.of(caller, verb, subject, problem));
    }

    private static ApiAccess access(Settings settings) {
        Settings.Api api = settings.api();
        Optional<ApiAccess.Tls> tls = api.tlsCertificate()
                .flatMap(certificate -> api.tlsKey().map(key -> new ApiAccess.Tls(certificate, key)));
        return new ApiAccess(
                settings.controlPlaneDirectory(),
                api.admins(),
                api.operators(),
                api.viewers(),
                api.listen().map(place -> new ApiAccess.Listen(place.host(), place.port(), tls)));
    }

    /** Loads what a start loads, and leaves nothing behind. */
    private static void train() {
        SettingsLoader.read(Optional.empty(), Map.of(), Map.of());
        Vertx vertx = vertx();
        Path nowhere = Path.of("/nonexistent");
        ManagerClient manager = new ManagerClient(vertx, ClientOptions.of(nowhere.resolve("manager.sock")));
        InventoryReader hardware = new InventoryReader(Path.of("/"));
        Broker broker = new Broker(manager, hardware::read, hardware::readInventory);
        Settings settings = SettingsLoader.defaults(Map.of());
        LedgerTraining.run();
        LOG.atDebug()
                .addKeyValue(
                        "bytes",
                        new MetricsPage(settings.instance(), version())
                                .withoutManager()
                                .length())
                .log("Trained for metrics");
        try {
            await(ApiServer.start(
                    vertx,
                    broker,
                    manager,
                    new ApiOptions(nowhere.resolve("api.sock"), settings.instance(), version())));
        } catch (RuntimeException e) {
            // That it cannot listen there is the point: by then everything is loaded.
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("Trained");
        }
        await(vertx.close());
    }

    private static Vertx vertx() {
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                // Nothing is served from the class path, so no cache directory is left in /tmp.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    private static String version() {
        return Optional.ofNullable(ControlPlane.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** Consoles' logs, for whoever writes them. */
    ConsoleLogs consoleLogs() {
        return logs;
    }

    /**
     * Ends the consoles' viewers and the API, then consoles' logs and the ledger, then the connections to the manager, then
     * the event loop.
     */
    @Override
    public void close() {
        ssh.ifPresent(SshDoor::close);
        consoles.close();
        await(server.close().otherwiseEmpty());
        library.close();
        logs.close();
        watch.ifPresent(LedgerWatch::close);
        bookkeeper.close();
        await(manager.close().otherwiseEmpty());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : Refusal.of(ProblemCode.FAILED, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw Refusal.of(ProblemCode.TIMED_OUT, "not done within " + DEADLINE_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.of(ProblemCode.FAILED, "interrupted");
        }
    }
}
