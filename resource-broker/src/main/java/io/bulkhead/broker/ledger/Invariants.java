package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What holds after every commit, when it is written and when it is read again:
 *
 * <ol>
 *   <li>commits are numbered without a gap, and the entries of each add up to 0 for every resource;
 *   <li>nobody has less than nothing, the hardware's account never more;
 *   <li>a CPU, a disk, a network interface is on the books once, so it has one owner;
 *   <li>a partition's account is exactly its slice, and with an intent under way all that either outcome needs;
 *   <li>who is granted a CPU is on one core with another partition only if both let threads of their cores be divided;
 *   <li>only an opening and another inventory move the hardware's account, and grants of what is on the books only while
 *       somebody has it: whole devices, and sums of which nobody knows how much there is.
 *   <li>no two partitions have the same user ids.
 * </ol>
 *
 * <p>From the first and second follows that host + grants + free = the inventory on the books.
 */
final class Invariants {
    private final Books books;

    Invariants(Books books) {
        this.books = books;
    }

    /** What can be seen from a commit and the books before it. */
    void checkForm(Commit commit) {
        hold(commit.version() == books.version() + 1, commit, "it should be number " + (books.version() + 1));
        Map<ResourceKey, Long> sums = new TreeMap<>();
        boolean stockTaking =
                commit.change() instanceof Change.Opened || commit.change() instanceof Change.HardwareChanged;
        for (Entry entry : commit.entries()) {
            sums.merge(entry.resource(), entry.amount(), Math::addExact);
            hold(
                    stockTaking || !entry.account().equals(Account.HARDWARE) || !books.isStocked(entry.resource()),
                    commit,
                    "it moves hardware without another inventory");
        }
        sums.forEach((resource, sum) -> hold(sum == 0, commit, resource + " does not balance: " + sum));
        hold(
                (commit.change() instanceof Change.Opened) == (books.version() == 0),
                commit,
                "a ledger is opened once, first");
    }

    /** What of the books a commit touched. */
    void checkResult(Commit commit) {
        Set<Account> touched = new TreeSet<>();
        for (Entry entry : commit.entries()) {
            checkAmount(entry.account(), entry.resource());
            touched.add(entry.account());
        }
        commit.change().subject().ifPresent(owner -> {
            touched.add(Account.of(owner));
            if (commit.change() instanceof Change.Numbered numbered) {
                numbered.range()
                        .flatMap(range -> books.overlapping(owner, range))
                        .ifPresent(other -> hold(false, commit, owner + " and " + other + " have the same user ids"));
            }
            if (!(commit.change() instanceof Change.Settled)) {
                books.cpusOf(Account.of(owner)).forEach(cpu -> checkCore(books.siblings(cpu)));
            }
        });
        touched.forEach(account -> account.partition().ifPresent(this::checkTerms));
    }

    /** Everything but the cores: those were checked with each grant, and only other hardware could divide one since. */
    void checkAll() {
        Map<ResourceKey, Long> sums = new TreeMap<>();
        for (Account account : books.balances().accounts()) {
            books.balances().held(account).forEach((resource, amount) -> {
                checkAmount(account, resource);
                sums.merge(resource, amount, Math::addExact);
            });
            account.partition().ifPresent(this::checkTerms);
        }
        sums.forEach((resource, sum) -> hold(sum == 0, resource + " does not add up: " + sum));
        books.grants().keySet().forEach(this::checkTerms);
    }

    private void checkAmount(Account account, ResourceKey resource) {
        long amount = books.balances().of(account, resource);
        if (account.equals(Account.HARDWARE)) {
            hold(amount <= 0, "there is less than nothing of " + resource);
            hold(!resource.isUnit() || amount >= -1, resource + " is on the books twice");
        } else {
            hold(amount >= 0, account + " has less than nothing of " + resource + ": " + amount);
        }
    }

    private void checkTerms(PartitionName owner) {
        Account account = Account.of(owner);
        List<Grant> terms = books.terms(owner);
        Set<Integer> cpus = new TreeSet<>();
        terms.forEach(grant -> cpus.addAll(grant.cpus().ids()));
        hold(
                List.copyOf(cpus).equals(books.cpusOf(account)),
                owner + " is granted the CPUs " + cpus + " and has " + books.cpusOf(account));
        long pool = terms.stream().mapToLong(Grant::poolMillis).max().orElse(0);
        hold(
                pool == books.balances().of(account, ResourceKey.POOL),
                owner + " has another part of the pool than the " + pool + " thousandths granted");
        checkMemory(account, terms);
        if (books.counts()) {
            checkPlain(account, books.plainTerms(owner));
        }
    }

    private void checkPlain(Account account, Map<ResourceKey, Long> terms) {
        Map<ResourceKey, Long> held = new TreeMap<>(books.balances().held(account));
        held.keySet().removeIf(resource -> !resource.isPlain());
        hold(held.equals(terms), account + " has " + held + ", granted are " + terms);
    }

    private void checkMemory(Account account, List<Grant> terms) {
        Set<Integer> allowed = new TreeSet<>();
        long most = 0;
        for (Grant grant : terms) {
            NodeSet nodes = grant.memoryNodes();
            allowed.addAll(nodes.ids());
            most = Math.addExact(most, grant.memoryBytes());
            long held = nodes.ids().stream()
                    .mapToLong(node -> books.balances().of(account, ResourceKey.memory(node)))
                    .sum();
            hold(
                    held >= grant.memoryBytes(),
                    account + " has " + held + " bytes on node " + nodes + ", granted are " + grant.memoryBytes());
        }
        long all = 0;
        for (Map.Entry<ResourceKey, Long> each : books.balances().held(account).entrySet()) {
            if (each.getKey().kind() == ResourceKey.Kind.MEMORY) {
                hold(allowed.contains(each.getKey().id()), account + " has memory of a node that it was not granted");
                all += each.getValue();
            }
        }
        hold(all <= most, account + " has " + all + " bytes of memory, granted are " + most);
    }

    private void checkCore(List<Integer> core) {
        Set<PartitionName> owners = new TreeSet<>();
        core.forEach(
                cpu -> books.balances().ownerOf(cpu).flatMap(Account::partition).ifPresent(owners::add));
        hold(
                owners.size() < 2 || owners.stream().noneMatch(owner -> books.wantsWholeCore(owner, core.get(0))),
                "the core of the CPUs " + core + " is divided among " + owners + ", not all of whom allow that");
    }

    private static void hold(boolean holds, Commit commit, String otherwise) {
        hold(holds, "commit " + commit.version() + ": " + otherwise);
    }

    private static void hold(boolean holds, String otherwise) {
        if (!holds) {
            throw LedgerFault.damaged("the ledger contradicts itself: " + otherwise);
        }
    }
}
