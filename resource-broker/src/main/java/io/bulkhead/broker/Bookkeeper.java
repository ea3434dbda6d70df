package io.bulkhead.broker;

import io.bulkhead.broker.ledger.Account;
import io.bulkhead.broker.ledger.Actual;
import io.bulkhead.broker.ledger.Change;
import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.Difference;
import io.bulkhead.broker.ledger.Draft;
import io.bulkhead.broker.ledger.Grant;
import io.bulkhead.broker.ledger.Ledger;
import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.LedgerPlace;
import io.bulkhead.broker.ledger.LedgerStore;
import io.bulkhead.broker.ledger.ResourceKey;
import io.bulkhead.broker.ledger.sqlite.SqliteLedgerPlace;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ledger in step with the manager: every change is announced in it before the manager is asked, and settled
 * after. Opens it, and opens it anew when something was wrong with it; while it cannot be written nothing is changed
 * that it would have to hold.
 *
 * <p>Safe for any thread. The ledger and its file are only touched on one thread of its own, so nothing blocks.
 */
public final class Bookkeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bookkeeper.class);

    /** After these it is not known whether the manager carried an order out; the next reconciliation finds out. */
    private static final Set<ProblemCode> UNCERTAIN =
            Set.of(ProblemCode.UNREACHABLE, ProblemCode.TIMED_OUT, ProblemCode.PROTOCOL_ERROR, ProblemCode.FAILED);

    private static final Duration TO_CLOSE = Duration.ofSeconds(5);

    private final LedgerPlace place;
    private final LongSupplier clockMillis;
    private final Executor executor;
    private final Runnable stop;

    // Of the ledger's thread alone.
    private Optional<Ledger> ledger = Optional.empty();
    private List<Difference> differences = List.of();
    private Optional<Long> reconciledAtMillis = Optional.empty();
    private String openingReason = "there was no ledger yet: opened with what the manager has";

    private volatile LedgerReport report = LedgerReport.OPENING;

    /**
     * @param place where the ledger is
     * @param clockMillis the time, milliseconds since 1970 UTC
     * @param executor runs one thing after another
     * @param stop ends the executor when all is done
     */
    Bookkeeper(LedgerPlace place, LongSupplier clockMillis, Executor executor, Runnable stop) {
        this.place = place;
        this.clockMillis = clockMillis;
        this.executor = executor;
        this.stop = stop;
    }

    /**
     * Keeps the ledger in a directory, which is made when it is first needed; the database driver is loaded then, too.
     *
     * @param directory of this instance alone; nobody else may write there
     */
    public static Bookkeeper inDirectory(Path directory) {
        return withThread(new SqliteLedgerPlace(directory));
    }

    static Bookkeeper withThread(LedgerPlace place) {
        ExecutorService thread =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread made = new Thread(work, "ledger");
                    made.setDaemon(true);
                    return made;
                });
        return new Bookkeeper(place, System::currentTimeMillis, thread, () -> end(thread));
    }

    private static void end(ExecutorService thread) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(TO_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn()
                        .log("The ledger is still being written; what is not committed is settled by the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The ledger as it was after the last thing that happened to it. */
    public LedgerReport report() {
        return report;
    }

    // ---- reconciling

    /** Begins to read the ledger, so that what is wrong with it is known also while the manager is away. */
    public void open() {
        executor.execute(() -> withLedger(
                opened -> LOG.atInfo().addKeyValue("version", opened.version()).log("The ledger is open")));
    }

    /** Opens the ledger if it is not, settles what can be settled, and names what differs; never fails for a fault. */
    CompletionStage<LedgerReport> reconcile(Actual actual) {
        return CompletableFuture.supplyAsync(
                () -> {
                    reconcileNow(actual);
                    return report;
                },
                executor);
    }

    /**
     * Says what differs now and would go on to differ once all that has a known cause is settled; changes nothing, neither
     * in the ledger nor of what {@link #report} says.
     */
    CompletionStage<LedgerReport> compare(Actual actual) {
        return CompletableFuture.supplyAsync(
                () -> {
                    LedgerReport[] compared = new LedgerReport[1];
                    boolean read = withLedger(open -> compared[0] =
                            LedgerPages.of(open, Optional.of(clockMillis.getAsLong()), open.foresee(actual)));
                    return read ? compared[0] : report;
                },
                executor);
    }

    /** Whether the ledger is open and in step, apart from what stands. */
    private boolean reconcileNow(Actual actual) {
        return withLedger(open -> {
            long now = clockMillis.getAsLong();
            if (!open.isOpened()) {
                open.adoptAll(actual, now, openingReason);
            }
            for (Commit commit : open.reconcile(actual, now)) {
                LOG.atInfo()
                        .addKeyValue("version", commit.version())
                        .addKeyValue("change", commit.change())
                        .addKeyValue("reason", commit.reason())
                        .log("The ledger was brought up to date");
            }
            reconciledAtMillis = Optional.of(now);
            List<Difference> found = open.differences(actual);
            DifferenceLog.tell(differences, found);
            differences = found;
        });
    }

    private interface Work {
        void with(Ledger ledger);
    }

    /** Works with the open ledger, opening it first; a fault closes it and is told by the report. */
    private boolean withLedger(Work work) {
        try {
            if (ledger.isEmpty()) {
                ledger = Optional.of(Ledger.open(place.open()));
            }
            work.with(ledger.orElseThrow());
            report = LedgerPages.of(ledger.orElseThrow(), reconciledAtMillis, differences);
            return true;
        } catch (LedgerFault e) {
            fail(e);
            return false;
        }
    }

    private void fail(LedgerFault fault) {
        LedgerReport before = report;
        closeLedger();
        report = LedgerPages.readOnly(fault, before);
        if (!before.fault().equals(report.fault())) {
            LOG.atError()
                    .addKeyValue("kind", fault.kind())
                    .addKeyValue("reason", fault.detail())
                    .addKeyValue("remedy", fault.remedy())
                    .setCause(fault.getCause())
                    .log("The ledger cannot be written: who has what is not changed until that is put right");
        }
    }

    private void closeLedger() {
        Optional<Ledger> closing = ledger;
        ledger = Optional.empty();
        try {
            closing.ifPresent(Ledger::close);
        } catch (LedgerFault e) {
            LOG.atWarn().addKeyValue("reason", e.detail()).log("The ledger was not closed in order");
        }
    }

    // ---- changing

    /**
     * Carries out a change of what a partition holds: announces it, gives the order, settles it.
     *
     * @param actual what is so now
     * @param owner whose slice
     * @param after what it is to have
     * @param ticket on whose behalf
     * @param reason what is done, one sentence
     * @param order gives the order
     * @return the order's outcome; fails with a {@link Refusal} where the ledger does not allow it, and then nothing was
     *     ordered
     */
    <T> CompletionStage<T> during(
            Actual actual,
            PartitionName owner,
            Optional<Grant> after,
            Ticket ticket,
            String reason,
            Supplier<CompletionStage<T>> order) {
        return CompletableFuture.supplyAsync(() -> announce(actual, owner, after, ticket, reason), executor)
                .thenCompose(intent -> order.get()
                        .handle((result, failure) -> intent.map(commit -> settled(commit, Optional.ofNullable(failure)))
                                .orElse(CompletableFuture.completedFuture(false))
                                .thenCompose(settled -> failure == null
                                        ? CompletableFuture.completedFuture(result)
                                        : CompletableFuture.<T>failedFuture(failure)))
                        .thenCompose(stage -> stage));
    }

    /** The commit that announces a change; none where nothing changes. */
    private Optional<Commit> announce(
            Actual actual, PartitionName owner, Optional<Grant> after, Ticket ticket, String reason) {
        requireWritable(reconcileNow(actual));
        List<Difference> standing =
                differences.stream().filter(each -> each.holdsUp(owner)).toList();
        if (!standing.isEmpty()) {
            Difference first = standing.get(0);
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "the ledger and the manager differ about " + owner + ": " + first.resource() + " is "
                            + first.ledger() + " by the ledger, " + first.manager() + " by the manager",
                    first.action());
        }
        Ledger open = ledger.orElseThrow();
        Optional<Grant> before = open.grant(owner);
        if (before.equals(after)) {
            return Optional.empty();
        }
        return Optional.of(commit(
                new Draft(
                        clockMillis.getAsLong(),
                        ticket.actor(),
                        reason,
                        ticket.commitKey(),
                        new Change.Intended(owner, before, after)),
                open.version()));
    }

    private Commit commit(Draft draft, long expectedVersion) {
        Commit[] made = new Commit[1];
        requireWritable(withLedger(open -> made[0] = open.commit(draft, expectedVersion)));
        return made[0];
    }

    private void requireWritable(boolean writable) {
        if (!writable || report.mode() != LedgerReport.Mode.READ_WRITE) {
            throw readOnly();
        }
    }

    private Refusal readOnly() {
        return report.fault()
                .map(fault -> Refusal.of(ProblemCode.LEDGER_READ_ONLY, fault.detail(), fault.remedy()))
                .orElseGet(
                        () -> Refusal.of(ProblemCode.LEDGER_READ_ONLY, "the ledger is not open yet", "try it again"));
    }

    /** Settles an intent whose end is known; whether it was. */
    private CompletableFuture<Boolean> settled(Commit intent, Optional<Throwable> failure) {
        Optional<ProblemCode> code =
                failure.map(cause -> Refusals.of(cause).problem().code());
        if (code.map(UNCERTAIN::contains).orElse(false)) {
            return CompletableFuture.completedFuture(false);
        }
        PartitionName owner = ((Change.Intended) intent.change()).owner();
        return CompletableFuture.supplyAsync(
                () -> {
                    // Whoever reconciled meanwhile has settled it; and without a ledger the next reconciliation does.
                    boolean pending = ledger.map(open -> open.isPending(owner)).orElse(false);
                    return pending
                            && withLedger(open -> open.commit(
                                    new Draft(
                                            clockMillis.getAsLong(),
                                            intent.actor(),
                                            code.isEmpty() ? "carried out" : "refused by the manager",
                                            intent.key() + "/settled",
                                            new Change.Settled(owner, intent.version(), code.isEmpty())),
                                    open.version()));
                },
                executor);
    }

    // ---- the administrator

    /** Commits by account and resource, oldest first; fails with a {@link Refusal}. */
    CompletionStage<LedgerHistory> history(
            Optional<Account> account, Optional<ResourceKey> resource, long afterVersion, int limit) {
        return CompletableFuture.supplyAsync(
                () -> {
                    LedgerStore.Query query = new LedgerStore.Query(account, resource, afterVersion, limit);
                    LedgerHistory[] found = new LedgerHistory[1];
                    if (!withLedger(open -> found[0] = LedgerPages.history(open.version(), open.query(query)))) {
                        throw readOnly();
                    }
                    return found[0];
                },
                executor);
    }

    /** Takes over what the manager has of a partition; does nothing where the two agree. */
    CompletionStage<LedgerReport> accept(Actual actual, PartitionName owner, Ticket ticket) {
        return CompletableFuture.supplyAsync(
                () -> {
                    requireWritable(reconcileNow(actual));
                    Optional<Grant> manager = actual.grants().stream()
                            .filter(grant -> grant.owner().equals(owner))
                            .findFirst();
                    Ledger open = ledger.orElseThrow();
                    if (manager.isEmpty() && open.grant(owner).isEmpty() && !open.isPending(owner)) {
                        throw Refusal.of(
                                ProblemCode.NOT_FOUND,
                                "neither the ledger nor the manager has a slice of '" + owner + "'",
                                "'bulkhead ledger check' names what differs");
                    }
                    if (differences.stream().anyMatch(each -> each.holdsUp(owner))) {
                        commit(
                                new Draft(
                                        clockMillis.getAsLong(),
                                        ticket.actor(),
                                        "the administrator accepted what the manager has",
                                        ticket.commitKey(),
                                        new Change.Adopted(owner, manager)),
                                open.version());
                        acceptRange(actual, owner, ticket);
                        reconcileNow(actual);
                    }
                    return report;
                },
                executor);
    }

    private void acceptRange(Actual actual, PartitionName owner, Ticket ticket) {
        Ledger open = ledger.orElseThrow();
        Optional<UidRange> range = actual.ranges().flatMap(ranges -> Optional.ofNullable(ranges.get(owner)));
        if (range.isPresent() && !range.equals(Optional.ofNullable(open.ranges().get(owner)))) {
            commit(
                    new Draft(
                            clockMillis.getAsLong(),
                            ticket.actor(),
                            "the administrator accepted the user ids that the manager has given",
                            ticket.commitKey() + "/ids",
                            new Change.Numbered(owner, range)),
                    open.version());
        }
    }

    /** Puts the ledger aside and opens a new one with what the manager has. */
    CompletionStage<LedgerReport> rebuild(Actual actual, Ticket ticket) {
        return CompletableFuture.supplyAsync(
                () -> {
                    closeLedger();
                    try {
                        String aside = place.putAside(clockMillis.getAsLong());
                        openingReason = "rebuilt by " + ticket.actor() + " from the manager's records; " + aside;
                    } catch (LedgerFault e) {
                        fail(e);
                        throw readOnly();
                    }
                    differences = List.of();
                    report = LedgerReport.OPENING;
                    LOG.atWarn().addKeyValue("reason", openingReason).log("The ledger is rebuilt");
                    requireWritable(reconcileNow(actual));
                    return report;
                },
                executor);
    }

    /** Closes the ledger when what is under way is written. */
    @Override
    public void close() {
        executor.execute(this::closeLedger);
        stop.run();
    }
}
