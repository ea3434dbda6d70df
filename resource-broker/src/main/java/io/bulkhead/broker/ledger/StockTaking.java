package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.NodeSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Posts another inventory. What came is free or the host's; what went is written off where nobody but the host has it.
 * What a partition holds stays on the books, and what the host should keep but a partition has is not taken away: both
 * are told as differences and put right when the partition gives it back.
 */
final class StockTaking {
    private final Posting posting;
    private final Balances books;
    private final Stock stock;
    private final Allotment allotment;

    StockTaking(Posting posting, Balances books, Stock stock, Allotment allotment) {
        this.posting = posting;
        this.books = books;
        this.stock = stock;
        this.allotment = allotment;
    }

    void post() {
        threads();
        pool();
        nodes();
        hostMemory();
        stock.capacities()
                .ifPresent(known -> Capacities.SUMS.forEach(
                        resource -> resize(resource, known.of(resource).orElse(0L), 0)));
    }

    /** Books what a partition has of things that were not counted up to now. */
    void bookPlain(Account account, Map<ResourceKey, Long> amounts) {
        if (stock.capacities().isPresent()) {
            amounts.forEach((resource, amount) ->
                    posting.move(Account.HARDWARE, account, resource, amount - posting.of(account, resource)));
        }
    }

    private Set<ResourceKey> booked(ResourceKey.Kind kind) {
        return books.held(Account.HARDWARE).keySet().stream()
                .filter(resource -> resource.kind() == kind)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void threads() {
        Map<Integer, Stock.Cpu> wanted = stock.cpus().stream()
                .collect(Collectors.toMap(Stock.Cpu::id, Function.identity(), (one, other) -> one, TreeMap::new));
        for (ResourceKey cpu : booked(ResourceKey.Kind.CPU)) {
            if (!wanted.containsKey(cpu.id())) {
                for (Account account : List.of(Account.FREE, Account.HOST)) {
                    posting.move(account, Account.HARDWARE, cpu, posting.of(account, cpu));
                }
            }
        }
        wanted.forEach((id, thread) -> {
            ResourceKey cpu = ResourceKey.cpu(id);
            if (posting.of(Account.HARDWARE, cpu) == 0) {
                posting.move(Account.HARDWARE, Account.FREE, cpu, 1);
            }
            Account from = thread.shared() ? Account.FREE : Account.HOST;
            Account to = thread.shared() ? Account.HOST : Account.FREE;
            posting.move(from, to, cpu, posting.of(from, cpu));
        });
    }

    private void pool() {
        resize(ResourceKey.POOL, stock.pool().millis(), stock.hostPool().millis());
        long lacking = stock.hostPool().millis() - posting.of(Account.HOST, ResourceKey.POOL);
        long free = posting.of(Account.FREE, ResourceKey.POOL);
        if (lacking >= 0) {
            posting.move(Account.FREE, Account.HOST, ResourceKey.POOL, Math.min(lacking, free));
        } else {
            posting.move(Account.HOST, Account.FREE, ResourceKey.POOL, -lacking);
        }
    }

    /** Brings all that there is of something to an amount: more is free, less is written off as far as it is nobody's. */
    private void resize(ResourceKey resource, long wanted, long keptByHost) {
        long booked = -posting.of(Account.HARDWARE, resource);
        if (wanted >= booked) {
            posting.move(Account.HARDWARE, Account.FREE, resource, wanted - booked);
            return;
        }
        long spare = Math.max(0, posting.of(Account.HOST, resource) - keptByHost);
        posting.move(Account.HOST, Account.FREE, resource, spare);
        posting.move(
                Account.FREE,
                Account.HARDWARE,
                resource,
                Math.min(booked - wanted, posting.of(Account.FREE, resource)));
    }

    private void nodes() {
        Map<Integer, Long> wanted = new TreeMap<>();
        booked(ResourceKey.Kind.MEMORY).forEach(node -> wanted.put(node.id(), 0L));
        stock.nodes().forEach(node -> wanted.put(node.id(), node.memory().bytes()));
        // First what grows, so that the host's can move there.
        wanted.forEach((node, bytes) -> {
            if (bytes > -posting.of(Account.HARDWARE, ResourceKey.memory(node))) {
                resize(ResourceKey.memory(node), bytes, Long.MAX_VALUE);
            }
        });
        wanted.forEach((node, bytes) -> shrink(ResourceKey.memory(node), bytes));
    }

    private void shrink(ResourceKey node, long wanted) {
        resize(node, Math.min(wanted, -posting.of(Account.HARDWARE, node)), Long.MAX_VALUE);
        long excess = -posting.of(Account.HARDWARE, node) - wanted;
        long hosts = Math.min(excess, posting.of(Account.HOST, node));
        if (hosts > 0) {
            // The host's memory may be anywhere; what finds no room elsewhere is asked for again below.
            posting.move(Account.HOST, Account.HARDWARE, node, hosts);
        }
    }

    private void hostMemory() {
        List<Integer> nodes =
                stock.nodes().stream().map(Stock.Node::id).sorted().toList();
        NodeSet all = NodeSet.of(nodes);
        long lacking = stock.hostMemory().bytes() - allotment.heldOn(Account.HOST, all);
        if (lacking >= 0) {
            allotment.memory().give(Account.HOST, all, lacking);
            return;
        }
        long spare = -lacking;
        for (int node : nodes) {
            long amount = Math.min(spare, posting.of(Account.HOST, ResourceKey.memory(node)));
            posting.move(Account.HOST, Account.FREE, ResourceKey.memory(node), amount);
            spare -= amount;
        }
    }
}
