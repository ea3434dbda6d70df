package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Posts what a grant takes and what is given back. Refuses what somebody else has. */
final class Allotment {
    private final Posting posting;
    private final BookState state;

    Allotment(Posting posting, BookState state) {
        this.posting = posting;
        this.state = state;
    }

    /** Adds to an account what it lacks for a grant; a {@link Refusal} that names holders where that is not free. */
    void cover(Account account, Grant grant) {
        for (int cpu : grant.cpus().ids()) {
            takeCpu(account, cpu);
        }
        long pool = grant.poolMillis() - posting.of(account, ResourceKey.POOL);
        if (pool > 0) {
            takePool(account, pool);
        }
        takeMemory(account, grant);
        if (state.counts()) {
            grant.amounts()
                    .forEach((resource, amount) -> take(account, resource, amount - posting.of(account, resource)));
        }
    }

    private void take(Account account, ResourceKey resource, long lacking) {
        if (lacking <= 0) {
            return;
        }
        if (resource.isUnit()) {
            Optional<Account> owner = posting.accounts().stream()
                    .filter(other -> !other.equals(Account.HARDWARE) && posting.of(other, resource) > 0)
                    .findFirst();
            if (owner.isPresent()) {
                throw refusal(resource + " is held by " + owner.get() + " in the ledger", holders(resource));
            }
        } else if (state.isStocked(resource)) {
            long free = posting.of(Account.FREE, resource);
            if (free < lacking) {
                throw refusal(
                        "needs " + lacking + " of " + resource + " more; " + free + " are free in the ledger",
                        holders(resource));
            }
        }
        posting.move(source(resource), account, resource, lacking);
    }

    /** Where something comes from and goes back to: what is not stocked is on the books only while it is granted. */
    private Account source(ResourceKey resource) {
        return state.isStocked(resource) ? Account.FREE : Account.HARDWARE;
    }

    private void takeCpu(Account account, int cpu) {
        Account owner = posting.ownerOf(cpu)
                .filter(found -> !found.equals(Account.HARDWARE))
                .orElseThrow(() -> refusal("CPU " + cpu + " is not on the books of the ledger", List.of()));
        if (owner.equals(account)) {
            return;
        }
        if (!owner.equals(Account.FREE)) {
            throw refusal("CPU " + cpu + " is held by " + owner + " in the ledger", List.of(owner + ": CPU " + cpu));
        }
        posting.move(Account.FREE, account, ResourceKey.cpu(cpu), 1);
    }

    private void takePool(Account account, long millis) {
        long free = posting.of(Account.FREE, ResourceKey.POOL);
        if (free < millis) {
            throw refusal(
                    "needs " + millis + " thousandths of a CPU of the pool more; " + free + " are free in the ledger",
                    holders(ResourceKey.POOL));
        }
        posting.move(Account.FREE, account, ResourceKey.POOL, millis);
    }

    private void takeMemory(Account account, Grant grant) {
        NodeSet on = grant.memoryNodes();
        long lacking = grant.memoryBytes() - heldOn(account, on);
        if (lacking <= 0) {
            return;
        }
        long missing = memory().give(account, on, lacking);
        if (missing > 0) {
            List<String> holders = new ArrayList<>();
            on.ids().forEach(node -> holders.addAll(holders(ResourceKey.memory(node))));
            throw refusal(
                    "needs " + lacking + " bytes of memory of node " + on + "; " + (lacking - missing)
                            + " can be had, also when what others have is moved between their nodes",
                    holders);
        }
    }

    /** Books memory, moving what may be elsewhere. */
    NodeMemory memory() {
        return new NodeMemory(posting, state.nodes(), state::movableTo);
    }

    long heldOn(Account account, NodeSet nodes) {
        return nodes.ids().stream()
                .mapToLong(node -> posting.of(account, ResourceKey.memory(node)))
                .sum();
    }

    /** Gives back what an account has beyond a grant, or all of it. */
    void reduce(Account account, Optional<Grant> grant) {
        for (int cpu : state.cpusOf(account, posting)) {
            if (grant.map(kept -> !kept.cpus().contains(cpu)).orElse(true)) {
                posting.move(account, Account.FREE, ResourceKey.cpu(cpu), 1);
            }
        }
        long pool = posting.of(account, ResourceKey.POOL)
                - grant.map(Grant::poolMillis).orElse(0L);
        if (pool > 0) {
            posting.move(account, Account.FREE, ResourceKey.POOL, pool);
        }
        long wanted = grant.map(Grant::memoryBytes).orElse(0L);
        for (int node : state.nodes()) {
            long held = posting.of(account, ResourceKey.memory(node));
            boolean usable =
                    grant.map(kept -> kept.memoryNodes().contains(node)).orElse(false);
            long kept = usable ? Math.min(held, wanted) : 0;
            wanted -= kept;
            posting.move(account, Account.FREE, ResourceKey.memory(node), held - kept);
        }
        Map<ResourceKey, Long> amounts = grant.map(Grant::amounts).orElseGet(TreeMap::new);
        for (ResourceKey resource : posting.resources(account)) {
            long surplus = posting.of(account, resource) - amounts.getOrDefault(resource, 0L);
            if (resource.isPlain() && surplus > 0) {
                posting.move(account, source(resource), resource, surplus);
            }
        }
    }

    /** Refuses a grant whose cores somebody else is on, unless both let threads be divided. */
    void checkCores(Grant grant) {
        for (int cpu : grant.cpus().ids()) {
            for (int sibling : state.siblings(cpu)) {
                Optional<Account> other = posting.ownerOf(sibling)
                        .filter(owner -> !owner.equals(Account.FREE) && !owner.equals(Account.HARDWARE))
                        .filter(owner -> !owner.equals(Account.of(grant.owner())));
                boolean whole = grant.wholeCores()
                        || other.flatMap(Account::partition)
                                .map(partition -> state.wantsWholeCore(partition, sibling))
                                .orElse(false);
                if (other.isPresent() && whole) {
                    throw refusal(
                            "CPU " + cpu + " shares a core with CPU " + sibling + " of " + other.get()
                                    + ", and not both allow threads of their cores to others",
                            List.of(other.get() + ": CPU " + sibling));
                }
            }
        }
    }

    private List<String> holders(ResourceKey resource) {
        return posting.accounts().stream()
                .filter(account -> !account.equals(Account.HARDWARE) && !account.equals(Account.FREE))
                .filter(account -> posting.of(account, resource) > 0)
                .map(account -> account + ": " + posting.of(account, resource) + " of " + resource)
                .toList();
    }

    private static Refusal refusal(String detail, List<String> holders) {
        return new Refusal(new Problem(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                detail,
                Optional.of("'bulkhead ledger' shows who has what; release what holds it"),
                holders));
    }

    /** What the books know beside balances. */
    interface BookState {
        /** All nodes on the books, ascending. */
        List<Integer> nodes();

        /** Whether the books count more than CPUs, pool and memory. */
        boolean counts();

        /** Whether it is known how much there is of something, so that what nobody has is on the books too. */
        boolean isStocked(ResourceKey resource);

        /** The CPUs of a core, one of which this is. */
        List<Integer> siblings(int cpu);

        /** The CPUs that an account has. */
        List<Integer> cpusOf(Account account, BalanceView balances);

        /** Where an account's memory may be; empty for one that must stay as it is. */
        NodeSet movableTo(Account account);

        /** Whether a partition keeps others off this CPU's core, on which it is. */
        boolean wantsWholeCore(PartitionName owner, int cpu);
    }
}
