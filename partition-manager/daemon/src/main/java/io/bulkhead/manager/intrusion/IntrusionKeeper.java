package io.bulkhead.manager.intrusion;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.intrusion.Account.Reading;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link Account} of every whole-CPU slice, on a thread of its own. A slice that is bound is taken up within a
 * second; one that is released, or bound to other CPUs, is forgotten. What {@link #of} says may be asked by any thread.
 */
public final class IntrusionKeeper implements AutoCloseable {
    /** How long a window is. */
    public static final Duration WINDOW = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(IntrusionKeeper.class);

    /** How often there is a look for new slices and for CPUs that came or went. */
    private static final long LOOK_MILLIS = 1000;

    private final HostClocks clocks;
    private final Function<PartitionName, Optional<Long>> ownMicros;
    private final Duration window;
    private final Map<PartitionName, Account> accounts = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "intrusion");
        thread.setDaemon(true);
        return thread;
    });

    /** Of the keeper's thread, as the next. */
    private CpuSet online = CpuSet.EMPTY;

    private long windowEndNanos;
    private boolean failed;

    /**
     * Does nothing before {@link #start}.
     *
     * @param clocks of the host
     * @param ownMicros CPU time that a partition has used since its group was made; empty where nobody counts it
     * @param window how long a window is
     */
    public IntrusionKeeper(KernelClocks clocks, Function<PartitionName, Optional<Long>> ownMicros, Duration window) {
        this((HostClocks) clocks, ownMicros, window);
    }

    IntrusionKeeper(HostClocks clocks, Function<PartitionName, Optional<Long>> ownMicros, Duration window) {
        this.clocks = clocks;
        this.ownMicros = ownMicros;
        this.window = window;
    }

    /**
     * Keeps the accounts until closed; to be called once.
     *
     * @param slices the whole-CPU slices that are bound now
     */
    public void start(Supplier<Map<PartitionName, CpuSet>> slices) {
        long periodMillis = Math.min(LOOK_MILLIS, window.toMillis());
        // Ends with its clock; what goes wrong in a look is logged there.
        ScheduledFuture<?> unused =
                clock.scheduleAtFixedRate(() -> guardedLook(slices), 0, periodMillis, TimeUnit.MILLISECONDS);
    }

    /** What others took of a partition's CPUs, if it has these and was watched for a window. */
    public Optional<Intrusion> of(PartitionName partition, CpuSet cpus) {
        return Optional.ofNullable(accounts.get(partition))
                .filter(account -> account.cpus().equals(cpus))
                .flatMap(Account::intrusion);
    }

    private void guardedLook(Supplier<Map<PartitionName, CpuSet>> slices) {
        try {
            look(slices.get());
            failed = false;
        } catch (RuntimeException e) {
            if (!failed) {
                LOG.atError().setCause(e).log("Intrusions cannot be accounted");
            }
            failed = true;
        }
    }

    /** Takes up new slices, and ends the windows when it is time. */
    void look(Map<PartitionName, CpuSet> wanted) {
        long nowNanos = clocks.nanos();
        accounts.entrySet().removeIf(each -> !Optional.ofNullable(wanted.get(each.getKey()))
                .equals(Optional.of(each.getValue().cpus())));
        breakOffWhereCpusChanged();
        boolean windowEnds = nowNanos - windowEndNanos >= 0 || accounts.isEmpty();
        if (windowEnds) {
            windowEndNanos = nowNanos + window.toNanos();
        }
        Map<PartitionName, CpuSet> due = new HashMap<>(wanted);
        due.keySet().removeIf(name -> {
            Account account = accounts.get(name);
            return account != null && !(windowEnds && longEnough(account, nowNanos));
        });
        if (due.isEmpty()) {
            return;
        }
        CpuSet watched = due.values().stream().reduce(CpuSet.EMPTY, CpuSet::union);
        Sample sample = clocks.sample(watched);
        due.forEach((name, cpus) -> ownMicros.apply(name).ifPresent(own -> {
            Reading reading = new Reading(sample, own, clocks.nanos());
            accounts.compute(
                    name, (same, before) -> before == null ? Account.begin(cpus, reading) : before.next(reading));
        }));
    }

    /** The first window of a slice that was bound a moment ago is joined with the next one: a short one says little. */
    private boolean longEnough(Account account, long nowNanos) {
        return account.windowMicros(nowNanos) == 0
                || account.windowMicros(nowNanos) >= TimeUnit.NANOSECONDS.toMicros(window.toNanos()) / 2;
    }

    private void breakOffWhereCpusChanged() {
        CpuSet now = clocks.online();
        CpuSet changed = now.minus(online).union(online.minus(now));
        online = now;
        accounts.replaceAll((name, account) -> account.cpus().intersects(changed) ? account.interrupted() : account);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
