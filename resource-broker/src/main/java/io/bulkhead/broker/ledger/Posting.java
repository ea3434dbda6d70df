package io.bulkhead.broker.ledger;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Entries in the making: they balance, because every move has two sides. The books below are not changed. */
final class Posting implements BalanceView {
    private final Balances books;
    private final SortedMap<Account, SortedMap<ResourceKey, Long>> moved = new TreeMap<>();
    private final Map<Integer, Account> cpuOwners = new HashMap<>();

    Posting(Balances books) {
        this.books = books;
    }

    @Override
    public long of(Account account, ResourceKey resource) {
        SortedMap<ResourceKey, Long> change = moved.get(account);
        return books.of(account, resource) + (change == null ? 0 : change.getOrDefault(resource, 0L));
    }

    @Override
    public Optional<Account> ownerOf(int cpu) {
        return Optional.ofNullable(cpuOwners.get(cpu)).or(() -> books.ownerOf(cpu));
    }

    @Override
    public Set<Account> accounts() {
        Set<Account> accounts = new TreeSet<>(books.accounts());
        accounts.addAll(moved.keySet());
        return accounts;
    }

    @Override
    public Set<ResourceKey> resources(Account account) {
        Set<ResourceKey> resources = new TreeSet<>(books.resources(account));
        SortedMap<ResourceKey, Long> change = moved.get(account);
        if (change != null) {
            resources.addAll(change.keySet());
        }
        return resources;
    }

    void move(Account from, Account to, ResourceKey resource, long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("an amount to move cannot be negative: " + amount);
        }
        if (amount == 0) {
            return;
        }
        add(from, resource, -amount);
        add(to, resource, amount);
        if (resource.kind() == ResourceKey.Kind.CPU) {
            cpuOwners.put(resource.id(), to);
        }
    }

    private void add(Account account, ResourceKey resource, long amount) {
        moved.computeIfAbsent(account, none -> new TreeMap<>()).merge(resource, amount, Math::addExact);
    }

    /** What has moved on the whole, by account and resource. */
    List<Entry> entries() {
        return moved.entrySet().stream()
                .flatMap(account -> account.getValue().entrySet().stream()
                        .filter(resource -> resource.getValue() != 0)
                        .map(resource -> new Entry(account.getKey(), resource.getKey(), resource.getValue())))
                .toList();
    }
}
