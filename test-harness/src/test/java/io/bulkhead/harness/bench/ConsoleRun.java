package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.Contender.CannotRunException;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Runs one command on a pseudo-terminal of its own, from a stage. */
final class ConsoleRun {
    /** Stands in a command for the terminal's path. */
    static final String TERMINAL = "@TERMINAL@";

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SIGKILL = 9;
    private static final int OUTPUT = 1;
    private static final int END = 2;
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM", "xterm");

    private final Syscalls sys;
    private final List<String> command;

    private ConsoleRun(Syscalls sys, List<String> command) {
        this.sys = sys;
        this.command = command;
    }

    /**
     * Starts a command that is to write {@code R} first of all, waits for that, answers a line and waits for the end.
     *
     * @return nanoseconds from before the fork to the byte
     */
    static long nanosToFirstByte(Stage stage, List<String> command) throws CannotRunException {
        Outcome outcome = stage.call(() -> new ConsoleRun(stage.sys(), command).run());
        if (outcome.fault().isPresent()) {
            throw new CannotRunException(outcome.fault().get());
        }
        return outcome.nanos();
    }

    private record Outcome(long nanos, Optional<String> fault) {}

    private Outcome run() {
        PseudoTerminal terminal = sys.openPseudoTerminal();
        try (Fd master = terminal.master();
                Fd poll = sys.createPoll()) {
            long begun;
            long pid;
            try (Fd slave = sys.open(terminal.slave(), EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY))) {
                UnaryOperator<String> fill =
                        word -> word.equals(TERMINAL) ? terminal.slave().toString() : word;
                List<String> words = command.stream().map(fill).toList();
                SpawnRequest request =
                        new SpawnRequest(words.get(0), words, ENVIRONMENT, Map.of(0, slave, 1, slave, 2, slave));
                begun = System.nanoTime();
                pid = sys.spawn(request);
            }
            try (Fd process = sys.openProcess(pid)) {
                sys.addToPoll(poll, master, OUTPUT, true, false);
                return follow(poll, master, process, begun);
            }
        }
    }

    private Outcome follow(Fd poll, Fd master, Fd process, long begun) {
        sys.awaitReady(poll, PATIENCE_MILLIS);
        long nanos = System.nanoTime() - begun;
        String said = read(master);
        if (said.startsWith("R")) {
            sys.write(master, new byte[] {'\n'}, 0, 1);
        }
        sys.addToPoll(poll, process, END, true, false);
        Optional<ProcessEnd> end = awaitEnd(poll, master, process);
        if (!said.startsWith("R")) {
            String rest = (said + read(master)).strip().replaceAll("\\s+", " ");
            return new Outcome(
                    0,
                    Optional.of("it said '" + rest + "' and "
                            + end.map(Object::toString).orElse("went on")));
        }
        return new Outcome(nanos, Optional.empty());
    }

    /** Takes what is still written, so that nobody waits for room, until the process has ended. */
    private Optional<ProcessEnd> awaitEnd(Fd poll, Fd master, Fd process) {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        Optional<ProcessEnd> end = sys.pollEnd(process);
        boolean listening = true;
        while (end.isEmpty()) {
            if (System.nanoTime() > deadline) {
                sys.signal(process, SIGKILL);
            }
            if (listening
                    && sys.awaitReady(poll, PATIENCE_MILLIS).stream()
                            .anyMatch(ready ->
                                    ready.token() == OUTPUT && read(master).isEmpty())) {
                // Hung up: from now on only the end counts.
                sys.removeFromPoll(poll, master);
                listening = false;
            } else if (!listening) {
                sys.awaitReady(poll, PATIENCE_MILLIS);
            }
            end = sys.pollEnd(process);
        }
        return end;
    }

    /** What is there; empty once nobody holds the other side any more. */
    private String read(Fd master) {
        byte[] buffer = new byte[4096];
        try {
            int count = sys.read(master, buffer, 0, buffer.length);
            return new String(buffer, 0, Math.max(count, 0), StandardCharsets.UTF_8);
        } catch (ErrnoException e) {
            return "";
        }
    }
}
