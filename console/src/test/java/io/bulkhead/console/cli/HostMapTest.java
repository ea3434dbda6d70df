package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.HostView;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostMapTest {
    @Test
    void showsWhoHasWhatAndWhatCanBeEnforced() {
        String map = new HostMap(view(), false).toString();

        assertThat(map)
                .startsWith("bulkhead: kernel 6.1, cgroups v2, 4 CPUs, 8 GiB, disk vda (254:0)\n")
                .contains("""
                        PACKAGE  NODE  CORES  CPUS  OWNER
                              0     0  0      0     host (pool)
                              0     0  1      1     db
                              0     0  2-3    2-3   free

                        CPUs: db 1 + host 1 + free 2 = 4
                        """)
                .contains("memory [######============..............................]")
                .contains("host 1 GiB + partitions 2 GiB + free 5 GiB = 8 GiB")
                .contains("memory    guaranteed  memory.max")
                .contains("""
                        interrupts: kept off CPUs 1; unbound workqueues on CPUs 0,2-3
                        INTERRUPT  NAME     ON CPUS  REASON
                               33  nvme0q2  1        Operation not permitted

                        host's own groups: 5 GiB of memory each at most, so that slices keep theirs
                        GROUP           MAX     BEFORE     USED  REMARK
                        system.slice  5 GiB  unlimited    2 GiB
                        user.slice    1 GiB      1 GiB  512 MiB  the host's own limit is tighter
                        and 1 that use less than 1 MiB
                        """);
    }

    private static HostView view() {
        ByteSize total = ByteSize.parse("8GiB");
        HostStatus host = new HostStatus(
                new InstanceName("bulkhead"),
                "0.1.0",
                1,
                0,
                "6.1",
                "v2",
                CpuSet.parse("0-3"),
                NodeSet.of(0),
                total,
                new HostStatus.HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
                Optional.of(new HostStatus.Disk("vda", "254:0")),
                List.of(new HostStatus.Enforcement(Resource.MEMORY, Strength.GUARANTEED, "memory.max")),
                new HostStatus.Steering(
                        true,
                        Optional.empty(),
                        CpuSet.of(1),
                        Optional.of(CpuSet.parse("0,2-3")),
                        List.of(new HostStatus.StuckInterrupt(33, "nvme0q2", CpuSet.of(1), "Operation not permitted"))),
                new HostStatus.MemoryCaps(
                        true,
                        Optional.empty(),
                        Optional.of(ByteSize.parse("5GiB")),
                        List.of(
                                new HostStatus.MemoryCap(
                                        "system.slice",
                                        Limit.of(ByteSize.parse("5GiB")),
                                        Limit.unlimited(),
                                        ByteSize.parse("2GiB"),
                                        Optional.empty()),
                                new HostStatus.MemoryCap(
                                        "user.slice",
                                        Limit.of(ByteSize.parse("1GiB")),
                                        Limit.of(ByteSize.parse("1GiB")),
                                        ByteSize.parse("512MiB"),
                                        Optional.of("the host's own limit is tighter")),
                                new HostStatus.MemoryCap(
                                        "dev-mqueue.mount",
                                        Limit.of(ByteSize.parse("5GiB")),
                                        Limit.unlimited(),
                                        ByteSize.parse("36KiB"),
                                        Optional.empty()))));
        Topology topology = new Topology(
                IntStream.range(0, 4)
                        .mapToObj(id -> new Topology.Cpu(id, 0, id, 0))
                        .toList(),
                List.of(new Topology.Node(0, total)));
        List<HostView.Owner> owners = List.of(
                new HostView.Owner(0, "host", true),
                new HostView.Owner(1, "db", false),
                new HostView.Owner(2, "free", false),
                new HostView.Owner(3, "free", false));
        return new HostView(
                host,
                topology,
                owners,
                new HostView.Memory(total, ByteSize.parse("1GiB"), ByteSize.parse("2GiB"), ByteSize.parse("5GiB")),
                new HostView.Pool(CpuSet.of(0), CpuMillis.ONE, new CpuMillis(500), CpuMillis.ZERO, new CpuMillis(500)));
    }
}
