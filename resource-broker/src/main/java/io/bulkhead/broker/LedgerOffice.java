package io.bulkhead.broker;

import io.bulkhead.broker.ledger.Account;
import io.bulkhead.broker.ledger.Actual;
import io.bulkhead.broker.ledger.ResourceKey;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What can be asked of the ledger. Safe for any thread; nothing blocks; stages fail with a {@link Refusal}. What compares
 * or changes waits for its turn behind the changes under way.
 */
public final class LedgerOffice {
    private final Bookkeeper bookkeeper;
    private final Turns turns;
    private final Supplier<CompletionStage<Actual>> actual;
    private final LedgerNews news;

    /**
     * @param bookkeeper who keeps it
     * @param turns of everything that changes who has what
     * @param actual asks the manager what is so
     * @param news tells whoever follows the events
     */
    LedgerOffice(Bookkeeper bookkeeper, Turns turns, Supplier<CompletionStage<Actual>> actual, LedgerNews news) {
        this.bookkeeper = bookkeeper;
        this.turns = turns;
        this.actual = actual;
        this.news = news;
    }

    /** The ledger as it was after the last thing that happened to it. */
    public LedgerReport report() {
        return bookkeeper.report();
    }

    /** What an administrator has to look after: why it cannot be written, or how many differences stand. */
    public Optional<String> trouble() {
        LedgerReport report = report();
        return report.fault().map(fault -> "read-only: " + fault.detail()).or(() -> Optional.of(
                        report.differences().size())
                .filter(count -> count > 0)
                .map(count -> "differs from the manager in " + count + (count == 1 ? " place" : " places")
                        + "; see 'bulkhead ledger check'"));
    }

    /** Compares the ledger with the manager now, and settles what has a known cause. */
    public CompletionStage<LedgerReport> check() {
        return inTurn(now -> bookkeeper.reconcile(now).thenCompose(news::tell));
    }

    /** Compares the ledger with the manager now, and changes nothing: what would stand if all else were settled. */
    public CompletionStage<LedgerReport> compare() {
        return inTurn(bookkeeper::compare);
    }

    /** Takes over what the manager has of a partition; see {@link Bookkeeper#accept}. */
    public CompletionStage<LedgerReport> accept(PartitionName owner, Ticket ticket) {
        return inTurn(now -> bookkeeper.accept(now, owner, ticket).thenCompose(news::tell));
    }

    /** Puts the ledger aside and opens a new one with what the manager has. */
    public CompletionStage<LedgerReport> rebuild(Ticket ticket) {
        return inTurn(now -> bookkeeper.rebuild(now, ticket).thenCompose(news::tell));
    }

    /**
     * Commits, oldest first.
     *
     * @param account only with entries of this account: a partition's name, {@code host}, {@code free}
     * @param resource only with entries of this resource: {@code cpu/N}, {@code pool}, {@code memory/N}, {@code storage} …
     * @param afterVersion only later ones
     * @param limit at most so many, 1 to 1000
     */
    public CompletionStage<LedgerHistory> history(
            Optional<String> account, Optional<String> resource, long afterVersion, int limit) {
        try {
            return bookkeeper.history(
                    account.map(Account::parse), resource.map(ResourceKey::parse), afterVersion, limit);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(
                    new Refusal(Problem.of(ProblemCode.INVALID_REQUEST, String.valueOf(e.getMessage())), e));
        }
    }

    private <T> CompletionStage<T> inTurn(Function<Actual, CompletionStage<T>> work) {
        return turns.next(() -> actual.get().thenCompose(work));
    }
}
