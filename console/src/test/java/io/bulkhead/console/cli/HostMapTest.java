package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostMapTest {
    private static final int WIDE = 1000;

    @Test
    void showsWhoHasWhatAndWhatCanBeEnforced() {
        String map = new HostMap(view(), file(), false, WIDE).toString();

        assertThat(map)
                .startsWith("bulkhead: kernel 6.1, x86_64, cgroups v2, 4 CPUs, 8 GiB, disk vda (254:0)\n")
                .contains("""
                        PACKAGE  NODE  CACHE  CORES  CPUS  OWNER
                              0     0  L3 0       1  0     host (pool)
                                                  1  1     db
                                                  2  2-3   free

                        CPUs: db 1 + host 1 + free 2 = 4
                        """)
                .contains("memory [######============..............................]")
                .contains("host 1 GiB + partitions 2 GiB + free 5 GiB = 8 GiB")
                .contains("huge pages of 2 MiB: 64 on node 0 (60 free)")
                .contains("""
                        DISK     SIZE  KIND   NODE  FILE SYSTEMS
                        vda   100 GiB  flash     0  / (ext4), /srv (xfs on vg-srv), /boot (vfat on vda1, buffered writes pass)

                        NETWORK      SPEED  LINK        NODE  DRIVER     PART OF
                        eth0     25 Gbit/s  up             0  mlx5_core  bond0
                        eth1             -  off            -  -
                        eth2     10 Mbit/s  no carrier     -  -
                        """)
                .contains("memory    guaranteed  memory.max")
                .contains("""
                        offline: CPUs 4
                        isolcpus of the boot: CPUs 3, without load balancing whoever has them
                        without group-kill: the groups of this kernel have no cgroup.kill

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

    @Test
    void coloursOnlyWhereItIsWanted() {
        assertThat(new HostMap(view(), file(), false, WIDE).toString()).doesNotContain("\u001b");
        assertThat(new HostMap(view(), file(), true, WIDE).toString()).contains("\u001b[32mfree\u001b[0m");
    }

    @ParameterizedTest
    @ValueSource(ints = {72, 80, 120})
    void keepsToTheWidthOfTheTerminal(int width) {
        String map = new HostMap(view(), file(), false, width).toString();

        assertThat(map.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        assertThat(map).contains("host 1 GiB + partitions 2 GiB");
    }

    static HostView view() {
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

    static InventoryFile file() {
        Inventory.BlockDevice vda = new Inventory.BlockDevice(
                "vda",
                "254:0",
                Inventory.BlockKind.DISK,
                ByteSize.parse("100GiB"),
                false,
                List.of(),
                List.of("vda"),
                Optional.of(0),
                Optional.empty());
        Inventory.BlockDevice mapping = new Inventory.BlockDevice(
                "dm-0",
                "252:0",
                Inventory.BlockKind.DEVICE_MAPPER,
                ByteSize.parse("10GiB"),
                false,
                List.of("vda"),
                List.of("vda"),
                Optional.of(0),
                Optional.of("vg-srv"));
        Inventory inventory = new Inventory(
                "6.1",
                "x86_64",
                view().topology(),
                List.of(new Inventory.Cache(0, 3, ByteSize.parse("16MiB"), CpuSet.parse("0-3"))),
                CpuSet.of(4),
                CpuSet.of(3),
                CpuSet.EMPTY,
                List.of(
                        new Inventory.HugePages(0, ByteSize.parse("2MiB"), 64, 60),
                        new Inventory.HugePages(0, ByteSize.parse("1GiB"), 0, 0)),
                List.of(mapping, vda),
                List.of(
                        new Inventory.FileSystem("/", "ext4", List.of("vda"), List.of("vda"), true, "ext4 tells"),
                        new Inventory.FileSystem("/srv", "xfs", List.of("dm-0"), List.of("vda"), true, "xfs tells"),
                        new Inventory.FileSystem("/boot", "vfat", List.of("vda1"), List.of("vda"), false, "vfat not")),
                List.of(
                        nic("bond0", false, 0, Optional.empty(), Optional.empty(), "eth0"),
                        nic("eth0", true, 25_000_000_000L, Optional.of(Inventory.Carrier.PRESENT), Optional.of(0)),
                        nic("eth1", true, 0, Optional.empty(), Optional.empty()),
                        nic("eth2", true, 10_000_000L, Optional.of(Inventory.Carrier.ABSENT), Optional.empty())),
                Inventory.ControlGroups.V2,
                List.of(
                        new Inventory.Ability("pressure", Inventory.Answer.YES, "it is measured"),
                        new Inventory.Ability("cpuset-exclusive", Inventory.Answer.UNKNOWN, "no group shows it"),
                        new Inventory.Ability(
                                "group-kill", Inventory.Answer.NO, "the groups of this kernel have no cgroup.kill")));
        return new InventoryFile(
                InventoryFile.VERSION,
                0,
                view().host().instance(),
                inventory,
                view().host().reserve(),
                List.of());
    }

    private static Inventory.Nic nic(
            String name,
            boolean physical,
            long bitsPerSecond,
            Optional<Inventory.Carrier> carrier,
            Optional<Integer> node,
            String... below) {
        return new Inventory.Nic(
                name,
                physical,
                bitsPerSecond == 0 ? Optional.empty() : Optional.of(bitsPerSecond),
                carrier,
                node,
                node.map(any -> "mlx5_core"),
                List.of(below));
    }
}
