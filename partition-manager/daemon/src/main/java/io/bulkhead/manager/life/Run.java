package io.bulkhead.manager.life;

import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Signals;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One run of a partition: its processes under watch, from the release of process 1 to the last look at how it ended.
 * Owns the descriptors. Safe for any thread; {@link #close()} by whoever holds the partition's lock.
 */
final class Run implements AutoCloseable {

    /** How often a process 1 that has just begun is looked at. */
    private static final Duration LOOK_UP = Duration.ofMillis(2);

    private final RunningPartition running;
    private final ProcessWatch processes;
    private final long startedAtMillis;
    private final CompletableFuture<Void> initEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> holderEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> killAsked = new CompletableFuture<>();
    private final ProcessWatch.Watch initWatch;
    private final ProcessWatch.Watch holderWatch;

    /**
     * @param running its processes
     * @param startedAtMillis milliseconds since 1970 UTC
     * @param processes the watch
     * @param over called once, where nothing may wait, when either process has ended
     */
    Run(RunningPartition running, long startedAtMillis, ProcessWatch processes, Consumer<Run> over) {
        this.running = running;
        this.processes = processes;
        this.startedAtMillis = startedAtMillis;
        CompletableFuture<Void> unused =
                CompletableFuture.anyOf(initEnded, holderEnded).thenRun(() -> over.accept(this));
        this.initWatch = processes.onEnd(running.initFd(), () -> initEnded.complete(null));
        try {
            this.holderWatch = processes.onEnd(running.holderFd(), () -> holderEnded.complete(null));
        } catch (RuntimeException e) {
            initWatch.close();
            throw e;
        }
    }

    RunningPartition running() {
        return running;
    }

    long pid() {
        return running.init().pid();
    }

    long startedAtMillis() {
        return startedAtMillis;
    }

    void signal(int signal) {
        processes.signal(running.initFd(), signal);
    }

    /** Whether process 1 has ended. */
    boolean initHasEnded() {
        return initEnded.isDone();
    }

    /** Tells whoever waits in {@link #awaitEnd} that no more patience is wanted. */
    void askToKill() {
        killAsked.complete(null);
    }

    /**
     * Tells process 1 to stop and waits for its end; false if the time is over, or somebody asked to kill it. One that
     * has just begun is told once it can hear it: until it has a handler the kernel throws the signal away.
     */
    boolean stopInOrder(int signal, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!processes.hears(pid(), signal) && System.nanoTime() < deadline && !killAsked.isDone()) {
            if (awaitEnd(LOOK_UP)) {
                return true;
            }
        }
        signal(signal);
        return awaitEnd(Duration.ofNanos(Math.max(deadline - System.nanoTime(), 0)));
    }

    /** Waits for the end of process 1; false if the time is over, or somebody asked to kill it. */
    boolean awaitEnd(Duration atMost) {
        await(CompletableFuture.anyOf(initEnded, killAsked), atMost);
        return initEnded.isDone();
    }

    /**
     * How process 1 ended. Its parent, the holder, hands on what wait(2) says by dying the same way, so it gets a moment to
     * go. After reboot(2) only that is right: the pidfd of process 1 tells of the SIGKILL that the kernel used. In every
     * other case the pidfd knows better, as the holder cannot always die like its child.
     */
    ProcessEnd end(Duration patience) {
        Optional<ProcessEnd> holder = processes.pollEnd(running.holderFd());
        if (holder.isEmpty()) {
            await(holderEnded, patience);
            holder = processes.pollEnd(running.holderFd());
        }
        Optional<ProcessEnd> handedOn = holder.filter(Run::isKnown);
        return handedOn.filter(end -> end instanceof ProcessEnd.Killed killed && killed.signal() != Signals.SIGKILL)
                .or(() -> processes.pollEnd(running.initFd()).filter(Run::isKnown))
                .or(() -> handedOn)
                .orElseGet(ProcessEnd.Unknown::new);
    }

    private static boolean isKnown(ProcessEnd end) {
        return !(end instanceof ProcessEnd.Unknown);
    }

    private static void await(CompletableFuture<?> event, Duration atMost) {
        try {
            event.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // The caller looks for itself what has come.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        initWatch.close();
        holderWatch.close();
        running.close();
    }
}
