package io.bulkhead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.LedgerNote;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.wire.Frame;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerNewsTest {
    private static List<LedgerReport.Difference> differences(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new LedgerReport.Difference(
                        "unknown", "p" + i, "slice", "nothing", "x".repeat(10_000), "y".repeat(10_000)))
                .toList();
    }

    @Test
    void saysInWordsWhatEachOfThemSays() {
        assertThat(LedgerNews.notes(List.of(
                        new LedgerReport.Difference("missing", "db", "slice", "1 CPU", "nothing", "accept it"))))
                .containsExactly(
                        new LedgerNote("db", "slice is 1 CPU by the ledger, nothing by the manager", "accept it"));
    }

    @Test
    void alwaysFitsInOneMessage() {
        List<LedgerNote> all = LedgerNews.notes(differences(Order.NoteLedger.MOST));
        List<LedgerNote> more = LedgerNews.notes(differences(Order.NoteLedger.MOST + 1));

        assertThat(all).hasSize(Order.NoteLedger.MOST).noneMatch(note -> note.owner()
                .equals("partitions"));
        assertThat(more).hasSize(Order.NoteLedger.MOST);
        assertThat(more.get(Order.NoteLedger.MOST - 1).difference()).startsWith("there are 1001 differences");
        assertThat(Frame.order(new Order.NoteLedger(more)).payload()).hasSizeLessThan(Frame.MAX_MESSAGE_BYTES);
    }
}
