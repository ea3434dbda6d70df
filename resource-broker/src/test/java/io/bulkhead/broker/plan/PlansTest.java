package io.bulkhead.broker.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.broker.plan.PlanReport.Action;
import io.bulkhead.broker.plan.PlanReport.Method;
import io.bulkhead.broker.plan.PlanReport.Partition;
import io.bulkhead.broker.testing.InventorySamples;
import io.bulkhead.broker.testing.Machines;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** On four CPUs of which db holds CPU 1 and the host CPU 0, and on 1,024. */
class PlansTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final PlanGround ground = PlanGround.of(InventorySamples.file(Inventory.of(Samples.machine(4))));

    @Test
    void tellsWhatBecomesOfEachPartition() {
        PlanReport report = Plans.plan(
                ground,
                List.of(
                        Samples.definition("db", 1),
                        Samples.definition("web", 1),
                        Samples.definition("part", part(250))),
                LIMIT);

        assertThat(report.fits()).isTrue();
        assertThat(report.method()).isEqualTo(Method.GREEDY);
        assertThat(report.partitions())
                .extracting(Partition::action)
                .containsExactly(Action.STAYS, Action.NEW, Action.NEW);
        assertThat(report.partitions().get(0).why()).containsExactly("it stays where it is");
        assertThat(report.before().freeCpus()).isEqualTo(2);
        assertThat(report.after().orElseThrow().freeCpus()).isEqualTo(1);
        assertThat(report.durationMillis()).isBetween(0L, 10_000L);
    }

    @Test
    void tellsAChangeFromAMove() {
        PartitionSpec larger = withMemory(Samples.definition("db", 1), "2GiB");

        PlanReport changed = Plans.plan(ground, List.of(larger), LIMIT);
        PlanReport moved = Plans.plan(ground, List.of(Samples.definition("db", 2)), LIMIT);

        assertThat(changed.partitions().get(0).action()).isEqualTo(Action.CHANGED);
        assertThat(moved.partitions().get(0).action()).isEqualTo(Action.MOVED);
        assertThat(moved.partitions().get(0).slice().orElseThrow().cpus())
                .isEqualTo(new CpuSlice.Whole(CpuSet.of(1, 2)));
    }

    @Test
    void tellsWhyAPartitionHasNoPlace() {
        PlanReport report = Plans.plan(ground, List.of(Samples.definition("a", 2), Samples.definition("b", 1)), LIMIT);

        assertThat(report.fits()).isFalse();
        assertThat(report.after()).isEmpty();
        assertThat(report.partitions().get(0).action()).isEqualTo(Action.NEW);
        Partition refused = report.partitions().get(1);
        assertThat(refused.action()).isEqualTo(Action.REFUSED);
        assertThat(refused.slice()).isEmpty();
        assertThat(refused.problem().orElseThrow().detail())
                .isEqualTo("needs 1 whole core; 0 are free, 2 are held by a, 1 by db, 1 by the host's pool");
        assertThat(report.remarks())
                .containsExactly("the inventory file does not tell what every partition has asked:"
                        + " a proposed move may break what one asked");
    }

    @Test
    void proposesOnlyMovesThatGiveAPartitionWhatItHasAskedAgain() {
        // Given db on CPU 1, which it has named, and a newcomer that names it too
        PartitionSpec newcomer = Samples.definition("new", ids("1"));

        PlanReport bound = Plans.plan(ground(ids("1")), List.of(newcomer), LIMIT);
        PlanReport free = Plans.plan(ground(CpuClaim.Whole.of(1)), List.of(newcomer), LIMIT);

        assertThat(bound.proposals()).isEmpty();
        assertThat(free.proposals()).hasSize(1);
        assertThat(free.proposals().get(0).moves().get(0).running()).isFalse();
        assertThat(free.remarks()).isEmpty();
    }

    private static CpuClaim ids(String ids) {
        CpuSet set = CpuSet.parse(ids);
        return new CpuClaim.Whole(set.size(), CpuClaim.Threads.WHOLE_CORE, Optional.empty(), Optional.of(set));
    }

    private static PlanGround ground(CpuClaim askedByDb) {
        InventoryFile file = InventorySamples.file(Inventory.of(Samples.machine(4)));
        InventoryFile.Holding db = file.holdings().get(0);
        return PlanGround.of(new InventoryFile(
                file.version(),
                file.madeAtMillis(),
                file.instance(),
                file.inventory(),
                file.reserve(),
                List.of(new InventoryFile.Holding(
                        db.name(),
                        db.slice(),
                        true,
                        Optional.of(Samples.definition("db", askedByDb).claim()),
                        true))));
    }

    @Test
    void findsDisksAndNetworkInterfacesOfAnInventoryByName() {
        PlanGround withDevices = PlanGround.of(InventorySamples.file());

        PlanReport report = Plans.plan(
                withDevices,
                List.of(Samples.definition("web", CpuClaim.Whole.of(1).near("eth0"))),
                LIMIT);

        assertThat(report.partitions().get(0).why()).contains("eth0 is on node 0, at distance 10");
    }

    @Test
    void readsBackFromJson() {
        PlanReport report = Plans.plan(ground, List.of(Samples.definition("a", 1), Samples.definition("b", 3)), LIMIT);

        assertThat(RecordCodec.decode(
                        PlanReport.class,
                        JsonReader.read(RecordCodec.encode(report).toString())))
                .isEqualTo(report);
    }

    @Test
    void plansForAMachineOf1024Cpus() {
        InventoryFile file = InventorySamples.file(Inventory.of(Machines.eightSocketSixtyFourNode()));
        InventoryFile empty = new InventoryFile(
                file.version(), file.madeAtMillis(), file.instance(), file.inventory(), file.reserve(), List.of());
        // CPU 0 alone is the host's: its sibling can only be had by who shares cores.
        List<PartitionSpec> set = IntStream.range(0, 63)
                .mapToObj(i -> Samples.definition("p" + i, CpuClaim.Whole.of(16).inOneCache()))
                .toList();

        PlanReport report = Plans.plan(PlanGround.of(empty), set, LIMIT);

        assertThat(report.fits()).isTrue();
        assertThat(report.after().orElseThrow().largestOnOneNode()).isEqualTo(14);
    }

    @Test
    void refusesNoneTooManyAndTheSameTwice() {
        PartitionSpec one = Samples.definition("a", 1);

        assertThatThrownBy(() -> Plans.plan(ground, List.of(), LIMIT))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("1 to 512 definitions, not for 0");
        assertThatThrownBy(() -> Plans.plan(ground, List.of(one, one), LIMIT))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the partition a is defined twice");
    }

    private static CpuClaim part(long millis) {
        return new CpuClaim.Part(new CpuMillis(millis));
    }

    private static PartitionSpec withMemory(PartitionSpec spec, String memory) {
        Claim claim = spec.claim();
        return new PartitionSpec(
                spec.name(),
                new Claim(claim.cpus(), ByteSize.parse(memory), claim.tasks(), claim.io(), claim.oomGroup()),
                spec.init(),
                spec.autostart(),
                spec.hostOpt(),
                spec.stopTimeoutMillis(),
                Optional.empty());
    }
}
