package io.bulkhead.manager.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.LedgerNote;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerNotesTest {
    private static final LedgerNote DB = new LedgerNote("db", "slice differs", "accept it");
    private static final LedgerNote WEB = new LedgerNote("web", "slice differs", "accept it");

    private final Journal journal = new Journal(() -> 1);
    private final LedgerNotes notes = new LedgerNotes(journal);

    private List<Event> events() {
        return journal.after(0, 100).events().stream().map(EventRecord::event).toList();
    }

    @Test
    void tellsOfEachDifferenceWhenItComesAndWhenItGoes() {
        notes.note(List.of(DB));
        notes.note(List.of(DB, WEB));
        notes.note(List.of(WEB));
        notes.note(List.of());

        assertThat(events())
                .containsExactly(
                        new Event.LedgerDifferenceFound("db", "slice differs", "accept it"),
                        new Event.LedgerDifferenceFound("web", "slice differs", "accept it"),
                        new Event.LedgerDifferenceResolved("db", "slice differs"),
                        new Event.LedgerDifferenceResolved("web", "slice differs"));
    }

    @Test
    void tellsNothingTwice() {
        notes.note(List.of(DB, DB));
        notes.note(List.of(DB));
        notes.note(List.of(new LedgerNote("db", "slice differs", "another word for it")));

        assertThat(events()).hasSize(1);
    }

    @Test
    void tellsOfAnotherDifferenceOfTheSamePartition() {
        notes.note(List.of(DB));
        notes.note(List.of(new LedgerNote("db", "slice differs more", "accept it")));

        assertThat(events())
                .containsExactly(
                        new Event.LedgerDifferenceFound("db", "slice differs", "accept it"),
                        new Event.LedgerDifferenceResolved("db", "slice differs"),
                        new Event.LedgerDifferenceFound("db", "slice differs more", "accept it"));
    }

    @Test
    void aNewManagerIsToldAgainOfWhatStands() {
        notes.note(List.of(DB));
        Journal next = new Journal(() -> 2);
        new LedgerNotes(next).note(List.of(DB));

        assertThat(next.after(journal.after(0, 1).next(), 100).events())
                .extracting(EventRecord::event)
                .containsExactly(new Event.LedgerDifferenceFound("db", "slice differs", "accept it"));
    }
}
