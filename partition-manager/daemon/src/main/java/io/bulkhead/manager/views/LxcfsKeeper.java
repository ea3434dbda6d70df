package io.bulkhead.manager.views;

import io.bulkhead.manager.start.Child;
import io.bulkhead.manager.views.ViewsWall.EndWatch;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps lxcfs running while it is wanted: started again at once where it ends, but for one that ends a fourth time before it
 * has lasted a minute, or does not start: then after 1 s, 2 s … 60 s. Where it is not installed it is looked for whenever somebody needs it. Safe for any thread.
 */
final class LxcfsKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LxcfsKeeper.class);
    private static final long LASTING_SECONDS = 60;
    private static final long MOST_PAUSE_SECONDS = 60;

    /** How often it may end early and is started again at once. */
    private static final int AT_ONCE = 3;

    private final Lxcfs lxcfs;
    private final EndWatch watch;
    private final Executor executor;
    private final Consumer<Runnable> alone;
    private final Runnable lost;
    private final Runnable changed;
    private final LongSupplier clockNanos;

    /** Guarded by {@code alone}, but for what others read. */
    private @Nullable Child running;

    private @Nullable Runnable unwatch;
    private volatile boolean wanted;
    private long startedNanos;
    private int failures;
    private boolean retryPending;
    private volatile Optional<String> device = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    /**
     * @param alone does some work while nobody else uses lxcfs
     * @param lost is run, alone, when it has ended
     * @param changed is run, alone, when there is another lxcfs than before, or none any more
     */
    LxcfsKeeper(
            Lxcfs lxcfs, EndWatch watch, Executor executor, Consumer<Runnable> alone, Runnable lost, Runnable changed) {
        this(lxcfs, watch, executor, alone, lost, changed, System::nanoTime);
    }

    LxcfsKeeper(
            Lxcfs lxcfs,
            EndWatch watch,
            Executor executor,
            Consumer<Runnable> alone,
            Runnable lost,
            Runnable changed,
            LongSupplier clockNanos) {
        this.lxcfs = lxcfs;
        this.watch = watch;
        this.executor = executor;
        this.alone = alone;
        this.lost = lost;
        this.changed = changed;
        this.clockNanos = clockNanos;
    }

    /** Why this host has no lxcfs. */
    Optional<String> lacking() {
        return lxcfs.lacking();
    }

    Path directory() {
        return lxcfs.directory();
    }

    /** The number of its super block, while it runs. */
    Optional<String> device() {
        return device;
    }

    /** Why none runs. */
    Optional<String> trouble() {
        return lacking().or(() -> trouble);
    }

    /** Wants it from now on, in the background. */
    void begin() {
        wanted = true;
        inBackground(executor, this::settle);
    }

    /** Wants it now, and waits until it is there or is known not to be. */
    void ensure() {
        wanted = true;
        if (device.isEmpty()) {
            alone.accept(() -> {
                if (!retryPending) {
                    settle(true);
                }
            });
        }
    }

    private void settle() {
        alone.accept(() -> settle(false));
    }

    /** Takes one up or starts it, if none runs and one is wanted. */
    private void settle(boolean quiet) {
        if (!wanted || running != null) {
            return;
        }
        if (lxcfs.lacking().isPresent()) {
            if (!quiet) {
                LOG.atWarn()
                        .addKeyValue("reason", lxcfs.lacking().get())
                        .log("Partitions see the host's figures in /proc");
            }
            return;
        }
        try {
            follow(lxcfs.takeUp().orElseGet(lxcfs::start));
        } catch (RuntimeException e) {
            failed(String.valueOf(e.getMessage()));
            return;
        }
        changed.run();
    }

    private void follow(Child started) {
        running = started;
        startedNanos = clockNanos.getAsLong();
        device = lxcfs.device();
        trouble = Optional.empty();
        unwatch =
                watch.onEnd(started.process(), () -> inBackground(executor, () -> alone.accept(() -> ended(started))));
        LOG.atInfo().addKeyValue("pid", started.pid()).log("lxcfs is there");
    }

    /** One that was not ended by us has. */
    @SuppressWarnings("ReferenceEquality") // The very one that was started, whatever number it had.
    private void ended(Child gone) {
        if (running != gone) {
            return;
        }
        LOG.atWarn().addKeyValue("pid", gone.pid()).log("lxcfs has ended; starting it again");
        drop();
        lost.run();
        lxcfs.end(gone);
        lxcfs.clear();
        boolean lasted = clockNanos.getAsLong() - startedNanos >= TimeUnit.SECONDS.toNanos(LASTING_SECONDS);
        failures = lasted ? 0 : failures;
        if (failures < AT_ONCE) {
            failures++;
            settle(false);
        } else {
            failed("lxcfs has ended again and again");
        }
    }

    private void failed(String reason) {
        failures++;
        long pause = pauseSeconds(failures);
        trouble = Optional.of(reason);
        LOG.atError()
                .addKeyValue("reason", reason)
                .addKeyValue("seconds", pause)
                .log("There is no lxcfs; partitions see the host's figures in /proc until it starts");
        changed.run();
        retryPending = true;
        inBackground(
                CompletableFuture.delayedExecutor(pause, TimeUnit.SECONDS, executor),
                () -> alone.accept(() -> {
                    retryPending = false;
                    settle(false);
                }));
    }

    /** How long to wait after so many failures, from 1 on. */
    static long pauseSeconds(int failures) {
        return failures > 6 ? MOST_PAUSE_SECONDS : 1L << Math.max(0, failures - 1);
    }

    private void drop() {
        if (unwatch != null) {
            unwatch.run();
        }
        unwatch = null;
        running = null;
        device = Optional.empty();
    }

    /** Ends it and takes everything of it off the host. */
    void leave() {
        wanted = false;
        alone.accept(() -> {
            Optional<Child> last = Optional.ofNullable(running).or(lxcfs::takeUp);
            drop();
            last.ifPresent(lxcfs::end);
            lxcfs.remove();
        });
    }

    /** Follows it no more; it goes on. */
    @Override
    public void close() {
        wanted = false;
        alone.accept(() -> {
            Optional<Child> last = Optional.ofNullable(running);
            drop();
            last.ifPresent(Child::close);
        });
    }

    /** Unless the manager goes: then the next one looks after everything. */
    static void inBackground(Executor executor, Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("The manager goes, and the next one looks after lxcfs");
        }
    }
}
