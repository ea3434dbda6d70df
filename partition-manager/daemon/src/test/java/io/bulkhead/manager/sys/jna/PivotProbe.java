package io.bulkhead.manager.sys.jna;

import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountFlag;
import io.bulkhead.manager.sys.Namespace;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.SpawnRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A program of its own: makes every call for the first time on a thread whose root is an empty tmpfs, where neither class
 * path nor new threads are to be had. Prints one line if all of them worked.
 */
final class PivotProbe {
    private static final Path ROOT = Path.of("/");

    private PivotProbe() {}

    public static void main(String[] arguments) throws Exception {
        JnaSyscalls kernel = new JnaSyscalls();
        PivotProbe.class.getClassLoader().loadClass(PivotProbe.class.getName() + "$Failure");
        Path newRoot = Path.of(System.getProperty("probe.directory"));
        Throwable[] failure = new Throwable[1];
        Thread thread = new Thread(() -> {
            try {
                pivot(kernel, newRoot);
                useEverything(kernel);
            } catch (Throwable e) {
                failure[0] = e;
            }
        });
        thread.start();
        thread.join();
        if (failure[0] != null) {
            failure[0].printStackTrace(System.out);
            System.exit(1);
        }
        System.out.println("all calls made");
    }

    private static void pivot(JnaSyscalls kernel, Path newRoot) {
        kernel.unshare(Set.of(Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.NET));
        kernel.mount("", ROOT, "", Set.of(MountFlag.RECURSIVE, MountFlag.PRIVATE), "");
        kernel.mount("bulkhead-t-kernel", newRoot, "tmpfs", Set.of(), "");
        kernel.makeDirectory(newRoot.resolve("usr"), 0755);
        kernel.makeDirectory(newRoot.resolve("dev"), 0755);
        kernel.mount("/usr", newRoot.resolve("usr"), "", Set.of(MountFlag.BIND), "");
        kernel.mount("/dev", newRoot.resolve("dev"), "", Set.of(MountFlag.BIND, MountFlag.RECURSIVE), "");
        for (String link : List.of("lib", "lib64", "bin")) {
            kernel.makeSymbolicLink(newRoot.resolve(link), "usr/" + link);
        }
        kernel.changeDirectory(newRoot);
        kernel.pivotRoot(Path.of("."), Path.of("."));
        kernel.unmount(Path.of("."), true);
        kernel.changeDirectory(ROOT);
    }

    private static void useEverything(JnaSyscalls kernel) {
        useFiles(kernel);
        useTheThread(kernel);
        useProcesses(kernel);
        PseudoTerminal terminal = kernel.openPseudoTerminal();
        try (Fd master = terminal.master()) {
            kernel.setWindowSize(master, new WindowSize(100, 30));
            must(kernel.windowSize(master).columns() == 100, "window size");
            must(kernel.pseudoTerminalNumber(master) == terminal.number(), "number");
        }
        try (Fd tree = kernel.cloneTree(Path.of("/usr"), true)) {
            kernel.setMountAttributes(tree, Set.of(), Optional.empty());
            kernel.makeDirectory(Path.of("/again"), 0755);
            kernel.attachTree(tree, Path.of("/again"));
        }
        must(kernel.exists(Path.of("/again/bin/env")), "attached tree");
    }

    private static void useFiles(JnaSyscalls kernel) {
        must(!kernel.exists(Path.of("/etc")), "the old root is gone");
        kernel.makeDirectory(Path.of("/d"), 01777);
        kernel.makeCharacterDevice(Path.of("/d/null"), 0666, 1, 3);
        kernel.changeOwner(Path.of("/d/null"), 7, 8);
        try (Fd directory = kernel.open(Path.of("/d"), Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY));
                Fd file = kernel.openAt(directory, "f", Set.of(OpenFlag.READ_WRITE, OpenFlag.CREATE));
                Fd copy = kernel.duplicate(file);
                Pipe pair = kernel.socketPair();
                Fd poll = kernel.createPoll();
                Fd wakeUp = kernel.createWakeUp()) {
            must(kernel.write(copy, new byte[3], 0, 3) == 3, "write");
            must(kernel.read(copy, new byte[3], 0, 3) == -1, "end of file");
            kernel.addToPoll(poll, pair.readEnd(), 1, true, true);
            kernel.changeInPoll(poll, pair.readEnd(), 2, false, true);
            must(kernel.awaitReady(poll, 1000).get(0).token() == 2, "readiness");
            kernel.removeFromPoll(poll, pair.readEnd());
            kernel.setNonBlocking(pair.readEnd(), true);
            must(kernel.write(wakeUp, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, 8) == 8, "wake-up");
        }
    }

    private static void useTheThread(JnaSyscalls kernel) {
        kernel.setHostname("bulkhead-t-kernel");
        kernel.bringLoopbackUp();
        kernel.joinNewSessionKeyring();
        kernel.setNoNewPrivileges();
        must(kernel.currentThreadId() > 0, "thread id");
    }

    private static void useProcesses(JnaSyscalls kernel) {
        try (Pipe pipe = kernel.pipe()) {
            long pid = kernel.spawn(new SpawnRequest(
                    "/bin/sleep", List.of("sleep", "60"), Map.of("A", "b"), Map.of(0, pipe.readEnd())));
            try (Fd process = kernel.openProcess(pid);
                    Fd taken = kernel.takeDescriptor(process, 0);
                    Fd poll = kernel.createPoll()) {
                must(kernel.pollEnd(process).isEmpty(), "it runs");
                must(taken.number() > 2, "descriptor taken");
                // While the first process of the new namespace lives: afterwards no other can be made.
                failToSpawn(kernel);
                kernel.addToPoll(poll, process, 1, true, false);
                kernel.signal(process, 9);
                kernel.awaitReady(poll, 10_000);
                must(kernel.pollEnd(process).orElseThrow().shellStatus() == 137, "killed");
                must(kernel.pollEnd(process).isPresent(), "reaped before");
            }
        }
    }

    private static void failToSpawn(JnaSyscalls kernel) {
        try {
            kernel.spawn(new SpawnRequest("/absent", List.of("absent"), Map.of(), Map.of()));
            throw new Failure("an absent program was started");
        } catch (ErrnoException e) {
            must(e.getMessage().contains("ENOENT"), "the error's text");
        }
    }

    private static void must(boolean holds, String what) {
        if (!holds) {
            throw new Failure(what);
        }
    }

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure(String what) {
            super(what);
        }
    }
}
