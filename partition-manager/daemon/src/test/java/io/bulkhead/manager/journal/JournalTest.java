package io.bulkhead.manager.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.Event.ManagerStarted;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.StreamMessage.Gap;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final long NOW = 1_700_000_000_000L;

    private final Journal journal = new Journal(() -> NOW, 3);

    @Test
    void numbersRiseAcrossRestartsEvenAfterManyEvents() {
        EventRecord last = append(5);

        Journal afterRestart = new Journal(() -> NOW + 1);

        assertThat(afterRestart.append(new ManagerStarted("x")).sequence()).isGreaterThan(last.sequence());
    }

    @Test
    void givesWhatCameAfterANumber() {
        EventRecord first = append(1);
        EventRecord second = append(1);

        Journal.Page page = journal.after(first.sequence(), 10);

        assertThat(page)
                .isEqualTo(new Journal.Page(java.util.Optional.empty(), java.util.List.of(second), second.sequence()));
    }

    @Test
    void givesEverythingToWhoHasSeenNothing() {
        append(3);

        Journal.Page page = journal.after(0, 10);

        assertThat(page.gap()).isEmpty();
        assertThat(page.events()).hasSize(3);
    }

    @Test
    void tellsWhatIsForgotten() {
        EventRecord first = append(1);
        append(4);

        Journal.Page page = journal.after(first.sequence(), 10);

        assertThat(page.events()).hasSize(3);
        assertThat(page.gap())
                .contains(new Gap(first.sequence() + 1, page.events().get(0).sequence()));
    }

    @Test
    void tellsOfAGapToWhoFollowedAnEarlierManager() {
        append(1);

        assertThat(journal.after(NOW * 1000 - 77, 10).gap()).contains(new Gap(NOW * 1000 - 76, NOW * 1000 + 1));
    }

    @Test
    void goesOnInPages() {
        append(3);

        Journal.Page first = journal.after(0, 2);
        Journal.Page second = journal.after(first.next(), 2);

        assertThat(first.events()).hasSize(2);
        assertThat(second.events()).hasSize(1);
        assertThat(journal.after(second.next(), 2).events()).isEmpty();
    }

    @Test
    void wakesWhoWaits() throws Exception {
        EventRecord seen = append(1);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return journal.awaitAfter(seen.sequence(), Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        append(1);

        assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(journal.awaitAfter(seen.sequence() + 1, Duration.ofMillis(1)))
                .isFalse();
    }

    private EventRecord append(int count) {
        EventRecord last = journal.append(new ManagerStarted("v"));
        for (int i = 1; i < count; i++) {
            last = journal.append(new ManagerStarted("v"));
        }
        return last;
    }
}
