package io.bulkhead.broker.ledger;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Compares the books with what is so. Where the cause of a difference is known, there is a change that settles it: an
 * intent of ours ended one way or the other, an order of ours arrived late, the hardware is another one. Everything else
 * is a {@link Difference}, which stands until the administrator decides. Changes nothing itself.
 */
final class Reconciliation {
    private final Books books;
    private final Map<PartitionName, Grant> actual;
    private final Optional<SortedMap<PartitionName, UidRange>> ranges;

    /**
     * A change that settles what differs.
     *
     * @param change to be committed
     * @param reason what was found
     */
    record Settlement(Change change, String reason) {}

    Reconciliation(Books books, Actual actual) {
        this.books = books;
        this.actual = actual.byOwner();
        this.ranges = actual.ranges();
    }

    /** The change that brings the inventory up to date, if it is not. */
    static Optional<Settlement> ofHardware(Books books, Actual actual) {
        Change change = new Change.HardwareChanged(actual.stock());
        boolean same = books.stock().equals(Optional.of(actual.stock()))
                && books.entriesFor(change).isEmpty();
        return same
                ? Optional.empty()
                : Optional.of(new Settlement(change, "the inventory or the host's reserve is another one now"));
    }

    /** The first change about a partition whose cause is known. */
    Optional<Settlement> next() {
        return owners().stream()
                .map(this::settlement)
                .flatMap(Optional::stream)
                .findFirst()
                .or(this::ofRanges);
    }

    /** Ids of partitions that are gone are nobody's before others are given them. */
    private Optional<Settlement> ofRanges() {
        if (ranges.isEmpty()) {
            return Optional.empty();
        }
        SortedMap<PartitionName, UidRange> managers = ranges.get();
        return books.ranges().keySet().stream()
                .filter(owner -> !managers.containsKey(owner))
                .findFirst()
                .map(owner -> new Settlement(
                        new Change.Numbered(owner, Optional.empty()), "the partition and its user ids are gone"))
                .or(() -> managers.keySet().stream()
                        .filter(owner -> !books.ranges().containsKey(owner))
                        .map(owner -> possible(new Settlement(
                                new Change.Numbered(owner, Optional.ofNullable(managers.get(owner))),
                                "the manager has given it these user ids")))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    private SortedSet<PartitionName> owners() {
        SortedSet<PartitionName> owners = new TreeSet<>(actual.keySet());
        owners.addAll(books.grants().keySet());
        owners.addAll(books.pending().keySet());
        return owners;
    }

    private Optional<Settlement> settlement(PartitionName owner) {
        Optional<Grant> manager = Optional.ofNullable(actual.get(owner));
        Books.Intent intent = books.pending().get(owner);
        if (intent != null) {
            return ofIntent(owner, intent, manager);
        }
        Optional<Grant> ledger = Optional.ofNullable(books.grants().get(owner));
        if (ledger.equals(manager)) {
            return Optional.empty();
        }
        if (manager.isPresent() && Objects.equals(books.found().get(owner), manager.get())) {
            return possible(
                    new Settlement(new Change.Adopted(owner, manager), "adopted as found when the ledger was opened"));
        }
        Books.Intent forsaken = books.forsaken().get(owner);
        if (forsaken != null && forsaken.change().after().equals(manager)) {
            return possible(new Settlement(
                    new Change.Adopted(owner, manager),
                    "the order of commit " + forsaken.version() + " was carried out late"));
        }
        return Optional.empty();
    }

    private static Optional<Settlement> ofIntent(PartitionName owner, Books.Intent intent, Optional<Grant> manager) {
        if (intent.change().after().equals(manager)) {
            return Optional.of(new Settlement(
                    new Change.Settled(owner, intent.version(), true),
                    "found carried out: the manager has what commit " + intent.version() + " intended"));
        }
        if (intent.change().before().equals(manager)) {
            return Optional.of(new Settlement(
                    new Change.Settled(owner, intent.version(), false),
                    "found not carried out: the manager has what was before commit " + intent.version()));
        }
        return Optional.empty();
    }

    private Optional<Settlement> possible(Settlement settlement) {
        try {
            books.entriesFor(settlement.change());
            return Optional.of(settlement);
        } catch (Refusal e) {
            // It stands as a difference, which says why.
            return Optional.empty();
        }
    }

    // ---- what stands

    /** What is left to be decided, by owner. */
    List<Difference> differences() {
        List<Difference> differences = new ArrayList<>();
        for (PartitionName owner : owners()) {
            Optional<Grant> manager = Optional.ofNullable(actual.get(owner));
            Optional<Grant> ledger = Optional.ofNullable(books.grants().get(owner));
            Books.Intent intent = books.pending().get(owner);
            if (intent != null) {
                differences.add(unclear(owner, intent, manager));
            } else if (!ledger.equals(manager)) {
                differences.addAll(ofSlice(owner, ledger, manager));
            }
        }
        ranges.ifPresent(managers -> managers.forEach((owner, range) -> {
            Optional<UidRange> ledger = Optional.ofNullable(books.ranges().get(owner));
            if (!ledger.equals(Optional.of(range))) {
                differences.add(new Difference(
                        ledger.isPresent() ? Difference.Kind.DIFFERENT : Difference.Kind.UNKNOWN,
                        owner.value(),
                        Difference.USER_IDS,
                        ledger.map(Reconciliation::described).orElse("none"),
                        described(range),
                        "'bulkhead ledger accept " + owner + "' takes over what the manager has"
                                + books.overlapping(owner, range)
                                        .map(other -> " once " + other + " has others")
                                        .orElse("")));
            }
        }));
        differences.addAll(HardwareDifferences.of(books));
        return differences;
    }

    private Difference unclear(PartitionName owner, Books.Intent intent, Optional<Grant> manager) {
        return new Difference(
                Difference.Kind.UNCLEAR,
                owner.value(),
                "slice",
                "commit " + intent.version() + " was to lead from "
                        + described(intent.change().before()) + " to "
                        + described(intent.change().after()),
                described(manager),
                action(owner, manager));
    }

    private List<Difference> ofSlice(PartitionName owner, Optional<Grant> ledger, Optional<Grant> manager) {
        if (ledger.flatMap(Grant::slice).isPresent()
                && manager.flatMap(Grant::slice).isPresent()) {
            String action = action(owner, manager);
            return SliceDifferences.of(ledger.get(), manager.get(), action);
        }
        return List.of(new Difference(
                manager.isEmpty()
                        ? Difference.Kind.MISSING
                        : ledger.isEmpty() ? Difference.Kind.UNKNOWN : Difference.Kind.DIFFERENT,
                owner.value(),
                "slice",
                described(ledger),
                described(manager),
                action(owner, manager)));
    }

    private String action(PartitionName owner, Optional<Grant> manager) {
        String accept = "'bulkhead ledger accept " + owner + "' takes over what the manager has";
        try {
            books.entriesFor(new Change.Adopted(owner, manager));
            return accept;
        } catch (Refusal e) {
            return accept + " once that can be booked: " + e.problem().detail();
        }
    }

    private static String described(UidRange range) {
        return range.base() + " to " + (range.base() + UidRange.SIZE - 1);
    }

    private static String described(Optional<Grant> grant) {
        return grant.map(Grant::describe).orElse("nothing");
    }
}
