package io.bulkhead.broker.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.bulkhead.broker.testing.MemoryLedgerStore;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final PartitionName DB = new PartitionName("db");

    private final MemoryLedgerStore store = new MemoryLedgerStore();
    private final Ledger ledger = Ledger.open(store);
    private final Stock stock = Machines.stock(Machines.machine(2, 2, 2, 1024), 512);

    private static Grant grant(String owner, String cpus, String nodes, long mebibytes) {
        return Machines.whole(owner, CpuSet.parse(cpus), true, NodeSet.parse(nodes), mebibytes);
    }

    private Actual actual(Grant... grants) {
        return new Actual(stock, List.of(grants));
    }

    private Commit commit(Change change) {
        return ledger.commit(new Draft(1, "test", "test", "key-" + ledger.version(), change), ledger.version());
    }

    private void grantAndSettle(Grant grant) {
        Commit intent = commit(new Change.Intended(grant.owner(), ledger.grant(grant.owner()), Optional.of(grant)));
        commit(new Change.Settled(grant.owner(), intent.version(), true));
    }

    @Test
    void opensWithTheInventory() {
        ledger.adoptAll(actual(), 1, "test");

        assertThat(ledger.inventory().get(ResourceKey.POOL)).isEqualTo(1000);
        assertThat(ledger.accounts().get(Account.HOST))
                .containsEntry(ResourceKey.cpu(0), 1L)
                .containsEntry(ResourceKey.POOL, 500L)
                .containsEntry(ResourceKey.memory(0), 512L << 20);
        assertThat(ledger.accounts().get(Account.FREE))
                .containsEntry(ResourceKey.POOL, 500L)
                .containsEntry(ResourceKey.memory(1), 1024L << 20)
                .doesNotContainKey(ResourceKey.cpu(0));
    }

    @Test
    void adoptsWhatIsThereByACommitEachAlsoWhenItIsInterrupted() {
        Actual found = actual(grant("a", "2-3", "0", 100), grant("b", "4-5", "1", 100));
        ledger.adoptAll(found, 1, "test");
        Ledger next = Ledger.open(new MemoryLedgerStore(store.commits()));

        List<Commit> commits = next.reconcile(found, 2);

        assertThat(commits).extracting(Commit::change).hasSize(2).allMatch(Change.Adopted.class::isInstance);
        assertThat(next.differences(found)).isEmpty();
    }

    @Test
    void refusesAVersionThatIsNotTheLast() {
        ledger.adoptAll(actual(), 1, "test");
        Draft draft =
                new Draft(1, "test", "test", "k", new Change.Adopted(DB, Optional.of(grant("db", "2-3", "0", 100))));

        assertThatThrownBy(() -> ledger.commit(draft, 0)).isInstanceOfSatisfying(Refusal.class, e -> assertThat(
                        e.problem().detail())
                .isEqualTo("the ledger is at version 1, not at 0 any more"));
    }

    @Test
    void refusesAKeyForSomethingElse() {
        ledger.adoptAll(actual(), 1, "test");
        ledger.commit(
                new Draft(1, "t", "t", "k", new Change.Adopted(DB, Optional.of(grant("db", "2-3", "0", 100)))), 1);

        assertThatThrownBy(
                        () -> ledger.commit(new Draft(1, "t", "t", "k", new Change.Adopted(DB, Optional.empty())), 2))
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.CONFLICT));
    }

    @Test
    void namesTheHolderOfWhatIsNotFree() {
        ledger.adoptAll(actual(), 1, "test");
        grantAndSettle(grant("db", "2-3", "0", 100));

        assertThatThrownBy(() -> grantAndSettle(grant("web", "2-3", "0", 100)))
                .isInstanceOfSatisfying(Refusal.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
                    assertThat(e.problem().detail()).isEqualTo("CPU 2 is held by db in the ledger");
                });
    }

    @Test
    void refusesASecondOwnerOnACore() {
        ledger.adoptAll(actual(), 1, "test");
        grantAndSettle(Machines.whole("db", CpuSet.of(2), true, NodeSet.of(0), 16));

        assertThatThrownBy(() -> grantAndSettle(Machines.whole("web", CpuSet.of(3), false, NodeSet.of(0), 16)))
                .isInstanceOfSatisfying(Refusal.class, e -> assertThat(
                                e.problem().detail())
                        .isEqualTo("CPU 3 shares a core with CPU 2 of db, and not both allow threads of their cores to"
                                + " others"));
    }

    @Test
    void letsTwoOwnersOnACoreWhereBothAllowThat() {
        ledger.adoptAll(actual(), 1, "test");
        grantAndSettle(Machines.whole("db", CpuSet.of(2), false, NodeSet.of(0), 16));
        grantAndSettle(Machines.whole("web", CpuSet.of(3), false, NodeSet.of(0), 16));

        assertThat(ledger.accounts().get(Account.of(DB))).containsKey(ResourceKey.cpu(2));
    }

    @Test
    void aCoreIsDividedByWhatIsHeldOfItAndNotByWhatItsOwnerHasElsewhere() {
        ledger.adoptAll(actual(), 1, "test");
        grantAndSettle(Machines.whole("db", CpuSet.of(2), false, NodeSet.of(0), 16));
        grantAndSettle(Machines.whole("web", CpuSet.of(3), false, NodeSet.of(0), 16));

        grantAndSettle(Machines.whole("web", CpuSet.of(4, 5), true, NodeSet.of(1), 16));

        assertThat(ledger.accounts().get(Account.of(new PartitionName("web"))))
                .containsOnlyKeys(ResourceKey.cpu(4), ResourceKey.cpu(5), ResourceKey.memory(1));
    }

    @Test
    void aThreadThatIsOfflineStaysKnownToItsCore() {
        ledger.adoptAll(actual(), 1, "test");
        Topology whole = Machines.machine(2, 2, 2, 1024);
        Grant shared = Machines.whole("db", CpuSet.of(7), false, NodeSet.of(1), 16);
        grantAndSettle(shared);
        Stock without = Machines.stock(new Topology(whole.cpus().subList(0, 7), whole.nodes()), 512);
        ledger.reconcile(new Actual(without, List.of(shared)), 2);

        assertThatThrownBy(() -> grantAndSettle(Machines.whole("web", CpuSet.of(6), true, NodeSet.of(1), 16)))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        e -> assertThat(e.problem().detail()).startsWith("CPU 6 shares a core with CPU 7 of db"));
    }

    @Test
    void movesTheHostsMemoryToAnotherNodeToMakeRoom() {
        ledger.adoptAll(actual(), 1, "test");

        grantAndSettle(grant("db", "2-3", "0", 1024));

        assertThat(ledger.accounts().get(Account.HOST))
                .doesNotContainKey(ResourceKey.memory(0))
                .containsEntry(ResourceKey.memory(1), 512L << 20);
    }

    @Test
    void refusesMoreMemoryOfANodeThanItHas() {
        ledger.adoptAll(actual(), 1, "test");
        grantAndSettle(grant("db", "2-3", "0", 1000));

        assertThatThrownBy(() -> grantAndSettle(grant("web", "4-5", "0", 100)))
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.problem().detail())
                                .contains("of memory of node 0")
                                .contains("also when what others have is moved between their nodes"));
    }

    @Test
    void coversBothOutcomesWhileAnIntentIsUnderWay() {
        ledger.adoptAll(actual(), 1, "test");
        grantAndSettle(grant("db", "2-3", "0", 100));
        Commit intent = commit(new Change.Intended(DB, ledger.grant(DB), Optional.of(grant("db", "4-5", "1", 200))));

        assertThat(ledger.accounts().get(Account.of(DB)))
                .containsOnlyKeys(
                        ResourceKey.cpu(2),
                        ResourceKey.cpu(3),
                        ResourceKey.cpu(4),
                        ResourceKey.cpu(5),
                        ResourceKey.memory(0),
                        ResourceKey.memory(1));

        commit(new Change.Settled(DB, intent.version(), false));
        assertThat(ledger.accounts().get(Account.of(DB)))
                .containsOnlyKeys(ResourceKey.cpu(2), ResourceKey.cpu(3), ResourceKey.memory(0));
    }

    @Test
    void adoptsAnOrderThatArrivesLate() {
        ledger.adoptAll(actual(), 1, "test");
        Grant wanted = grant("db", "2-3", "0", 100);
        commit(new Change.Intended(DB, Optional.empty(), Optional.of(wanted)));
        assertThat(ledger.reconcile(actual(), 2))
                .extracting(Commit::reason)
                .containsExactly("found not carried out: the manager has what was before commit 2");

        assertThat(ledger.reconcile(actual(wanted), 3))
                .extracting(Commit::reason)
                .containsExactly("the order of commit 2 was carried out late");
        assertThat(ledger.differences(actual(wanted))).isEmpty();
    }

    @Test
    void namesEveryDifferenceAndSettlesNoneThatIsNotOurs() {
        ledger.adoptAll(actual(), 1, "test");
        grantAndSettle(grant("db", "2-3", "0", 100));
        grantAndSettle(grant("gone", "6-7", "1", 100));
        Actual now = actual(grant("db", "2-3", "0", 200), grant("new", "4-5", "1", 100));
        long version = ledger.version();

        assertThat(ledger.reconcile(now, 2)).isEmpty();

        assertThat(ledger.version()).isEqualTo(version);
        assertThat(ledger.differences(now))
                .containsExactly(
                        new Difference(
                                Difference.Kind.DIFFERENT,
                                "db",
                                "memory",
                                "100MiB",
                                "200MiB",
                                "'bulkhead ledger accept db' takes over what the manager has"),
                        new Difference(
                                Difference.Kind.MISSING,
                                "gone",
                                "slice",
                                "2 CPUs (6-7), 100MiB on node 1, 64 tasks",
                                "nothing",
                                "'bulkhead ledger accept gone' takes over what the manager has"),
                        new Difference(
                                Difference.Kind.UNKNOWN,
                                "new",
                                "slice",
                                "nothing",
                                "2 CPUs (4-5), 100MiB on node 1, 64 tasks",
                                "'bulkhead ledger accept new' takes over what the manager has"));
    }

    @Test
    void keepsOnTheBooksWhatAPartitionHoldsOfHardwareThatIsGone() {
        ledger.adoptAll(actual(), 1, "test");
        Grant held = grant("db", "6-7", "1", 100);
        grantAndSettle(held);
        Stock smaller = Machines.stock(
                new Topology(
                        Machines.machine(2, 2, 2, 1024).cpus().subList(0, 5),
                        Machines.machine(2, 2, 2, 1024).nodes()),
                512);

        ledger.reconcile(new Actual(smaller, List.of(held)), 2);

        assertThat(ledger.inventory()).containsKey(ResourceKey.cpu(6)).doesNotContainKey(ResourceKey.cpu(5));
        assertThat(ledger.differences(new Actual(smaller, List.of(held))))
                .extracting(Difference::owner, Difference::resource, Difference::manager)
                .containsExactly(tuple("db", "cpu/6", "not online"), tuple("db", "cpu/7", "not online"));
        Commit intent = commit(new Change.Intended(DB, Optional.of(held), Optional.empty()));
        commit(new Change.Settled(DB, intent.version(), true));
        ledger.reconcile(new Actual(smaller, List.of()), 3);
        assertThat(ledger.inventory()).doesNotContainKey(ResourceKey.cpu(6));
    }

    @Test
    void refusesToReadCommitsThatContradictThemselves() {
        ledger.adoptAll(actual(), 1, "test");
        Commit unbalanced = new Commit(
                2,
                1,
                "t",
                "t",
                "k",
                new Change.Adopted(DB, Optional.of(grant("db", "2-3", "0", 100))),
                List.of(new Entry(Account.of(DB), ResourceKey.cpu(2), 1)));
        MemoryLedgerStore wrong = new MemoryLedgerStore(List.of(store.commits().get(0), unbalanced));

        assertThatThrownBy(() -> Ledger.open(wrong))
                .isInstanceOf(LedgerFault.class)
                .hasMessage("the ledger contradicts itself: commit 2: cpu/2 does not balance: 1");
    }
}
