package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The state that commits add up to: who has what, what was granted, which intents have not ended yet. Works out the
 * entries of a change and applies commits, checking each against every invariant. For one thread.
 */
final class Books {
    private final Balances balances;
    private final SortedMap<PartitionName, Grant> grants = new TreeMap<>();
    private final SortedMap<PartitionName, Intent> pending = new TreeMap<>();
    private final SortedMap<PartitionName, Intent> forsaken = new TreeMap<>();
    private final SortedMap<PartitionName, Grant> found = new TreeMap<>();
    private final SortedMap<PartitionName, UidRange> ranges = new TreeMap<>();
    private final Invariants invariants = new Invariants(this);
    private Optional<Stock> stock = Optional.empty();
    private Map<Integer, List<Integer>> cores = Map.of();
    private long version;

    /** Empty. */
    Books() {
        this(new Balances());
    }

    private Books(Balances balances) {
        this.balances = balances;
    }

    /** The same, to be changed without changing this. */
    Books copy() {
        Books copy = new Books(balances.copy());
        copy.grants.putAll(grants);
        copy.pending.putAll(pending);
        copy.forsaken.putAll(forsaken);
        copy.found.putAll(found);
        copy.ranges.putAll(ranges);
        copy.stock = stock;
        copy.cores = cores;
        copy.version = version;
        return copy;
    }

    /**
     * An intent and the commit that said so.
     *
     * @param version of that commit
     * @param change what was intended
     */
    record Intent(long version, Change.Intended change) {}

    long version() {
        return version;
    }

    Balances balances() {
        return balances;
    }

    /** The inventory as last put on the books; empty before the opening. */
    Optional<Stock> stock() {
        return stock;
    }

    /** What each partition was granted; of one with an intent under way, what it had before. */
    SortedMap<PartitionName, Grant> grants() {
        return grants;
    }

    /** Intents that have not ended, by owner. */
    SortedMap<PartitionName, Intent> pending() {
        return pending;
    }

    /** The last intent of each owner where it was settled as not carried out: its order may still arrive. */
    SortedMap<PartitionName, Intent> forsaken() {
        return forsaken;
    }

    /** What was there at the opening and has not been adopted yet, by owner. */
    SortedMap<PartitionName, Grant> found() {
        return found;
    }

    // ---- what a change leads to

    /** The entries of a change; a {@link Refusal} where it is not possible now. Changes nothing. */
    List<Entry> entriesFor(Change change) {
        Posting posting = new Posting(balances);
        Allotment allotment = new Allotment(posting, new State(change));
        if (change instanceof Change.Opened opened) {
            require(stock.isEmpty(), "the ledger is open already");
            new StockTaking(posting, balances, opened.stock(), allotment).post();
        } else if (change instanceof Change.HardwareChanged changed) {
            require(stock.isPresent(), "the ledger is not open yet");
            StockTaking taking = new StockTaking(posting, balances, changed.stock(), allotment);
            if (!counts(stock)) {
                owners().forEach(owner -> taking.bookPlain(Account.of(owner), plainTerms(owner)));
            }
            taking.post();
        } else if (change instanceof Change.Intended intended) {
            intend(intended, allotment);
        } else if (change instanceof Change.Settled settled) {
            settle(settled, allotment);
        } else if (change instanceof Change.Numbered numbered) {
            require(stock.isPresent(), "the ledger is not open yet");
            numbered.range()
                    .flatMap(range -> overlapping(numbered.owner(), range))
                    .ifPresent(other -> {
                        throw Refusal.of(
                                ProblemCode.CONFLICT, "user ids of " + other + " are among them in the ledger");
                    });
        } else {
            Change.Adopted adopted = (Change.Adopted) change;
            require(stock.isPresent(), "the ledger is not open yet");
            Account account = Account.of(adopted.owner());
            adopted.grant().ifPresent(grant -> allotment.cover(account, grant));
            allotment.reduce(account, adopted.grant());
            adopted.grant().ifPresent(allotment::checkCores);
        }
        return posting.entries();
    }

    private void intend(Change.Intended intended, Allotment allotment) {
        require(stock.isPresent(), "the ledger is not open yet");
        PartitionName owner = intended.owner();
        require(!pending.containsKey(owner), "the ledger still waits for the end of an order about " + owner);
        require(
                Optional.ofNullable(grants.get(owner)).equals(intended.before()),
                "the ledger has another slice of " + owner + " than the one to be changed");
        intended.after().ifPresent(after -> {
            allotment.cover(Account.of(owner), after);
            allotment.checkCores(after);
        });
    }

    private void settle(Change.Settled settled, Allotment allotment) {
        Intent intent = pending.get(settled.owner());
        if (intent == null || intent.version() != settled.intent()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "the intent of commit " + settled.intent() + " for " + settled.owner() + " has ended already");
        }
        allotment.reduce(
                Account.of(settled.owner()),
                settled.carriedOut() ? intent.change().after() : intent.change().before());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw Refusal.of(ProblemCode.CONFLICT, otherwise);
        }
    }

    // ---- applying

    /** Takes a commit in; a {@link LedgerFault} where it breaks an invariant: then these books are of no use any more. */
    void apply(Commit commit) {
        invariants.checkForm(commit);
        commit.entries().forEach(balances::add);
        note(commit);
        version = commit.version();
        invariants.checkResult(commit);
    }

    /** Checks everything at once; a {@link LedgerFault} where something does not hold. */
    void audit() {
        invariants.checkAll();
    }

    private void note(Commit commit) {
        Change change = commit.change();
        if (change instanceof Change.Opened opened) {
            take(opened.stock());
            opened.found().forEach(grant -> found.put(grant.owner(), grant));
        } else if (change instanceof Change.HardwareChanged changed) {
            take(changed.stock());
        } else if (change instanceof Change.Intended intended) {
            pending.put(intended.owner(), new Intent(commit.version(), intended));
            forsaken.remove(intended.owner());
            found.remove(intended.owner());
        } else if (change instanceof Change.Settled settled) {
            Intent intent = pending.remove(settled.owner());
            if (intent == null || intent.version() != settled.intent()) {
                throw LedgerFault.damaged("commit " + commit.version() + " settles an intent that is not there");
            }
            if (settled.carriedOut()) {
                hold(settled.owner(), intent.change().after());
            } else {
                forsaken.put(settled.owner(), intent);
            }
        } else if (change instanceof Change.Numbered numbered) {
            numbered.range()
                    .ifPresentOrElse(
                            range -> ranges.put(numbered.owner(), range), () -> ranges.remove(numbered.owner()));
        } else {
            Change.Adopted adopted = (Change.Adopted) change;
            pending.remove(adopted.owner());
            forsaken.remove(adopted.owner());
            found.remove(adopted.owner());
            hold(adopted.owner(), adopted.grant());
        }
    }

    /** Another partition that has some of these user ids. */
    Optional<PartitionName> overlapping(PartitionName owner, UidRange range) {
        return ranges.entrySet().stream()
                .filter(each -> !each.getKey().equals(owner) && each.getValue().overlaps(range))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private void hold(PartitionName owner, Optional<Grant> grant) {
        grant.ifPresentOrElse(held -> grants.put(owner, held), () -> grants.remove(owner));
    }

    /** A thread that is offline now stays known to its core: it may be held, and it may come back. */
    private void take(Stock taken) {
        Map<Integer, SortedSet<Integer>> byCore = new TreeMap<>();
        Set<Integer> online = new HashSet<>();
        for (Stock.Cpu thread : taken.cpus()) {
            byCore.computeIfAbsent(thread.core(), none -> new TreeSet<>()).add(thread.id());
            online.add(thread.id());
        }
        Map<Integer, List<Integer>> byCpu = new TreeMap<>();
        cores.forEach((cpu, core) -> {
            if (!online.contains(cpu)) {
                byCpu.put(cpu, core);
            }
        });
        for (SortedSet<Integer> core : byCore.values()) {
            Set<Integer> offline = new TreeSet<>();
            for (int cpu : core) {
                siblings(cpu).stream()
                        .filter(sibling -> !online.contains(sibling))
                        .forEach(offline::add);
            }
            core.addAll(offline);
            List<Integer> whole = List.copyOf(core);
            whole.forEach(cpu -> byCpu.put(cpu, whole));
        }
        stock = Optional.of(taken);
        cores = byCpu;
    }

    /** The CPUs of the core that this one is of, as far as they were ever seen. */
    List<Integer> siblings(int cpu) {
        return cores.getOrDefault(cpu, List.of(cpu));
    }

    /** Everything that a partition's account must be good for: its slice, and with an intent what it is to have. */
    List<Grant> terms(PartitionName owner) {
        Intent intent = pending.get(owner);
        return intent == null
                ? Optional.ofNullable(grants.get(owner)).stream().toList()
                : Stream.concat(intent.change().before().stream(), intent.change().after().stream())
                        .toList();
    }

    /** All partitions that have something or are to have it. */
    private Set<PartitionName> owners() {
        Set<PartitionName> owners = new TreeSet<>(grants.keySet());
        owners.addAll(pending.keySet());
        return owners;
    }

    /** What a partition's account must have of everything that is plain to count: the most that either outcome needs. */
    SortedMap<ResourceKey, Long> plainTerms(PartitionName owner) {
        SortedMap<ResourceKey, Long> terms = new TreeMap<>();
        terms(owner).forEach(grant -> grant.amounts().forEach((key, amount) -> terms.merge(key, amount, Math::max)));
        return terms;
    }

    /** Whether more than CPUs, pool and memory is on the books: not in those of earlier releases. */
    boolean counts() {
        return counts(stock);
    }

    private static boolean counts(Optional<Stock> stock) {
        return stock.flatMap(Stock::capacities).isPresent();
    }

    /** Whether it is known how much there is of something. */
    boolean isStocked(ResourceKey resource) {
        return isStocked(stock, resource);
    }

    private static boolean isStocked(Optional<Stock> stock, ResourceKey resource) {
        return !resource.isPlain()
                || stock.flatMap(Stock::capacities)
                        .flatMap(known -> known.of(resource))
                        .isPresent();
    }

    /** The user ids of each partition, as the manager has given them. */
    SortedMap<PartitionName, UidRange> ranges() {
        return ranges;
    }

    /** Whether what a partition has, or is to have, of this CPU's core lets nobody else onto it. */
    boolean wantsWholeCore(PartitionName owner, int cpu) {
        List<Integer> core = siblings(cpu);
        return terms(owner).stream().filter(Grant::wholeCores).anyMatch(grant -> core.stream()
                .anyMatch(grant.cpus()::contains));
    }

    /** The CPUs that an account has. */
    List<Integer> cpusOf(Account account) {
        return balances.held(account).keySet().stream()
                .filter(resource -> resource.kind() == ResourceKey.Kind.CPU)
                .map(ResourceKey::id)
                .toList();
    }

    /** The books as a change in the making sees them. */
    private final class State implements Allotment.BookState {
        private final Optional<Stock> coming;

        State(Change change) {
            this.coming = change instanceof Change.Opened opened
                    ? Optional.of(opened.stock())
                    : change instanceof Change.HardwareChanged changed
                            ? Optional.of(changed.stock())
                            : Optional.empty();
        }

        @Override
        public List<Integer> nodes() {
            return Stream.concat(
                            balances.held(Account.HARDWARE).keySet().stream()
                                    .filter(resource -> resource.kind() == ResourceKey.Kind.MEMORY)
                                    .map(ResourceKey::id),
                            coming.stream()
                                    .flatMap(taken -> taken.nodes().stream().map(Stock.Node::id)))
                    .distinct()
                    .sorted()
                    .toList();
        }

        @Override
        public boolean counts() {
            return Books.counts(coming.or(() -> stock));
        }

        @Override
        public boolean isStocked(ResourceKey resource) {
            return Books.isStocked(coming.or(() -> stock), resource);
        }

        @Override
        public List<Integer> siblings(int cpu) {
            return Books.this.siblings(cpu);
        }

        @Override
        public List<Integer> cpusOf(Account account, BalanceView now) {
            return Stream.concat(
                            Books.this.cpusOf(account).stream(),
                            terms(account.partition().orElseThrow()).stream()
                                    .flatMap(grant -> grant.cpus().ids().stream()))
                    .distinct()
                    .filter(cpu -> now.of(account, ResourceKey.cpu(cpu)) > 0)
                    .toList();
        }

        @Override
        public NodeSet movableTo(Account account) {
            if (account.equals(Account.HOST)) {
                return NodeSet.of(nodes());
            }
            PartitionName owner = account.partition().orElseThrow();
            return pending.containsKey(owner) || !grants.containsKey(owner)
                    ? NodeSet.EMPTY
                    : grants.get(owner).memoryNodes();
        }

        @Override
        public boolean wantsWholeCore(PartitionName owner, int cpu) {
            return Books.this.wantsWholeCore(owner, cpu);
        }
    }
}
