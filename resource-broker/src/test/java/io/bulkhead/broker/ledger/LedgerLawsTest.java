package io.bulkhead.broker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.testing.MemoryLedgerStore;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** What holds for every machine and every sequence of what happens to it; the seed of each law is printed. */
@AddLifecycleHook(LedgerLawsTest.SeedPrinter.class)
class LedgerLawsTest {
    private static final int CASES = 10_000;
    private static final List<String> OWNERS = List.of("a", "b", "c", "d");

    /** Tells with which seed a law was tried, also where it held. */
    static final class SeedPrinter implements AroundPropertyHook {
        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
            PropertyExecutionResult result = property.execute();
            System.out.println(context.label() + ": " + result.countChecks() + " cases, seed "
                    + result.seed().orElse("unknown"));
            return result;
        }
    }

    /** How a change of a slice ends. */
    enum End {
        CARRIED_OUT,
        REFUSED,
        KILLED_BEFORE_ORDER,
        KILLED_BEFORE_SETTLING
    }

    /**
     * One step: somebody's slice is to become another one, or nothing.
     *
     * @param owner whose
     * @param after what it asks for; nothing for release and delete
     * @param end how it ends
     * @param keeps whether a release keeps the volumes, as one that deletes nothing does
     * @param cpusOnline how many CPUs the machine has from then on, counted from 0
     * @param capacities what else it has from then on; never absent again once it was there
     */
    record Step(
            int owner,
            Optional<Grant> after,
            boolean keeps,
            End end,
            int cpusOnline,
            Optional<Capacities> capacities) {}

    /** A machine and what happens on it. */
    record Case(Topology topology, long hostMebibytes, List<Step> steps) {}

    /** The ledger under test with a manager that does what it is told. */
    private static final class World {
        private final Case setting;
        private MemoryLedgerStore store = new MemoryLedgerStore();
        private Ledger ledger = Ledger.open(store);
        private final Map<PartitionName, Grant> manager = new TreeMap<>();
        private Stock stock;
        private long key;

        World(Case setting) {
            this.setting = setting;
            this.stock = Machines.stock(setting.topology(), setting.hostMebibytes(), Optional.empty());
            ledger.adoptAll(actual(), 0, "test");
        }

        Actual actual() {
            TreeMap<PartitionName, UidRange> ranges = new TreeMap<>();
            for (PartitionName owner : manager.keySet()) {
                ranges.put(owner, new UidRange(65_536L * (1 + OWNERS.indexOf(owner.value()))));
            }
            return new Actual(stock, List.copyOf(manager.values()), Optional.of(ranges));
        }

        void take(Step step) {
            PartitionName owner = new PartitionName(OWNERS.get(step.owner()));
            online(step);
            reconcile();
            Optional<Grant> before = ledger.grant(owner);
            Optional<Grant> after = step.after()
                    .map(this::asOfThisRelease)
                    .or(() -> step.keeps() ? before.flatMap(World::kept) : Optional.empty());
            if (before.equals(after)) {
                return;
            }
            long version = ledger.version();
            Commit intent;
            try {
                intent = commit(new Change.Intended(owner, before, after));
            } catch (Refusal e) {
                assertThat(ledger.version()).isEqualTo(version);
                return;
            }
            if (step.end() == End.KILLED_BEFORE_ORDER) {
                restart();
                return;
            }
            if (step.end() != End.REFUSED) {
                after.ifPresentOrElse(grant -> manager.put(owner, grant), () -> manager.remove(owner));
            }
            if (step.end() == End.KILLED_BEFORE_SETTLING) {
                restart();
                return;
            }
            commit(new Change.Settled(owner, intent.version(), step.end() == End.CARRIED_OUT));
        }

        /** What was foreseen comes true, and foreseeing it has changed nothing. */
        private void reconcile() {
            long version = ledger.version();
            List<Difference> foreseen = ledger.foresee(actual());
            assertThat(ledger.version()).isEqualTo(version);
            assertThat(store.commits()).hasSize((int) version);
            ledger.reconcile(actual(), 0);
            assertThat(ledger.differences(actual())).isEqualTo(foreseen);
        }

        /** While less was counted, there were no storage, network and devices; bounds on I/O there were. */
        private Grant asOfThisRelease(Grant grant) {
            if (stock.capacities().isPresent()) {
                return grant;
            }
            Slice slice = grant.slice().orElseThrow();
            return new Grant(
                    grant.owner(),
                    new Slice(slice.cpus(), slice.memoryNodes(), slice.memory(), slice.tasks(), slice.io()),
                    grant.wholeCores());
        }

        private static Optional<Grant> kept(Grant grant) {
            return grant.storage()
                    .filter(storage -> storage.bytes().bytes() > 0)
                    .map(storage -> new StorageSlice(storage.own(), storage.volumes(), List.of()))
                    .map(storage -> new Grant(grant.owner(), Optional.empty(), false, Optional.of(storage)));
        }

        private void online(Step step) {
            int cpus = step.cpusOnline();
            Optional<Capacities> before = stock.capacities();
            Topology all = setting.topology();
            Topology rest = new Topology(
                    all.cpus().stream()
                            .filter(cpu -> cpu.id() < Math.max(1, cpus))
                            .toList(),
                    all.nodes());
            stock = Machines.stock(
                    rest, setting.hostMebibytes(), step.capacities().or(() -> before));
        }

        private Commit commit(Change change) {
            return ledger.commit(new Draft(0, "test", "test", "key-" + key++, change), ledger.version());
        }

        void restart() {
            store = new MemoryLedgerStore(store.commits());
            ledger = Ledger.open(store);
        }
    }

    @Property(tries = CASES, edgeCases = EdgeCasesMode.NONE)
    void hostGrantsAndFreeAreTheInventoryForEveryThreadNodeAndByte(@ForAll("cases") Case each) {
        World world = new World(each);
        for (Step step : each.steps()) {
            world.take(step);
            checkConservation(world.ledger);
            checkCores(world.ledger, each.topology());
        }
        Ledger before = world.ledger;

        world.restart();

        checkSame(world.ledger, before);
    }

    private static void checkConservation(Ledger ledger) {
        Map<ResourceKey, Long> sums = new TreeMap<>();
        boolean positive = true;
        for (Map<ResourceKey, Long> held : ledger.accounts().values()) {
            held.forEach((resource, amount) -> sums.merge(resource, amount, Long::sum));
            positive &= held.values().stream().allMatch(amount -> amount > 0);
        }
        assertThat(positive).isTrue();
        assertThat(sums).isEqualTo(ledger.inventory());
        assertThat(sums.entrySet().stream().filter(sum -> sum.getKey().isUnit()).allMatch(sum -> sum.getValue() == 1))
                .isTrue();
    }

    /** As soon as anything else is counted, each has of it what it was granted, and nobody more than there is. */
    private static void checkPlain(World world) {
        if (world.stock.capacities().isEmpty()) {
            return;
        }
        Map<ResourceKey, Long> granted = new TreeMap<>();
        world.manager.values().forEach(grant -> grant.amounts()
                .forEach((key, amount) -> granted.merge(key, amount, Long::sum)));
        Map<ResourceKey, Long> held = new TreeMap<>();
        world.ledger.accounts().forEach((account, amounts) -> {
            if (account.partition().isPresent()) {
                amounts.forEach((key, amount) -> {
                    if (key.isPlain()) {
                        held.merge(key, amount, Long::sum);
                    }
                });
            }
        });
        assertThat(held).isEqualTo(granted);
    }

    /** No core has two owners unless all of them allow that. */
    private static void checkCores(Ledger ledger, Topology topology) {
        for (Topology.Core core : topology.cores()) {
            List<PartitionName> owners = new ArrayList<>();
            ledger.accounts().forEach((account, held) -> {
                if (core.threads().stream().anyMatch(cpu -> held.containsKey(ResourceKey.cpu(cpu)))) {
                    account.partition().ifPresent(owners::add);
                }
            });
            boolean allowed = owners.size() < 2
                    || owners.stream()
                            .flatMap(owner -> ledger.books().terms(owner).stream())
                            .filter(grant -> grant.cpus().intersects(core.threads()))
                            .noneMatch(Grant::wholeCores);
            assertThat(allowed).as("core %s of %s", core, owners).isTrue();
        }
    }

    /** Replay equals state. */
    private static void checkSame(Ledger replayed, Ledger before) {
        assertThat(replayed.version()).isEqualTo(before.version());
        assertThat(replayed.accounts()).isEqualTo(before.accounts());
        assertThat(replayed.inventory()).isEqualTo(before.inventory());
        assertThat(replayed.intents()).isEqualTo(before.intents());
        assertThat(replayed.books().grants()).isEqualTo(before.books().grants());
        assertThat(replayed.books().forsaken()).isEqualTo(before.books().forsaken());
        assertThat(replayed.books().stock()).isEqualTo(before.books().stock());
        assertThat(replayed.ranges()).isEqualTo(before.ranges());
    }

    @Property(tries = CASES, edgeCases = EdgeCasesMode.NONE)
    void reconciliationEndsWithWhatTheManagerHasAndWhatIsAskedTwiceHappensOnce(@ForAll("cases") Case each) {
        World world = new World(each);
        for (Step step : each.steps()) {
            world.take(step);
            world.ledger.reconcile(world.actual(), 0);
            assertThat(world.ledger.books().grants()).isEqualTo(world.manager);
            assertThat(world.ledger.intents()).isEmpty();
            assertThat(world.ledger.ranges()).isEqualTo(world.actual().ranges().orElseThrow());
            checkPlain(world);
        }
        assertThat(world.ledger.differences(world.actual()))
                .allMatch(difference -> difference.kind() == Difference.Kind.HARDWARE);
        List<Commit> once = world.store.commits();
        Map<Account, ?> accounts = world.ledger.accounts();

        // A commit with its own key again is the one of before, at whatever version it is asked for
        for (Commit commit : once) {
            Draft again = new Draft(1, "somebody else", "again", commit.key(), commit.change());
            assertThat(world.ledger.commit(again, commit.version() - 1)).isEqualTo(commit);
        }
        // and there is nothing left to reconcile: a grant of the same slice and a second release change nothing.
        assertThat(world.ledger.reconcile(world.actual(), 1)).isEmpty();

        assertThat(world.store.commits()).isEqualTo(once);
        assertThat(world.ledger.accounts()).isEqualTo(accounts);
    }

    // ---- cases

    /** Each step comes from one number: what is generated piece by piece takes longer to generate than to check. */
    @Provide
    Arbitrary<Case> cases() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.integers().between(200, 800),
                        Arbitraries.integers().between(16, 100),
                        Arbitraries.longs().list().ofMinSize(1).ofMaxSize(8))
                .as((nodes, cores, threads, memory, host, seeds) -> {
                    Topology topology = Machines.machine(nodes, cores, threads, memory);
                    return new Case(
                            topology,
                            host,
                            seeds.stream()
                                    .map(seed -> step(topology, new SplittableRandom(seed)))
                                    .toList());
                });
    }

    private static Step step(Topology topology, SplittableRandom random) {
        int cpus = topology.cpus().size();
        int owner = random.nextInt(OWNERS.size());
        Optional<Grant> after =
                random.nextInt(10) < 3 ? Optional.empty() : Optional.of(grant(OWNERS.get(owner), topology, random));
        End end = End.values()[random.nextInt(End.values().length)];
        return new Step(
                owner,
                after,
                random.nextBoolean(),
                end,
                random.nextInt(5) > 0 ? cpus : 1 + random.nextInt(cpus),
                random.nextInt(3) > 0 ? Optional.empty() : Optional.of(capacities(random)));
    }

    private static Capacities capacities(SplittableRandom random) {
        return new Capacities(
                random.nextBoolean() ? Optional.empty() : Optional.of(ByteSize.ofMebibytes(random.nextInt(400))),
                new IoCapacity(
                        random.nextBoolean() ? Optional.empty() : Optional.of(new ByteRate(1 + random.nextInt(200))),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                new NetworkCapacity(
                        Optional.empty(),
                        random.nextBoolean() ? Optional.empty() : Optional.of(new BitRate(1 + random.nextInt(200)))));
    }

    private static Grant furnished(Grant plain, SplittableRandom random) {
        return Machines.with(
                plain,
                random.nextInt(3) == 0 ? random.nextInt(100) : 0,
                random.nextInt(3) == 0 ? random.nextInt(100) : 0,
                random.nextInt(3) == 0 ? 16 + random.nextInt(200) : 0,
                random.nextInt(5) == 0 ? List.of("sd" + (char) ('b' + random.nextInt(2))) : List.of(),
                random.nextInt(5) == 0 ? Optional.of("eth1") : Optional.empty());
    }

    private static Grant grant(String owner, Topology topology, SplittableRandom random) {
        List<Integer> nodes = topology.allNodes().ids();
        List<Integer> chosen =
                nodes.stream().filter(node -> random.nextBoolean()).toList();
        NodeSet on = NodeSet.of(chosen.isEmpty() ? List.of(nodes.get(random.nextInt(nodes.size()))) : chosen);
        long mebibytes = 16L + random.nextInt(485);
        if (random.nextInt(4) == 0) {
            return furnished(Machines.part(owner, 10 + random.nextInt(390), on, mebibytes), random);
        }
        boolean cores = random.nextBoolean();
        int first = random.nextInt(topology.cpus().size());
        CpuSet cpus = CpuSet.of(IntStream.rangeClosed(first, first + random.nextInt(4))
                .filter(cpu -> cpu < topology.cpus().size())
                .toArray());
        return furnished(Machines.whole(owner, spread(topology, cpus, cores), cores, on, mebibytes), random);
    }

    /** Whole cores have all their threads. */
    private static CpuSet spread(Topology topology, CpuSet cpus, boolean cores) {
        return cores
                ? topology.cores().stream()
                        .map(Topology.Core::threads)
                        .filter(threads -> threads.intersects(cpus))
                        .reduce(CpuSet.EMPTY, CpuSet::union)
                : cpus;
    }
}
