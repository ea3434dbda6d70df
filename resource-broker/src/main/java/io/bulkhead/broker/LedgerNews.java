package io.bulkhead.broker;

import io.bulkhead.contract.order.LedgerNote;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the manager's journal tell how the ledger differs from what the manager has, so that whoever follows the events
 * hears of it there, in the one numbering that there is. Safe for any thread.
 */
final class LedgerNews {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerNews.class);

    /** Longer words would make the order too large. */
    private static final int MOST_CHARACTERS = 300;

    private final Desk desk;

    LedgerNews(Desk desk) {
        this.desk = desk;
    }

    /**
     * Tells what stands by a report; completes with that report, also where it could not be told: the next comparison tells
     * all of it again. What a ledger says that cannot be written is no news.
     */
    CompletionStage<LedgerReport> tell(LedgerReport report) {
        if (report.mode() != LedgerReport.Mode.READ_WRITE) {
            return CompletableFuture.completedFuture(report);
        }
        return desk.ask(new Order.NoteLedger(notes(report.differences())), Reply.Done.class, Desk.TO_TELL)
                .handle((done, failure) -> {
                    if (failure != null) {
                        LOG.atDebug()
                                .addKeyValue("reason", Refusals.of(failure).getMessage())
                                .log("The journal could not be told how the ledger differs");
                    }
                    return report;
                });
    }

    static List<LedgerNote> notes(List<LedgerReport.Difference> differences) {
        int most = Order.NoteLedger.MOST;
        List<LedgerNote> notes = new ArrayList<>(differences.stream()
                .limit(differences.size() > most ? most - 1 : most)
                .map(LedgerNews::note)
                .toList());
        if (differences.size() > most) {
            notes.add(new LedgerNote(
                    "partitions",
                    "there are " + differences.size() + " differences, more than are told one by one",
                    "'bulkhead ledger check' names all of them"));
        }
        return notes;
    }

    private static LedgerNote note(LedgerReport.Difference each) {
        return new LedgerNote(
                each.owner(),
                cut(each.resource() + " is " + each.ledger() + " by the ledger, " + each.manager() + " by the manager"),
                cut(each.action()));
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS - 1) + "\u2026";
    }
}
