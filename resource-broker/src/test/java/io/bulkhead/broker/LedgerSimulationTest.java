package io.bulkhead.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random changes on a simulated machine with deaths of either process between any two steps, lost replies, orders that
 * arrive late and a kernel that fails, against the real SQLite file: after each recovery ledger = manager = kernel.
 */
class LedgerSimulationTest {
    private static final int OPERATIONS = 1_000;

    /** From an order to its last step; a change has fewer. */
    private static final int MOST_STEPS = 10;

    @TempDir
    private Path directory;

    private final Topology machine = Samples.machine(9);
    private int deathsOfTheControlPlane;
    private int deathsOfTheManager;
    private int refused;
    private int done;

    @Test
    void afterEachRecoveryLedgerManagerAndKernelAreTheSame() {
        long seed = Long.getLong("bulkhead.simulation.seed", 20_261_127L);
        System.out.println("simulation of " + OPERATIONS + " operations, seed " + seed
                + " (-Dbulkhead.simulation.seed=N for another)");
        Random random = new Random(seed);
        Simulation world = new Simulation(machine, directory);
        Bookkeeper keeper = world.startControlPlane();
        Broker broker = new Broker(world.manager(), () -> machine, keeper);

        for (int i = 0; i < OPERATIONS; i++) {
            trouble(random, world);
            try {
                run(operation(random, broker));
            } catch (Simulation.Death e) {
                if (world.managerDied()) {
                    deathsOfTheManager++;
                    world.manager().restart();
                } else {
                    deathsOfTheControlPlane++;
                }
                // With the manager the connection breaks; here the thread is one, so the control plane goes, too.
                world.killControlPlane(keeper);
                keeper = world.startControlPlane();
                broker = new Broker(world.manager(), () -> machine, keeper);
            }
            world.dieIn(Integer.MAX_VALUE);
            boolean late = random.nextBoolean();
            if (late) {
                // Found out before the order arrives, and again after it did.
                run(broker.ledger().orElseThrow().check());
            }
            world.manager().deliver();
            run(broker.ledger().orElseThrow().check());
            checkTheSame(i, world, broker.ledger().orElseThrow().report());
        }
        keeper.close();

        System.out.println("done " + done + ", refused " + refused + ", deaths of the control plane "
                + deathsOfTheControlPlane + ", of the manager " + deathsOfTheManager);
        assertThat(done).isGreaterThan(200);
        assertThat(refused).isGreaterThan(50);
        assertThat(deathsOfTheControlPlane).isGreaterThan(50);
        assertThat(deathsOfTheManager).isGreaterThan(20);
    }

    private static void trouble(Random random, Simulation world) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> world.dieIn(1 + random.nextInt(MOST_STEPS));
            case 3 -> world.manager().failKernel();
            case 4 -> world.manager().delayNext();
            case 5 -> world.manager().loseReply();
            default -> world.dieIn(Integer.MAX_VALUE);
        }
    }

    private static CompletionStage<?> operation(Random random, Broker broker) {
        PartitionName name = new PartitionName("p" + random.nextInt(5));
        return switch (random.nextInt(6)) {
            case 0 -> broker.release(name);
            case 1 -> broker.bind(name);
            case 2 -> broker.delete(name);
            default -> broker.define(definition(name, random), Optional.empty());
        };
    }

    private static PartitionSpec definition(PartitionName name, Random random) {
        CpuClaim claim = random.nextInt(4) == 0
                ? new CpuClaim.Part(new CpuMillis(10 + random.nextInt(300)))
                : CpuClaim.Whole.of(1 + random.nextInt(4));
        PartitionSpec plain = Samples.definition(name.value(), claim);
        Claim whole = plain.claim();
        if (random.nextInt(2) == 0) {
            whole = whole.withStorage(StorageSlice.of(ByteSize.ofMebibytes(16 + random.nextInt(400))));
        }
        if (random.nextInt(2) == 0) {
            whole = whole.withNetwork(new NetworkSlice(
                    Limit.of(new BitRate(1 + random.nextInt(60))),
                    Limit.of(new BitRate(1 + random.nextInt(1000))),
                    Optional.empty()));
        }
        return new PartitionSpec(
                plain.name(),
                whole,
                plain.init(),
                plain.autostart(),
                plain.hostOpt(),
                plain.stopTimeoutMillis(),
                plain.description());
    }

    private void run(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().join();
            done++;
        } catch (CompletionException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof Simulation.Death death) {
                    throw death;
                }
            }
            assertThat(e.getCause()).isInstanceOf(Refusal.class);
            refused++;
        }
    }

    /** Volumes are there as long as their partition is, bounds on the network as long as its slice. */
    private static void checkAmounts(int operation, Simulation world, LedgerReport report) {
        long volumes = world.manager().records().values().stream()
                .flatMap(record -> record.definition().claim().storage().stream())
                .mapToLong(storage -> storage.bytes().bytes())
                .sum();
        long in = world.manager().kernel().values().stream()
                .flatMap(slice -> slice.network().stream())
                .mapToLong(network -> network.in().fold(BitRate::bitsPerSecond, 0L))
                .sum();
        long out = world.manager().kernel().values().stream()
                .flatMap(slice -> slice.network().stream())
                .mapToLong(network -> network.out().fold(BitRate::bitsPerSecond, 0L))
                .sum();
        assertThat(partitions(report, "storage")).as("operation %d", operation).isEqualTo(volumes);
        assertThat(partitions(report, "network-in"))
                .as("operation %d", operation)
                .isEqualTo(in);
        // Nobody states how much there is: what is on the books is what is granted.
        assertThat(partitions(report, "network-out"))
                .as("operation %d", operation)
                .isEqualTo(out);
        assertThat(in).isLessThanOrEqualTo(100);
        assertThat(volumes).isLessThanOrEqualTo(Simulation.VOLUMES.bytes());
    }

    private static long partitions(LedgerReport report, String resource) {
        return report.sums().stream()
                .filter(sum -> sum.resource().equals(resource))
                .mapToLong(LedgerReport.Sum::partitions)
                .sum();
    }

    private void checkTheSame(int operation, Simulation world, LedgerReport report) {
        Map<PartitionName, Slice> records = new TreeMap<>();
        world.manager().records().forEach((name, record) -> record.slice()
                .ifPresent(slice -> records.put(name, slice)));
        assertThat(world.manager().kernel()).as("operation %d", operation).isEqualTo(records);
        assertThat(report.mode()).isEqualTo(LedgerReport.Mode.READ_WRITE);
        assertThat(report.differences()).as("operation %d", operation).isEmpty();
        assertThat(report.intents()).as("operation %d", operation).isEmpty();
        Map<String, String> byLedger = new TreeMap<>();
        Map<String, String> byManager = new TreeMap<>();
        report.accounts().stream()
                .filter(each -> !List.of("host", "free").contains(each.account()))
                .filter(each -> each.memory().bytes() > 0)
                .forEach(each -> byLedger.put(each.account(), each.cpus() + " " + each.pool() + " " + each.memory()));
        records.forEach((name, slice) -> byManager.put(
                name.value(),
                slice.cpus() instanceof CpuSlice.Whole whole
                        ? whole.cpus() + " 0 " + slice.memory()
                        : " " + ((CpuSlice.Part) slice.cpus()).entitlement() + " " + slice.memory()));
        assertThat(byLedger).as("operation %d", operation).isEqualTo(byManager);
        checkAmounts(operation, world, report);
        for (LedgerReport.Sum sum : report.sums()) {
            assertThat(sum.host() + sum.partitions() + sum.free()).isEqualTo(sum.inventory());
        }
    }
}
