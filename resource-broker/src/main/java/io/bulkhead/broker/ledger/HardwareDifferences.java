package io.bulkhead.broker.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What partitions hold of hardware that is gone or the host's by now, and what the host lacks for it. */
final class HardwareDifferences {
    private final Books books;
    private final Stock stock;
    private final List<Difference> found = new ArrayList<>();

    private HardwareDifferences(Books books, Stock stock) {
        this.books = books;
        this.stock = stock;
    }

    static List<Difference> of(Books books) {
        return books.stock()
                .map(stock -> new HardwareDifferences(books, stock).all())
                .orElse(List.of());
    }

    private List<Difference> all() {
        threads();
        amount(ResourceKey.POOL, stock.pool().millis());
        Map<Integer, Long> memory = new TreeMap<>();
        books.balances().held(Account.HARDWARE).keySet().stream()
                .filter(resource -> resource.kind() == ResourceKey.Kind.MEMORY)
                .forEach(resource -> memory.put(resource.id(), 0L));
        stock.nodes().forEach(node -> memory.put(node.id(), node.memory().bytes()));
        memory.forEach((node, bytes) -> amount(ResourceKey.memory(node), bytes));
        stock.capacities()
                .ifPresent(known -> Capacities.SUMS.forEach(
                        resource -> known.of(resource).ifPresent(amount -> amount(resource, amount))));
        host("pool", hosts(ResourceKey.Kind.POOL), stock.hostPool().millis(), "thousandths of a CPU");
        host("memory", hosts(ResourceKey.Kind.MEMORY), stock.hostMemory().bytes(), "bytes");
        return found;
    }

    private void threads() {
        Map<Integer, Stock.Cpu> online = new TreeMap<>();
        stock.cpus().forEach(thread -> online.put(thread.id(), thread));
        for (Account account : books.balances().accounts()) {
            if (account.isSpecial()) {
                continue;
            }
            for (int cpu : books.cpusOf(account)) {
                Optional<Stock.Cpu> thread = Optional.ofNullable(online.get(cpu));
                if (thread.isEmpty() || thread.get().shared()) {
                    add(
                            account.name(),
                            ResourceKey.cpu(cpu).toString(),
                            "held by " + account,
                            thread.isEmpty() ? "not online" : "of the host's pool",
                            thread.isEmpty()
                                    ? "bring the CPU online, or release " + account
                                    : "take the CPU out of host.cpus, or release " + account);
                }
            }
        }
    }

    private void amount(ResourceKey resource, long wanted) {
        long booked = -books.balances().of(Account.HARDWARE, resource);
        if (booked > wanted) {
            add(
                    "partitions",
                    resource.toString(),
                    booked + " are held",
                    "there are " + wanted,
                    "release or shrink a partition that has some");
        }
    }

    private long hosts(ResourceKey.Kind kind) {
        return books.balances().held(Account.HOST).entrySet().stream()
                .filter(each -> each.getKey().kind() == kind)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private void host(String resource, long held, long wanted, String unit) {
        if (held < wanted) {
            add(
                    "host",
                    resource,
                    "the host has " + held + " " + unit,
                    "its reserve is " + wanted,
                    "release or shrink a partition; the host gets it then");
        }
    }

    private void add(String owner, String resource, String ledger, String manager, String action) {
        found.add(new Difference(Difference.Kind.HARDWARE, owner, resource, ledger, manager, action));
    }
}
