package io.bulkhead.manager;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.manager.admission.AddressPool;
import io.bulkhead.manager.admission.Admission;
import io.bulkhead.manager.admission.Holdings;
import io.bulkhead.manager.admission.NetworkRateRule;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.backend.CgroupBackends;
import io.bulkhead.manager.console.ConsoleCalls;
import io.bulkhead.manager.console.Consoles;
import io.bulkhead.manager.console.EventConsoleLoop;
import io.bulkhead.manager.enter.NamespaceEntrance;
import io.bulkhead.manager.generation.GenerationStore;
import io.bulkhead.manager.hardening.DeviceWall;
import io.bulkhead.manager.hardening.HardeningWall;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.host.HostFactsReader;
import io.bulkhead.manager.host.HostIds;
import io.bulkhead.manager.host.HostReserves;
import io.bulkhead.manager.host.StorageMeter;
import io.bulkhead.manager.intrusion.IntrusionKeeper;
import io.bulkhead.manager.intrusion.KernelClocks;
import io.bulkhead.manager.journal.Journal;
import io.bulkhead.manager.life.DriftWatch;
import io.bulkhead.manager.life.EventChangeWatch;
import io.bulkhead.manager.life.EventProcessWatch;
import io.bulkhead.manager.life.GenerationMaterialiser;
import io.bulkhead.manager.life.HostDescription;
import io.bulkhead.manager.life.LifeParts;
import io.bulkhead.manager.life.PartitionDirectories;
import io.bulkhead.manager.life.Partitions;
import io.bulkhead.manager.life.Recovery;
import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.network.NetworkAdmission;
import io.bulkhead.manager.network.NetworkNames;
import io.bulkhead.manager.network.NetworkTools;
import io.bulkhead.manager.network.NetworkWall;
import io.bulkhead.manager.network.ProgramTools;
import io.bulkhead.manager.rebase.GenerationOffice;
import io.bulkhead.manager.record.RecordStore;
import io.bulkhead.manager.restraint.Restrainer;
import io.bulkhead.manager.server.ManagerServer;
import io.bulkhead.manager.server.PeerRule;
import io.bulkhead.manager.start.PartitionStarter;
import io.bulkhead.manager.storage.StorageParts;
import io.bulkhead.manager.storage.StorageWall;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Signals;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.TreeCalls;
import io.bulkhead.manager.sys.jna.BpfCalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.manager.sys.jna.JnaTreeCalls;
import io.bulkhead.manager.sys.jna.LibSeccomp;
import io.bulkhead.manager.undo.Undo;
import io.bulkhead.manager.views.ViewsWall;
import io.bulkhead.manager.wall.Walls;
import io.bulkhead.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manager put together from its parts, in the order in which they need each other. What is ready when
 * {@link #start} returns: every partition of before is taken up, and orders are taken.
 */
final class Manager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Manager.class);
    /** System property: where the host's /etc and /var are. For tests, which must not change this machine's. */
    static final String HOST_ROOT = "bulkhead.host-root";

    private static final Duration FRAME_DEADLINE = Duration.ofSeconds(10);

    private final Settings settings;
    private final Undo parts;
    private final ManagerDesk desk;

    private Manager(Settings settings, Undo parts, ManagerDesk desk) {
        this.settings = settings;
        this.parts = parts;
        this.desk = desk;
    }

    /** Starts, or throws with a text for the administrator and leaves nothing open. */
    static Manager start(Settings settings) throws IOException {
        return start(settings, new JnaSyscalls(), new ProgramTools());
    }

    /** The same on a kernel and with programs that may fail, as tests want. */
    static Manager start(Settings settings, Syscalls calls, NetworkTools tools) throws IOException {
        long startedAtMillis = System.currentTimeMillis();
        Undo open = new Undo();
        try {
            makeDirectory(settings.stateDirectory());
            makeDirectory(settings.runDirectory());
            InstanceLock lock = InstanceLock.take(settings.stateDirectory().resolve("manager.lock"));
            open.push("let the lock go", lock::close);
            HostFacts facts = new HostFactsReader(Path.of("/")).read(settings.stateDirectory());
            HostReserve reserve = HostReserves.resolve(settings.host(), facts);
            Cgroups cgroups = CgroupBackends.open(
                    settings.instance(), facts, reserve, settings.host().confine(), pid -> kill(calls, pid));
            // Before anything is made in the kernel: a control plane's user that does not exist is told here.
            ManagerServer.Door door = door(settings);
            cgroups.prepare();
            EventLoop loop = EventLoop.start(calls);
            open.push("end the event loop", loop::close);
            Journal journal = new Journal(System::currentTimeMillis);
            KernelClocks clocks = new KernelClocks(Path.of("/"));
            IntrusionKeeper intrusions =
                    new IntrusionKeeper(clocks, name -> cgroups.usage(name).cpuMicros(), IntrusionKeeper.WINDOW);
            open.push("end the accounts of intrusions", intrusions::close);
            LifeParts life =
                    life(settings, calls, tools, cgroups, facts, reserve, loop, journal, clocks, intrusions, open);
            HostDescription host = new HostDescription(
                    settings.instance(),
                    version(),
                    ProcessHandle.current().pid(),
                    startedAtMillis,
                    facts,
                    reserve,
                    settings.host().disk(),
                    settings.host().network(),
                    new StorageMeter(settings.stateDirectory()));
            Partitions partitions = new Partitions(life, host);
            life.walls().onNews(partitions::lookAfterPromises);
            journal.append(new Event.ManagerStarted(version()));
            Recovery recovery = new Recovery(life, partitions);
            List<PartitionName> toStart = recovery.run();
            intrusions.start(partitions::wholeCpus);
            DriftWatch drift = new DriftWatch(partitions);
            open.push("end the watch", drift::close);
            ManagerDesk desk =
                    new ManagerDesk(partitions, new NamespaceEntrance(calls, cgroups, partitions::restraints), journal);
            ManagerServer server = ManagerServer.open(
                    door, desk, new Greeting(Greeting.PROTOCOL, settings.instance(), version()), calls);
            open.push("close the socket", server::close);
            announce(settings, cgroups, open);
            recovery.autostart(toStart);
            return new Manager(settings, open, desk);
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    private static LifeParts life(
            Settings settings,
            Syscalls calls,
            NetworkTools tools,
            Cgroups cgroups,
            HostFacts facts,
            HostReserve reserve,
            EventLoop loop,
            Journal journal,
            KernelClocks clocks,
            IntrusionKeeper intrusions,
            Undo open)
            throws IOException {
        Path state = settings.stateDirectory();
        Path mountPoint = settings.runDirectory().resolve("root");
        makeDirectory(mountPoint);
        PartitionStarter starter = new PartitionStarter(calls, cgroups, mountPoint);
        open.push("close the starter", starter::close);
        Path partitionFiles = state.resolve("partitions");
        StorageParts storage = StorageParts.ofHost(
                calls,
                partitionFiles,
                List.of(state, settings.runDirectory()),
                PartitionDirectories::removeWholeTree,
                starter::userNamespace);
        ExecutorService executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "life");
            thread.setDaemon(true);
            return thread;
        });
        open.push("end the threads", executor::shutdownNow);
        EventProcessWatch processes = new EventProcessWatch(loop, calls);
        ViewsWall views = ViewsWall.of(
                calls,
                settings.runDirectory(),
                settings.instance().value(),
                (process, ended) -> processes.onEnd(process, ended)::close,
                executor);
        open.push("let lxcfs go on alone", views::close);
        String bootId =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        RecordStore records = new RecordStore(state.resolve("records"));
        Restrainer restrainer = new Restrainer(new LibSeccomp(), Path.of("/proc"));
        HostIds hostIds = new HostIds(Path.of("/etc"), settings.controlPlaneUser());
        GenerationStore generations = new GenerationStore(state.resolve("generations"));
        Path hostRoot = Path.of(System.getProperty(HOST_ROOT, "/"));
        PartitionDirectories directories = new PartitionDirectories(
                partitionFiles,
                new GenerationMaterialiser(
                        generations, hostRoot, name -> journal.append(new Event.GenerationCaptured(name))));
        TreeCalls trees = new JnaTreeCalls();
        Holdings holdings = new Holdings(
                new Admission(
                        facts,
                        reserve,
                        settings.host().disk(),
                        List.of(
                                restrainer.rule(),
                                new NetworkRateRule(settings.host().network()),
                                storage.admission(facts.fileSystem()),
                                new NetworkAdmission(
                                        settings.network(),
                                        new NetworkNames(
                                                settings.instance(),
                                                settings.network().subnet())))),
                settings.uidBase(),
                settings.uidRanges(),
                hostIds::holderIn,
                new AddressPool(settings.network().subnet()));
        NetworkWall network = NetworkWall.open(
                settings.instance(),
                settings.network(),
                state,
                settings.runDirectory(),
                tools,
                calls,
                starter::userNamespace,
                new NamespaceEntrance(
                        calls,
                        cgroups,
                        name -> restrainer.of(holdings.definition(name).orElseThrow())),
                executor,
                bootId);
        open.push("let the prepared networks go", network::close);
        StorageWall storageWall = storage.wall(cgroups, facts.disk().isPresent(), executor);
        open.push("let the volumes go that are mounted ahead", storageWall::close);
        return new LifeParts(
                cgroups,
                new Walls(List.of(
                        new HardeningWall(
                                cgroups,
                                new DeviceWall(new BpfCalls()),
                                restrainer,
                                hostIds::holderIn,
                                Path.of("/proc")),
                        storageWall,
                        network,
                        views)),
                starter,
                restrainer,
                processes,
                records,
                directories,
                new GenerationOffice(
                        generations,
                        hostRoot,
                        name -> storage.openOwn(name).orElseGet(() -> trees.openRoot(directories.of(name))),
                        trees),
                holdings,
                HostKeepings.open(settings, facts, reserve, cgroups, bootId),
                journal,
                new Consoles(
                        settings.runDirectory().resolve("consoles"),
                        settings.consoleHistory(),
                        bootId,
                        records,
                        new EventConsoleLoop(loop),
                        ConsoleCalls.of(calls),
                        journal::append,
                        executor,
                        System::currentTimeMillis),
                new EventChangeWatch(loop, calls),
                clocks::online,
                intrusions::of,
                executor,
                System::currentTimeMillis,
                bootId);
    }

    private static ManagerServer.Door door(Settings settings) throws IOException {
        String user = settings.controlPlaneUser();
        try {
            return new ManagerServer.Door(
                    settings.managerSocket(),
                    ControlPlaneGroup.of(Path.of("/etc/passwd"), user),
                    PeerRule.rootAnd(user),
                    FRAME_DEADLINE);
        } catch (UserPrincipalNotFoundException e) {
            throw new Refusal(
                    new Problem(
                            ProblemCode.INVALID_REQUEST,
                            "there is no user '" + user + "' for the control plane to run as",
                            Optional.of(
                                    "make one with: useradd --system " + user + "; or name another in the settings"),
                            List.of()),
                    e);
        }
    }

    /** Writes who this is and how to be confined like it: first the description, then the pid that says "ready". */
    private static void announce(Settings settings, Cgroups cgroups, Undo open) throws IOException {
        long pid = ProcessHandle.current().pid();
        Path description = settings.runDirectory().resolve("manager.json");
        Path pidFile = settings.runDirectory().resolve("manager.pid");
        Json.Obj content = new Json.Obj(Map.of())
                .with("pid", Json.of(pid))
                .with(
                        "hostGroupFiles",
                        new Json.Array(cgroups.hostGroupFiles().stream()
                                .map(file -> (Json) Json.of(file.toString()))
                                .toList()));
        open.push("remove the description", () -> Files.deleteIfExists(description));
        replace(description, content + "\n");
        open.push("remove the pid file", () -> Files.deleteIfExists(pidFile));
        replace(pidFile, pid + "\n");
        LOG.atInfo()
                .addKeyValue("instance", settings.instance())
                .addKeyValue("socket", settings.managerSocket())
                .addKeyValue("pid", pid)
                .log("Ready");
    }

    private static void replace(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(temporary, text);
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static void kill(Syscalls calls, long pid) {
        try (Fd process = calls.openProcess(pid)) {
            calls.signal(process, Signals.SIGKILL);
        } catch (ErrnoException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    /** The version in the jar's manifest; "development" where the classes are in no jar. */
    private static String version() {
        return Optional.ofNullable(Manager.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** Returns when an order to shut down was carried out and answered. */
    void awaitLeave() throws InterruptedException {
        desk.awaitLeave();
    }

    /** Lets everything of this process go. Partitions that run go on running. */
    @Override
    public void close() {
        LOG.atInfo().addKeyValue("instance", settings.instance()).log("Going");
        parts.close();
    }
}
