package io.bulkhead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.LedgerPlace;
import io.bulkhead.broker.ledger.LedgerStore;
import io.bulkhead.broker.ledger.sqlite.SqliteLedgerPlace;
import io.bulkhead.broker.testing.MemoryLedgerStore;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker with its ledger: what is written, what happens when it cannot be, and what the administrator can do. */
class BookkeeperTest {
    private static final PartitionName DB = new PartitionName("db");

    @TempDir
    private Path directory;

    private final Topology machine = Samples.machine(9);
    private MemoryLedgerStore memory = new MemoryLedgerStore();
    private final LedgerPlace memoryPlace = new LedgerPlace() {
        @Override
        public LedgerStore open() {
            return memory;
        }

        @Override
        public String putAside(long timeMillis) {
            memory = new MemoryLedgerStore();
            return "it was in memory";
        }
    };

    private Simulation world() {
        return new Simulation(machine, directory);
    }

    private Broker broker(Manager manager, LedgerPlace place) {
        return new Broker(manager, () -> machine, new Bookkeeper(place, () -> 77, Runnable::run, () -> {}));
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    private static Refusal refused(CompletionStage<?> stage) {
        try {
            Object result = get(stage);
            throw new AssertionError("it was done: " + result);
        } catch (Refusal e) {
            return e;
        }
    }

    private static CompletionStage<Broker.Defined> define(Broker broker, String name, int cpus) {
        return broker.define(Samples.definition(name, cpus), Optional.empty());
    }

    private static LedgerOffice office(Broker broker) {
        return broker.ledger().orElseThrow();
    }

    // ---- what is written

    @Test
    void announcesAndSettlesEveryChange() {
        Broker broker = broker(world().manager(), memoryPlace);

        get(broker.define(Samples.definition("db", 2), Optional.empty(), new Ticket("alice", Optional.of("req-1"))));
        get(broker.release(DB));
        get(broker.bind(DB));
        get(broker.delete(DB));

        List<LedgerHistory.Commit> commits = get(office(broker).history(Optional.of("db"), Optional.empty(), 0, 100))
                .commits();
        assertThat(get(office(broker).history(Optional.empty(), Optional.empty(), 0, 100))
                        .commits())
                .extracting(LedgerHistory.Commit::change, LedgerHistory.Commit::reason)
                .containsExactly(
                        row("opened", "there was no ledger yet: opened with what the manager has"),
                        row("intended", "define db"),
                        row("settled", "carried out"),
                        row("numbered", "the manager has given it these user ids"),
                        row("intended", "release db"),
                        row("settled", "carried out"),
                        row("intended", "bind db"),
                        row("settled", "carried out"),
                        row("intended", "delete db"),
                        row("settled", "carried out"));
        assertThat(commits).allMatch(commit -> commit.owner().equals(Optional.of("db")));
        assertThat(commits.get(0).actor()).isEqualTo("alice");
        assertThat(commits.get(0).key()).startsWith("req-1/");
        assertThat(commits.get(0).entries()).contains(new LedgerHistory.Entry("db", "cpu/1", 1));
    }

    private static Tuple row(String change, String reason) {
        return tuple(change, reason);
    }

    @Test
    void writesNothingForADefinitionThatMovesNothing() {
        Broker broker = broker(world().manager(), memoryPlace);
        get(define(broker, "db", 2));
        get(office(broker).check());
        long version = office(broker).report().version();

        get(define(broker, "db", 2));

        assertThat(office(broker).report().version()).isEqualTo(version);
    }

    @Test
    void compensatesWhatTheManagerRefuses() {
        Simulation world = world();
        Broker broker = broker(world.manager(), memoryPlace);
        world.manager().failKernel();

        assertThat(refused(define(broker, "db", 2)).problem().code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);

        LedgerReport report = office(broker).report();
        assertThat(report.accounts()).extracting(LedgerReport.Holdings::account).containsExactly("free", "host");
        assertThat(memory.commits()).last().satisfies(commit -> assertThat(commit.reason())
                .isEqualTo("refused by the manager"));
    }

    @Test
    void leavesOpenWhatNobodyKnowsTheEndOfAndSettlesItLater() {
        Simulation world = world();
        Broker broker = broker(world.manager(), memoryPlace);
        world.manager().loseReply();

        assertThat(refused(define(broker, "db", 2)).problem().code()).isEqualTo(ProblemCode.UNREACHABLE);
        assertThat(office(broker).report().intents()).singleElement().satisfies(intent -> {
            assertThat(intent.owner()).isEqualTo("db");
            assertThat(intent.before()).isEqualTo("nothing");
        });

        assertThat(get(office(broker).check()).intents()).isEmpty();
        assertThat(memory.commits())
                .extracting(Commit::reason)
                .contains("found carried out: the manager has what commit 2 intended");
    }

    @Test
    void aChangeThatWasCarriedOutStandsAlsoWhereItsSettlingCannotBeWritten() {
        Simulation world = world();
        Broker broker = broker(world.manager(), memoryPlace);
        get(office(broker).check());
        Manager full = (order, timeout) -> {
            if (order instanceof Order.DefinePartition) {
                memory.fail(new LedgerFault(LedgerFault.Kind.DISK_FULL, "no room", "make room"));
            }
            return world.manager().ask(order, timeout);
        };
        Broker onFull = broker(full, memoryPlace);

        assertThat(get(define(onFull, "db", 2)).partition().slice()).isPresent();

        assertThat(office(onFull).report().mode()).isEqualTo(LedgerReport.Mode.READ_ONLY);
        assertThat(office(onFull).report().fault().orElseThrow().kind()).isEqualTo("disk-full");
        memory = new MemoryLedgerStore(memory.commits());
        LedgerReport later = get(office(onFull).check());
        assertThat(later.mode()).isEqualTo(LedgerReport.Mode.READ_WRITE);
        assertThat(later.intents()).isEmpty();
        assertThat(later.differences()).isEmpty();
    }

    // ---- a ledger that cannot be written

    @Test
    void refusesWhatChangesHoldingsAndNothingElseWhileTheLedgerCannotBeWritten() throws IOException {
        Simulation world = world();
        Broker healthy = broker(world.manager(), new SqliteLedgerPlace(directory));
        get(define(healthy, "db", 2));
        Files.writeString(directory.resolve("ledger.db"), "not a ledger any more".repeat(10));
        Files.deleteIfExists(directory.resolve("ledger.db-wal"));
        Broker broker = broker(world.manager(), new SqliteLedgerPlace(directory));
        get(office(broker).check());

        for (CompletionStage<?> change :
                List.of(define(broker, "web", 1), broker.release(DB), broker.bind(DB), broker.delete(DB))) {
            Refusal refusal = refused(change);
            assertThat(refusal.problem().code()).isEqualTo(ProblemCode.LEDGER_READ_ONLY);
            assertThat(refusal.problem().detail())
                    .isEqualTo("the ledger " + directory.resolve("ledger.db") + " is not an SQLite database");
            assertThat(refusal.problem().remedy()).contains("run 'bulkhead ledger rebuild'; the file is kept aside");
        }
        assertThat(get(broker.list())).hasSize(1);
        assertThat(get(broker.host()).host().instance().value()).isEqualTo("sim");
    }

    @Test
    void rebuildsItFromTheManagerWithACommitForEachPartition() throws IOException {
        Simulation world = world();
        SqliteLedgerPlace place = new SqliteLedgerPlace(directory);
        Bookkeeper first = new Bookkeeper(place, () -> 77, Runnable::run, () -> {});
        Broker healthy = new Broker(world.manager(), () -> machine, first);
        get(define(healthy, "db", 2));
        get(define(healthy, "web", 1));
        first.close();
        Files.writeString(directory.resolve("ledger.db"), "x");
        Broker broker = broker(world.manager(), place);

        LedgerReport report = get(office(broker).rebuild(new Ticket("alice", Optional.empty())));

        assertThat(report.mode()).isEqualTo(LedgerReport.Mode.READ_WRITE);
        assertThat(report.differences()).isEmpty();
        Path aside = directory.resolve("ledger.db.19700101T000000Z");
        assertThat(Files.readString(aside)).isEqualTo("x");
        List<LedgerHistory.Commit> commits = get(office(broker).history(Optional.empty(), Optional.empty(), 0, 100))
                .commits();
        assertThat(commits)
                .extracting(LedgerHistory.Commit::change)
                .containsExactly("opened", "adopted", "adopted", "numbered", "numbered");
        assertThat(commits.get(0).reason())
                .isEqualTo("rebuilt by alice from the manager's records; the old file is " + aside);
        get(define(broker, "third", 1));
    }

    // ---- what is not our doing

    @Test
    void namesWhatSomebodyElseDidAndHoldsUpOnlyThatPartition() {
        Simulation world = world();
        Broker broker = broker(world.manager(), memoryPlace);
        get(office(broker).check());
        PartitionSpec foreign = Samples.definition("foreign", 2);
        get(world.manager()
                .ask(new Order.DefinePartition(foreign, Samples.slice("5-6"), Optional.empty()), Duration.ZERO));

        LedgerReport report = get(office(broker).check());

        assertThat(report.differences())
                .containsExactly(new LedgerReport.Difference(
                        "unknown",
                        "foreign",
                        "slice",
                        "nothing",
                        "2 CPUs (5-6), 1GiB on node 0, 512 tasks",
                        "'bulkhead ledger accept foreign' takes over what the manager has"));
        Refusal refusal = refused(broker.release(new PartitionName("foreign")));
        assertThat(refusal.problem().code()).isEqualTo(ProblemCode.CONFLICT);
        assertThat(refusal.problem().detail())
                .isEqualTo("the ledger and the manager differ about foreign: slice is nothing by the ledger, 2 CPUs"
                        + " (5-6), 1GiB on node 0, 512 tasks by the manager");
        get(define(broker, "db", 2));

        LedgerReport accepted =
                get(office(broker).accept(new PartitionName("foreign"), new Ticket("bob", Optional.empty())));

        assertThat(accepted.differences()).isEmpty();
        assertThat(accepted.accounts())
                .filteredOn(each -> each.account().equals("foreign"))
                .singleElement()
                .satisfies(each -> assertThat(each.cpus()).isEqualTo(CpuSet.parse("5-6")));
        long version = accepted.version();
        assertThat(get(office(broker).accept(new PartitionName("foreign"), Ticket.LOCAL))
                        .version())
                .isEqualTo(version);
        get(broker.release(new PartitionName("foreign")));
        assertThatThrownBy(() -> get(office(broker).accept(new PartitionName("nobody"), Ticket.LOCAL)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("neither the ledger nor the manager has a slice of 'nobody'");
    }

    // ---- a race

    @Test
    void ofAHundredAdministratorsWhoWantTheSameCpusExactlyThePossibleOnesGetThem() {
        Simulation world = world();
        ExecutorService managersThread = Executors.newSingleThreadExecutor();
        ExecutorService administrators = Executors.newFixedThreadPool(20);
        Manager busy = (order, timeout) ->
                CompletableFuture.supplyAsync(() -> get(world.manager().ask(order, timeout)), managersThread);
        try (Bookkeeper keeper = Bookkeeper.withThread(new SqliteLedgerPlace(directory))) {
            Broker broker = new Broker(busy, () -> machine, keeper);

            // Given four CPUs, 25 rivals for each
            List<CompletableFuture<Optional<Refusal>>> outcomes = IntStream.range(0, 100)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> outcome(broker.define(
                                    Samples.definition(
                                            "rival-" + i,
                                            new CpuClaim.Whole(
                                                    1,
                                                    CpuClaim.Threads.WHOLE_CORE,
                                                    Optional.empty(),
                                                    Optional.of(CpuSet.of(1 + i % 4)))),
                                    Optional.empty())),
                            administrators))
                    .toList();
            List<Optional<Refusal>> ends =
                    outcomes.stream().map(CompletableFuture::join).toList();

            assertThat(ends).filteredOn(Optional::isEmpty).hasSize(4);
            assertThat(ends.stream().flatMap(Optional::stream)).hasSize(96).allSatisfy(refusal -> assertThat(
                            refusal.problem().code())
                    .isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES));
            LedgerReport report = get(office(broker).check());
            assertThat(report.differences()).isEmpty();
            assertThat(report.intents()).isEmpty();
            assertThat(world.manager().kernel()).hasSize(4);
            assertThat(report.sums())
                    .filteredOn(sum -> sum.resource().equals("cpus"))
                    .containsExactly(new LedgerReport.Sum("cpus", "threads", 9, 1, 4, 4));
        } finally {
            administrators.shutdown();
            managersThread.shutdown();
        }
    }

    private static Optional<Refusal> outcome(CompletionStage<?> stage) {
        try {
            get(stage);
            return Optional.empty();
        } catch (Refusal e) {
            return Optional.of(e);
        }
    }
}
