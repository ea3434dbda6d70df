package io.bulkhead.manager.enter;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.start.Child;
import io.bulkhead.manager.start.Perl;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Enters by a program of its own ({@link EnterProgram}), since a multi-threaded process cannot join a user namespace. It is
 * given the namespaces as files that were opened while process 1 was proved alive: a number that changed hands can never
 * lead it anywhere else. The command's environment is set inside, by env(1), so that nothing of it reaches that program,
 * which begins with the host's power.
 *
 * <p>With a terminal the command gets one of the host's devpts: usable, but {@code tty} inside does not know its name.
 */
public final class NamespaceEntrance implements Entrance {
    /** What enters does so in the partition's groups: a tenth of a CPU that is busy already is slow. */
    private static final long PATIENCE_MILLIS = 60_000;

    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int GROUP_TTY = 5;

    private final Syscalls sys;
    private final Cgroups cgroups;
    private final Function<PartitionName, Restraints> restraints;
    private final ProcessTable processes;

    /** @param restraints of a partition's processes, which its commands get too */
    public NamespaceEntrance(Syscalls sys, Cgroups cgroups, Function<PartitionName, Restraints> restraints) {
        this(sys, cgroups, restraints, new ProcessTable(Path.of("/proc")));
    }

    NamespaceEntrance(
            Syscalls sys, Cgroups cgroups, Function<PartitionName, Restraints> restraints, ProcessTable processes) {
        this.sys = sys;
        this.cgroups = cgroups;
        this.restraints = restraints;
        this.processes = processes;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A program that is not there ends with 127, as in a shell; one that cannot be executed with 126.
     *
     * @throws IllegalArgumentException for an empty command, a program with {@code =} in its name or an impossible
     *     environment variable
     * @throws IllegalStateException if process 1 no longer runs
     */
    @Override
    public Entered run(
            PartitionName partition,
            ProcessId init,
            List<String> command,
            Map<String, String> environment,
            Optional<WindowSize> terminal) {
        List<String> inside = inside(command, environment, terminal.isPresent());
        awaitOwnMounts(init);
        try (Undo undo = new Undo();
                Places places = Places.open(sys, processes, init)) {
            Streams streams = terminal.isPresent() ? terminal(init, terminal.get(), undo) : pipes(undo);
            Child child = inThrowAwayThread(partition, () -> start(partition, inside, places, streams));
            undo.push("close a pidfd", child::close);
            undo.push("end the command", () -> child.kill(sys));
            streams.closeTheirs();
            awaitEntered(child.pid());
            undo.keep();
            return new Entered(
                    child.pid(),
                    child.process(),
                    streams.input(),
                    streams.output(),
                    streams.errors(),
                    terminal.isPresent());
        }
    }

    /** What is executed inside: env(1) with the partition's environment, and a session with a terminal if asked. */
    static List<String> inside(List<String> command, Map<String, String> environment, boolean terminal) {
        if (command.isEmpty() || command.get(0).isEmpty() || command.get(0).contains("=")) {
            throw new IllegalArgumentException(
                    "a command starts with its program, whose name is not empty and has no '=': " + command);
        }
        Map<String, String> all = new TreeMap<>(InitProgram.ENVIRONMENT);
        all.putAll(environment);
        List<String> words = new ArrayList<>();
        if (terminal) {
            words.addAll(List.of("/usr/bin/setsid", "--ctty"));
        }
        words.addAll(List.of("/usr/bin/env", "--ignore-environment", "--chdir=/root"));
        all.forEach((name, value) -> {
            if (name.isEmpty() || name.contains("=") || name.startsWith("-")) {
                throw new IllegalArgumentException("'" + name + "' cannot name an environment variable");
            }
            words.add(name + "=" + value);
        });
        words.addAll(command);
        return words;
    }

    /** The namespaces and the root of process 1, in the order in which the program that enters wants them. */
    private record Places(List<Fd> inOrder) implements AutoCloseable {
        static Places open(Syscalls sys, ProcessTable processes, ProcessId init) {
            Places places = new Places(new ArrayList<>());
            boolean complete = false;
            try {
                for (String kind : EnterProgram.namespaces(processes.knowsClocks())) {
                    places.inOrder.add(sys.open(processes.namespace(init.pid(), kind), EnumSet.noneOf(OpenFlag.class)));
                }
                // Only a reference: opening a directory asks its file system, which may be a program inside that never
                // answers.
                places.inOrder.add(sys.open(processes.root(init.pid()), EnumSet.of(OpenFlag.PATH, OpenFlag.DIRECTORY)));
                // It lives now, so what was opened before was its own.
                if (!processes.isRunning(init)) {
                    throw new IllegalStateException("process 1 has ended: " + init.pid());
                }
                complete = true;
                return places;
            } finally {
                if (!complete) {
                    places.close();
                }
            }
        }

        /** By the number that each has in the program. */
        Map<Integer, Fd> descriptors() {
            Map<Integer, Fd> descriptors = new HashMap<>();
            for (int i = 0; i < inOrder.size(); i++) {
                descriptors.put(EnterProgram.FIRST_NAMESPACE + i, inOrder.get(i));
            }
            return descriptors;
        }

        @Override
        public void close() {
            inOrder.forEach(Fd::close);
        }
    }

    /**
     * Both sides of what the command reads and writes.
     *
     * @param theirs by the command's descriptor number
     */
    private record Streams(Map<Integer, Fd> theirs, Fd input, Fd output, Optional<Fd> errors) {
        void closeTheirs() {
            theirs.values().forEach(Fd::close);
        }
    }

    private Streams terminal(ProcessId init, WindowSize size, Undo undo) {
        PseudoTerminal terminal = sys.openPseudoTerminal();
        undo.push("close the terminal", terminal.master()::close);
        sys.setNonBlocking(terminal.master(), false);
        sys.setWindowSize(terminal.master(), size);
        long owner = processes.ownerOf(init.pid());
        sys.changeOwner(terminal.slave(), owner, owner + GROUP_TTY);
        sys.changeMode(terminal.slave(), 0620);
        Fd slave = sys.open(terminal.slave(), EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY));
        undo.push("close the terminal's slave", slave::close);
        return new Streams(
                Map.of(0, slave, 1, slave, 2, slave), terminal.master(), terminal.master(), Optional.empty());
    }

    private Streams pipes(Undo undo) {
        Pipe input = pipe(undo);
        Pipe output = pipe(undo);
        Pipe errors = pipe(undo);
        return new Streams(
                Map.of(0, input.readEnd(), 1, output.writeEnd(), 2, errors.writeEnd()),
                input.writeEnd(),
                output.readEnd(),
                Optional.of(errors.readEnd()));
    }

    private Pipe pipe(Undo undo) {
        Pipe pipe = sys.pipe();
        undo.push("close a pipe", pipe::close);
        return pipe;
    }

    /**
     * On the throw-away thread: what it spawns has an empty keyring, and is in the partition's groups from its birth or
     * before it is told to go on.
     */
    private Child start(PartitionName partition, List<String> inside, Places places, Streams streams) {
        sys.joinNewSessionKeyring();
        boolean born = cgroups.takesThreads();
        if (born) {
            cgroups.enterCurrentThread(partition);
        }
        List<String> command = EnterProgram.command(processes.knowsClocks(), restraints.apply(partition), inside);
        try (Pipe gate = sys.pipe()) {
            Map<Integer, Fd> descriptors = places.descriptors();
            descriptors.putAll(streams.theirs());
            descriptors.put(EnterProgram.GATE, gate.readEnd());
            Child child = Child.start(
                    sys, new SpawnRequest(command.get(0), command, Perl.environment(Map.of()), descriptors));
            try {
                if (!born) {
                    cgroups.enter(partition, child.pid());
                }
                sys.write(gate.writeEnd(), new byte[] {'\n'}, 0, 1);
                return child;
            } catch (RuntimeException e) {
                child.kill(sys);
                child.close();
                throw e;
            }
        }
    }

    /** A command may come while process 1 is on its way still. */
    private void awaitOwnMounts(ProcessId init) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!processes.hasLeftItsParentsMounts(init.pid()) && processes.isRunning(init)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("process 1, process " + init.pid()
                        + " of the host, has no mounts of its own after " + PATIENCE_MILLIS + " ms");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Returns once the program has a child inside, or has ended. */
    private void awaitEntered(long pid) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (processes.children(pid).isEmpty() && processes.identify(pid).isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "process " + pid + " does not get into the partition in " + PATIENCE_MILLIS + " ms");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private interface Spawning {
        Child run();
    }

    /** Groups and keyring belong to a thread; this one ends before the call returns. */
    private static Child inThrowAwayThread(PartitionName partition, Spawning spawning) {
        FutureTask<Child> task = new FutureTask<>(spawning::run);
        Thread thread = new Thread(task, "enter-" + partition);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    thread.join();
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException cause) {
                        throw cause;
                    }
                    throw new IllegalStateException("cannot enter partition " + partition, e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
