package io.bulkhead.manager.journal;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.LedgerNote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells in the journal how the control plane's ledger and the manager differ, each difference once when it comes and once
 * when it goes. Knows what it told for as long as its manager lives. Safe for any thread.
 */
public final class LedgerNotes {
    private final Journal journal;
    private Map<Key, LedgerNote> told = Map.of();

    /** What makes a difference the same one: its remedy may be worded anew. */
    private record Key(String owner, String difference) {}

    public LedgerNotes(Journal journal) {
        this.journal = journal;
    }

    /** Takes what stands now; told twice, nothing comes of it. */
    public synchronized void note(List<LedgerNote> standing) {
        Map<Key, LedgerNote> now = new LinkedHashMap<>();
        standing.forEach(note -> now.put(new Key(note.owner(), note.difference()), note));
        List<Event> events = new ArrayList<>();
        told.keySet().stream()
                .filter(key -> !now.containsKey(key))
                .forEach(key -> events.add(new Event.LedgerDifferenceResolved(key.owner(), key.difference())));
        now.forEach((key, note) -> {
            if (!told.containsKey(key)) {
                events.add(new Event.LedgerDifferenceFound(note.owner(), note.difference(), note.remedy()));
            }
        });
        told = now;
        events.forEach(journal::append);
    }
}
