package io.bulkhead.broker.ledger;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** How much of what every account has. For one thread. */
final class Balances implements BalanceView {
    private static final SortedMap<ResourceKey, Long> NOTHING = Collections.emptySortedMap();

    private final SortedMap<Account, SortedMap<ResourceKey, Long>> all = new TreeMap<>();
    private final Map<Integer, Account> cpuOwners = new HashMap<>();

    @Override
    public long of(Account account, ResourceKey resource) {
        return held(account).getOrDefault(resource, 0L);
    }

    @Override
    public Optional<Account> ownerOf(int cpu) {
        return Optional.ofNullable(cpuOwners.get(cpu));
    }

    @Override
    public Set<Account> accounts() {
        return all.keySet();
    }

    /** What an account has, without what it has nothing of. */
    SortedMap<ResourceKey, Long> held(Account account) {
        return all.getOrDefault(account, NOTHING);
    }

    /** The same, to be changed without changing this. */
    Balances copy() {
        Balances copy = new Balances();
        all.forEach((account, held) -> copy.all.put(account, new TreeMap<>(held)));
        copy.cpuOwners.putAll(cpuOwners);
        return copy;
    }

    @Override
    public Set<ResourceKey> resources(Account account) {
        return held(account).keySet();
    }

    void add(Entry entry) {
        Account account = entry.account();
        SortedMap<ResourceKey, Long> held = all.computeIfAbsent(account, none -> new TreeMap<>());
        long now = Math.addExact(held.getOrDefault(entry.resource(), 0L), entry.amount());
        if (now == 0) {
            held.remove(entry.resource());
            if (held.isEmpty()) {
                all.remove(account);
            }
        } else {
            held.put(entry.resource(), now);
        }
        if (entry.resource().kind() == ResourceKey.Kind.CPU && !account.equals(Account.HARDWARE)) {
            int cpu = entry.resource().id();
            if (entry.amount() > 0) {
                cpuOwners.put(cpu, account);
            } else {
                cpuOwners.remove(cpu, account);
            }
        }
    }
}
