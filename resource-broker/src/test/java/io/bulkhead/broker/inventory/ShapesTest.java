package io.bulkhead.broker.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.bulkhead.broker.testing.Machines;
import io.bulkhead.broker.testing.SysTree;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines from 2 to 1,024 CPUs, read from the files that such a machine has. */
class ShapesTest {
    @TempDir
    Path root;

    @Test
    void oneSocketTwoCpu() {
        SysTree.oneSocketTwoCpu(root);

        Inventory inventory = new InventoryReader(root, "amd64").readInventory();

        assertThat(inventory)
                .isEqualTo(new Inventory(
                        "unknown",
                        "x86_64",
                        inventory.topology(),
                        inventory.caches(),
                        CpuSet.EMPTY,
                        CpuSet.EMPTY,
                        CpuSet.EMPTY,
                        inventory.hugePages(),
                        inventory.blockDevices(),
                        inventory.fileSystems(),
                        inventory.nics(),
                        Inventory.ControlGroups.V1,
                        inventory.abilities()));
        assertThat(inventory.topology().online()).isEqualTo(CpuSet.parse("0-1"));
        assertThat(inventory.caches()).isEmpty();
        assertThat(inventory.blockDevices()).isEmpty();
        assertThat(inventory.abilities()).extracting(Inventory.Ability::answer).containsOnly(Inventory.Answer.NO);
    }

    @Test
    void holesAndOffline() {
        SysTree.holesAndOffline(root);

        Inventory inventory = new InventoryReader(root).readInventory();

        assertThat(inventory.topology().online()).isEqualTo(CpuSet.parse("0,2-5,7"));
        assertThat(inventory.offline()).isEqualTo(CpuSet.of(1, 6));
        assertThat(inventory.topology().allNodes()).isEqualTo(NodeSet.of(0, 2));
    }

    @Test
    void twoSocketManyCcx() {
        SysTree.of(root, Machines.twoSocketManyCcx(), CpuSet.EMPTY);

        Inventory inventory = new InventoryReader(root).readInventory();

        Topology topology = inventory.topology();
        assertThat(topology).isEqualTo(Machines.twoSocketManyCcx());
        assertThat(topology.cpus()).hasSize(256);
        assertThat(topology.cores()).hasSize(128);
        // Core 77 is the 13th of socket 1: in the second cache of that socket's first node.
        assertThat(topology.cores().get(77))
                .isEqualTo(new Topology.Core(1, 13, 4, 9, CoreType.UNIFORM, CpuSet.of(77, 205)));
        assertThat(inventory.caches()).hasSize(16);
        assertThat(inventory.caches().get(9))
                .isEqualTo(new Inventory.Cache(9, 3, ByteSize.parse("32MiB"), CpuSet.parse("72-79,200-207")));
        assertThat(topology.distance(0, 0)).isEqualTo(10);
        assertThat(topology.distance(0, 3)).isEqualTo(12);
        assertThat(topology.distance(3, 4)).isEqualTo(32);
    }

    @Test
    void eightSocketSixtyFourNode() {
        SysTree.of(root, Machines.eightSocketSixtyFourNode(), CpuSet.EMPTY);

        Inventory inventory = new InventoryReader(root).readInventory();

        Topology topology = inventory.topology();
        assertThat(topology).isEqualTo(Machines.eightSocketSixtyFourNode());
        assertThat(topology.online()).isEqualTo(CpuSet.parse("0-1023"));
        assertThat(topology.cores()).hasSize(512);
        assertThat(topology.nodes()).hasSize(64);
        assertThat(inventory.caches()).hasSize(64);
        assertThat(topology.cores().get(511).threads()).isEqualTo(CpuSet.of(511, 1023));
        assertThat(topology.distance(63, 56)).isEqualTo(12);
        assertThat(topology.distance(63, 55)).isEqualTo(32);
        assertThat(topology.memory()).isEqualTo(ByteSize.parse("2TiB"));
    }

    @Test
    void hybrid() {
        SysTree.hybrid(root);

        Inventory inventory = new InventoryReader(root).readInventory();

        assertThat(inventory.topology()).isEqualTo(Machines.hybrid());
        Map<CoreType, Long> coresByType = inventory.topology().cores().stream()
                .collect(Collectors.groupingBy(Topology.Core::coreType, Collectors.counting()));
        assertThat(coresByType).isEqualTo(Map.of(CoreType.PERFORMANCE, 6L, CoreType.EFFICIENCY, 10L));
        assertThat(inventory.caches())
                .extracting(Inventory.Cache::level, Inventory.Cache::cpus)
                .containsExactly(tuple(3, CpuSet.parse("0-19")), tuple(2, CpuSet.parse("20-21")));
    }

    @Test
    void bigLittle() {
        SysTree.bigLittle(root);

        Inventory inventory = new InventoryReader(root, "aarch64").readInventory();

        assertThat(inventory.topology()).isEqualTo(Machines.bigLittle());
        assertThat(inventory.architecture()).isEqualTo("aarch64");
        assertThat(inventory.topology().cores())
                .allSatisfy(core -> assertThat(core.threads().size()).isEqualTo(1));
    }

    @Test
    void oneSocketTwoDie() {
        SysTree.of(root, Machines.oneSocketTwoDie(), CpuSet.EMPTY);

        Topology topology = new InventoryReader(root).read();

        assertThat(topology).isEqualTo(Machines.oneSocketTwoDie());
        assertThat(topology.cpus()).extracting(Topology.Cpu::dieId).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
    }

    @Test
    void memoryOnlyNode() {
        SysTree.of(root, Machines.memoryOnlyNode(), CpuSet.EMPTY)
                .hugePages(0, 2048, 512, 500)
                .hugePages(0, 1048576, 4, 4)
                .hugePages(1, 2048, 0, 0);

        Inventory inventory = new InventoryReader(root).readInventory();

        assertThat(inventory.topology()).isEqualTo(Machines.memoryOnlyNode());
        assertThat(inventory.topology().nodesOf(inventory.topology().online())).isEqualTo(NodeSet.of(0));
        assertThat(inventory.topology().distance(0, 1)).isEqualTo(14);
        assertThat(inventory.hugePages())
                .containsExactly(
                        new Inventory.HugePages(0, ByteSize.parse("2MiB"), 512, 500),
                        new Inventory.HugePages(0, ByteSize.parse("1GiB"), 4, 4),
                        new Inventory.HugePages(1, ByteSize.parse("2MiB"), 0, 0));
    }

    @Test
    void isolatedByTheBoot() {
        SysTree.oneSocketTwoCpu(root)
                .file("proc/cmdline", "quiet isolcpus=managed_irq,domain,1 nohz_full=1")
                .file("sys/devices/system/cpu/isolated", "1")
                .file("sys/devices/system/cpu/nohz_full", "1");

        Inventory inventory = new InventoryReader(root).readInventory();

        assertThat(inventory.isolated()).isEqualTo(CpuSet.of(1));
        assertThat(inventory.tickless()).isEqualTo(CpuSet.of(1));
    }

    @Test
    void isolatedByACpusetOnly() {
        SysTree.oneSocketTwoCpu(root)
                .file("proc/cmdline", "quiet")
                .file("sys/devices/system/cpu/isolated", "1")
                .file("sys/devices/system/cpu/nohz_full", "(null)");

        Inventory inventory = new InventoryReader(root).readInventory();

        assertThat(inventory.isolated()).isEqualTo(CpuSet.EMPTY);
        assertThat(inventory.tickless()).isEqualTo(CpuSet.EMPTY);
    }
}
