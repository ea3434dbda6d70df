package io.bulkhead.broker.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.testing.SysTree;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InventoryReaderTest {
    @TempDir
    Path root;

    @Test
    void readsAMachineWithoutNodesAsNodeZero() {
        SysTree.oneSocketTwoCpu(root);

        Topology topology = new InventoryReader(root).read();

        assertThat(topology.cpus()).containsExactly(new Topology.Cpu(0, 0, 0, 0), new Topology.Cpu(1, 0, 1, 0));
        assertThat(topology.nodes()).containsExactly(new Topology.Node(0, new ByteSize(4_000_000L * 1024)));
        assertThat(topology.cores()).hasSize(2);
    }

    @Test
    void pairsThreadsOfACoreAndPutsEachCoreOnItsNode() {
        SysTree.twoSocketTwoNodeSmtEightCore(root);

        Topology topology = new InventoryReader(root).read();

        assertThat(topology.cores()).hasSize(8);
        assertThat(topology.cores().get(5)).isEqualTo(new Topology.Core(1, 1, 1, CpuSet.parse("5,13")));
        assertThat(topology.nodesOf(CpuSet.parse("3-4"))).isEqualTo(NodeSet.of(0, 1));
        assertThat(topology.node(1).orElseThrow().memory()).isEqualTo(new ByteSize(8_000_000L * 1024));
    }

    @Test
    void leavesOfflineCpusOutAndKeepsTheirSiblingsAsSmallerCores() {
        SysTree.holesAndOffline(root);

        Topology topology = new InventoryReader(root).read();

        assertThat(topology.online()).isEqualTo(CpuSet.parse("0,2-5,7"));
        assertThat(topology.cores())
                .extracting(Topology.Core::threads)
                .containsExactly(CpuSet.of(0), CpuSet.of(2, 3), CpuSet.of(4, 5), CpuSet.of(7));
        assertThat(topology.node(2).orElseThrow().memory()).isEqualTo(ByteSize.ZERO);
    }

    @Test
    void takesEachCpuForACoreWhereTheKernelTellsNoTopology() {
        new SysTree(root).file("sys/devices/system/cpu/online", "0-2").memInfo("proc/meminfo", "", 1000);

        Topology topology = new InventoryReader(root).read();

        assertThat(topology.cores())
                .extracting(Topology.Core::threads)
                .containsExactly(CpuSet.of(0), CpuSet.of(1), CpuSet.of(2));
    }

    @Test
    void goesByTheListsOfSiblingsWhereCoreIdsAreRepeatedInAnotherDie() {
        SysTree.oneSocketTwoCpu(root).cpu(1, 0, 0, "1");

        Topology topology = new InventoryReader(root).read();

        assertThat(topology.cores()).extracting(Topology.Core::threads).containsExactly(CpuSet.of(0), CpuSet.of(1));
    }

    @Test
    void readsAPackageThatIsUnknownAsPackageZero() {
        SysTree.oneSocketTwoCpu(root).cpu(0, -1, 0, "0").cpu(1, -1, 1, "1");

        assertThat(new InventoryReader(root).read().cpus())
                .extracting(Topology.Cpu::packageId)
                .containsExactly(0, 0);
    }

    @Test
    void namesTheFileThatIsMissing() throws IOException {
        SysTree.oneSocketTwoCpu(root);
        Files.delete(root.resolve("sys/devices/system/cpu/cpu1/topology/core_id"));

        assertThatThrownBy(() -> new InventoryReader(root).read())
                .isInstanceOf(InventoryException.class)
                .hasMessageEndingWith("cpu1/topology/core_id: is missing")
                .extracting(e -> ((InventoryException) e).remedy())
                .isEqualTo("mount sysfs on /sys and proc on /proc");
    }

    @Test
    void namesTheFileThatIsNotUnderstood() {
        SysTree.twoSocketTwoNodeSmtEightCore(root).file("sys/devices/system/node/node1/cpulist", "4-x");

        assertThatThrownBy(() -> new InventoryReader(root).read())
                .isInstanceOf(InventoryException.class)
                .hasMessageContaining("node1/cpulist: '4-x");
    }

    @Test
    void namesTheFileThatHasNoMemory() {
        SysTree.oneSocketTwoCpu(root).file("proc/meminfo", "MemFree: 3 kB");

        assertThatThrownBy(() -> new InventoryReader(root).read())
                .isInstanceOf(InventoryException.class)
                .hasMessageContaining("proc/meminfo: has no line");
    }

    @Test
    void refusesACpuThatNoNodeLists() {
        SysTree.twoSocketTwoNodeSmtEightCore(root).file("sys/devices/system/node/node1/cpulist", "4-7,12-14");

        assertThatThrownBy(() -> new InventoryReader(root).read())
                .isInstanceOf(InventoryException.class)
                .hasMessageContaining("CPU 15 is online but in the cpulist of no node");
    }
}
