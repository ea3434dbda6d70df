package io.bulkhead.console.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeepingChecksTest {
    private static final ByteSize CAP = ByteSize.parse("4GiB");

    private static List<Finding> findings(HostStatus.Steering steering, HostStatus.MemoryCaps caps) {
        return KeepingChecks.of(new HostStatus(
                new InstanceName("b"),
                "0",
                1,
                0,
                "6.1",
                "v2",
                CpuSet.parse("0-3"),
                NodeSet.of(0),
                ByteSize.parse("8GiB"),
                new HostStatus.HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
                Optional.empty(),
                List.of(),
                steering,
                caps));
    }

    private static HostStatus.MemoryCaps capped(Limit<ByteSize> max) {
        return new HostStatus.MemoryCaps(
                true,
                Optional.empty(),
                Optional.of(CAP),
                List.of(new HostStatus.MemoryCap("system.slice", max, Limit.unlimited(), CAP, Optional.empty())));
    }

    @Test
    void isContentWhereEverythingIsKept() {
        List<Finding> found = findings(
                new HostStatus.Steering(true, Optional.empty(), CpuSet.of(2), Optional.empty(), List.of()),
                capped(Limit.of(CAP)));

        assertThat(found)
                .containsExactly(
                        Finding.good("interrupts", "kept off CPUs 2"),
                        Finding.good("memory of stopped partitions", "each of the host's groups has 4GiB at most"));
    }

    @Test
    void namesWhatIsStuckAndWhoUsesTooMuch() {
        List<Finding> found = findings(
                new HostStatus.Steering(
                        true,
                        Optional.empty(),
                        CpuSet.of(2),
                        Optional.empty(),
                        List.of(new HostStatus.StuckInterrupt(33, "nvme0q3", CpuSet.of(2), "Operation not permitted"))),
                capped(Limit.of(ByteSize.parse("5GiB"))));

        assertThat(found).extracting(Finding::verdict).containsOnly(Finding.Verdict.WEAK);
        assertThat(found.get(0).found()).contains("33 (nvme0q3) on 2: Operation not permitted");
        assertThat(found.get(1).found()).contains("system.slice may have 5GiB");
    }

    @Test
    void tellsOfAHostWithoutGroups() {
        List<Finding> found = findings(
                new HostStatus.Steering(true, Optional.empty(), CpuSet.of(2), Optional.empty(), List.of()),
                new HostStatus.MemoryCaps(true, Optional.empty(), Optional.of(CAP), List.of()));

        assertThat(found.get(1).verdict()).isEqualTo(Finding.Verdict.WEAK);
        assertThat(found.get(1).found()).contains("the root of the hierarchy");
    }

    @Test
    void saysWhyNothingIsKept() {
        List<Finding> found = findings(
                new HostStatus.Steering(
                        false, Optional.of("host.steer_interrupts = false"), CpuSet.EMPTY, Optional.empty(), List.of()),
                new HostStatus.MemoryCaps(false, Optional.of("host.memory_caps = off"), Optional.empty(), List.of()));

        assertThat(found).extracting(Finding::verdict).containsOnly(Finding.Verdict.WEAK);
        assertThat(found.get(0).found()).contains("host.steer_interrupts = false");
        assertThat(found.get(1).found()).contains("host.memory_caps = off");
    }
}
