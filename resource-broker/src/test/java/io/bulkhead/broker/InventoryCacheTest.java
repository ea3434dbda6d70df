package io.bulkhead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryReader;
import io.bulkhead.broker.testing.SysTree;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InventoryCacheTest {
    @TempDir
    Path root;

    private final AtomicInteger readings = new AtomicInteger();

    @Test
    void readsTheTopologyAgainOnlyWhenTheManagerTellsOfOtherHardware() {
        InventoryCache cache = cacheOf(SysTree.oneSocketTwoCpu(root));

        cache.of(host("0-1", "4GiB"));
        cache.of(host("0-1", "4GiB"));
        cache.of(host("0", "4GiB"));
        cache.of(host("0", "8GiB"));

        assertThat(readings).hasValue(3);
    }

    @Test
    void keepsToTheCpusAndTheMemoryThatTheManagerDivides() {
        InventoryCache cache = cacheOf(SysTree.oneSocketTwoCpu(root)
                .file("sys/devices/system/node/online", "0")
                .node(0, "0-1", 4_000_000)
                .distances(0, List.of(10)));

        Inventory all = cache.all(host("1", "3GiB"));

        assertThat(all.topology().online()).isEqualTo(CpuSet.of(1));
        assertThat(all.topology().nodes()).containsExactly(new Topology.Node(0, ByteSize.parse("3GiB"), List.of(10)));
        assertThat(all.topology()).isEqualTo(cache.of(host("1", "3GiB")));
    }

    @Test
    void refusesWithTheFileAndTheRemedyWhereTheMachineCannotBeRead() {
        InventoryCache cache = cacheOf(SysTree.oneSocketTwoCpu(root).file("proc/meminfo", "MemFree: 1 kB"));

        assertThatThrownBy(() -> cache.all(host("0-1", "4GiB")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("proc/meminfo: has no line 'MemTotal: … kB'; this kernel writes it");
    }

    private InventoryCache cacheOf(SysTree tree) {
        InventoryReader reader = new InventoryReader(tree.root());
        return new InventoryCache(
                () -> {
                    readings.incrementAndGet();
                    return reader.read();
                },
                reader::readInventory);
    }

    private static HostStatus host(String cpus, String memory) {
        return new HostStatus(
                InstanceName.parse("test"),
                "1",
                1,
                0,
                "6.1",
                "v2",
                CpuSet.parse(cpus),
                NodeSet.of(0),
                ByteSize.parse(memory),
                new HostStatus.HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
                Optional.empty(),
                List.of(),
                new HostStatus.Steering(false, Optional.empty(), CpuSet.EMPTY, Optional.empty(), List.of()),
                new HostStatus.MemoryCaps(false, Optional.empty(), Optional.empty(), List.of()));
    }
}
