package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.mount.HostLayout;
import io.bulkhead.manager.mount.MountPlan;
import io.bulkhead.manager.mount.RootRequest;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.Signals;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Boots partitions: the steps of {@link BootStep}, 3 to 14 of them on a {@link BootThread}. Keeps one user namespace
 * per uid range open. Safe for any thread.
 */
public final class PartitionStarter implements Starter, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionStarter.class);

    /** The descriptor number of the console's master in the holder. */
    static final int HOLDERS_MASTER = 3;

    private static final long PATIENCE_MILLIS = 5_000;

    /** A process closes its files just before its end shows. */
    private static final long LAST_BREATH_MILLIS = 1_000;

    private final Syscalls sys;
    private final Cgroups cgroups;
    private final ProcessTable processes;
    private final HostLayout layout;
    private final Path mountPoint;
    private final UserNamespaces namespaces;

    /** Filters of system calls on the manager itself, which nobody puts on it later: whatever it starts has them too. */
    private final int ownFilters;

    /**
     * Makes a starter for this host.
     *
     * @param mountPoint an empty directory to build roots on, each in mounts of its own; nothing is ever seen there
     */
    public PartitionStarter(Syscalls sys, Cgroups cgroups, Path mountPoint) {
        this(sys, cgroups, mountPoint, new ProcessTable(Path.of("/proc")), HostLayout.read(Path.of("/")));
    }

    PartitionStarter(Syscalls sys, Cgroups cgroups, Path mountPoint, ProcessTable processes, HostLayout layout) {
        this.sys = sys;
        this.cgroups = cgroups;
        this.mountPoint = mountPoint.toAbsolutePath();
        this.processes = processes;
        this.layout = layout;
        this.namespaces = new UserNamespaces(sys, processes);
        this.ownFilters = processes.filters(ProcessHandle.current().pid());
        ClassWarmUp.run();
    }

    @Override
    public RunningPartition start(StartRequest request, BeforeRelease beforeRelease) {
        InitProgram init = InitProgram.of(request.init(), request.name(), request.automaticLogin());
        List<String> programs = new ArrayList<>(init.programs());
        programs.add(Perl.PROGRAM);
        for (String program : programs) {
            if (!Files.exists(Path.of(program))) {
                throw new StartException(
                        "look for the programs",
                        new IllegalStateException(program + " is not installed on this host, but a partition with a "
                                + request.init().kind() + " init needs it"));
            }
        }
        try (Undo undo = new Undo()) {
            PseudoTerminal terminal = at(BootStep.TERMINAL, sys::openPseudoTerminal);
            undo.push("close the console", terminal.master()::close);
            Fd userNamespace = at(BootStep.USER_NAMESPACE, () -> namespaces.of(request.uidRange()));
            try (Pipe release = at(BootStep.HOLDER, sys::pipe);
                    BirthSigns signs = at(BootStep.HOLDER, () -> new BirthSigns(sys))) {
                BootThread thread = boot(request, init, terminal, userNamespace, release, signs, undo);
                RunningPartition running = new RunningPartition(
                        identify(thread.holder().pid()),
                        thread.holder().process(),
                        identify(thread.init()),
                        thread.initFd(),
                        terminal.master());
                prove(running, signs, beforeRelease, undo);
                at(BootStep.RELEASE, () -> sys.write(release.writeEnd(), new byte[] {'\n'}, 0, 1));
                undo.keep();
                return running;
            }
        }
    }

    private BootThread boot(
            StartRequest request,
            InitProgram init,
            PseudoTerminal terminal,
            Fd userNamespace,
            Pipe release,
            BirthSigns signs,
            Undo undo) {
        Supplier<MountPlan> plan = () -> MountPlan.of(
                new RootRequest(
                        request.uidRange(),
                        request.hostOpt(),
                        terminal.slave(),
                        request.storage(),
                        Identity.shown(request.name())),
                init,
                cgroups.mountsInside(request.init() instanceof Init.Systemd),
                layout);
        BootThread thread = new BootThread(
                sys,
                cgroups,
                processes,
                new BootThread.Order(
                        request,
                        init,
                        plan,
                        userNamespace,
                        terminal.master(),
                        terminal.slave(),
                        release,
                        signs,
                        mountPoint));
        undo.push("end what was half-started", () -> abandon(thread, release));
        thread.start();
        joinFully(thread);
        thread.failure().ifPresent(cause -> {
            throw new StartException(thread.step().toString(), cause);
        });
        return thread;
    }

    /**
     * The last look before process 1 runs: that it stands in the new root, behind its locked mounts and its filter, then
     * whatever the caller wants proved.
     */
    private void prove(RunningPartition running, BirthSigns signs, BeforeRelease beforeRelease, Undo undo) {
        at(BootStep.PROOF, () -> {
            for (ProcessId process : List.of(running.holder(), running.init())) {
                if (processes.sharesOurRoot(process.pid())) {
                    throw new IllegalStateException("process " + process.pid() + " still has the host's root");
                }
            }
            awaitRestrained(running, signs);
            beforeRelease.prepare(running, undo);
            return running;
        });
    }

    private void awaitRestrained(RunningPartition running, BirthSigns signs) {
        long init = running.init().pid();
        if (!signs.await(PATIENCE_MILLIS)) {
            throw new IllegalStateException(Endings.await(sys, running.holderFd(), LAST_BREATH_MILLIS)
                    .map(HolderProgram::reason)
                    .orElse("process 1 has not come to its release after " + PATIENCE_MILLIS + " ms"));
        }
        if (processes.filters(init) <= ownFilters) {
            throw new IllegalStateException("process 1 has no filter of system calls");
        }
        if (!processes.hasLeftItsParentsMounts(init)) {
            throw new IllegalStateException("process 1 has not locked its mounts");
        }
    }

    private ProcessId identify(long pid) {
        return at(BootStep.PROOF, () -> processes
                .identify(pid)
                .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended before its release")));
    }

    /** Runs when a boot failed: nothing of it stays. Process 1 would end by itself, unreleased; this is faster. */
    private void abandon(BootThread thread, Pipe release) {
        release.close();
        if (thread.hasInitFd()) {
            try (Fd init = thread.initFd()) {
                kill(init);
            }
        }
        if (thread.hasHolder()) {
            try (Child holder = thread.holder()) {
                if (holder.awaitEnd(sys, PATIENCE_MILLIS).isEmpty()) {
                    holder.kill(sys);
                }
            }
        }
    }

    private void kill(Fd process) {
        try {
            sys.signal(process, Signals.SIGKILL);
        } catch (ErrnoException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("It had ended before it could be killed");
        }
    }

    @Override
    public Optional<RunningPartition> adopt(ProcessId holder, ProcessId init) {
        try (Undo undo = new Undo()) {
            Optional<Fd> holderFd = open(holder, undo);
            Optional<Fd> initFd = holderFd.isPresent() ? open(init, undo) : Optional.empty();
            if (holderFd.isEmpty() || initFd.isEmpty()) {
                return Optional.empty();
            }
            Fd master = sys.takeDescriptor(holderFd.get(), HOLDERS_MASTER);
            undo.push("close the console", master::close);
            sys.setNonBlocking(master, true);
            undo.keep();
            return Optional.of(new RunningPartition(holder, holderFd.get(), init, initFd.get(), master));
        }
    }

    /** A pidfd of this very process, opened first and compared then: the number cannot change hands in between. */
    private Optional<Fd> open(ProcessId process, Undo undo) {
        try {
            Fd fd = sys.openProcess(process.pid());
            undo.push("close a pidfd", fd::close);
            return processes.isRunning(process) ? Optional.of(fd) : Optional.empty();
        } catch (ErrnoException e) {
            LOG.atInfo()
                    .addKeyValue("pid", process.pid())
                    .addKeyValue("reason", e.getMessage())
                    .log("A process on record is gone");
            return Optional.empty();
        }
    }

    /** The user namespace of a uid range, in which its partition lives; stays the starter's. */
    public Fd userNamespace(UidRange range) {
        return namespaces.of(range);
    }

    @Override
    public void forget(UidRange range) {
        namespaces.forget(range);
    }

    /** Closes the kept user namespaces; running partitions are not touched. */
    @Override
    public void close() {
        namespaces.close();
    }

    private static void joinFully(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                // A boot cannot be left half-way; the wish is handed on below.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T at(BootStep step, Supplier<T> action) {
        try {
            return action.get();
        } catch (RuntimeException e) {
            throw new StartException(step.toString(), e);
        }
    }
}
