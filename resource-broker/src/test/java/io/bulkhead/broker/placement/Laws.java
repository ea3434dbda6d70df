package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.util.ArrayList;
import java.util.List;

/** The laws of conservation: host, grants and free add up to what there is, per thread, node and byte. */
final class Laws {
    private Laws() {}

    static void assertConserved(Machine machine, Holdings holdings) {
        assertThreads(machine, holdings);
        assertOneOwner(machine, holdings);
        assertBytes(machine, holdings);
        assertThat(holdings.entitlements())
                .isLessThanOrEqualTo(machine.reserve().entitlements());
        for (Amount amount : Amount.values()) {
            long held = holdings.all().stream()
                    .mapToLong(holding -> amount.of(holding.slice()))
                    .sum();
            amount.of(machine.capacity()).ifPresent(known -> assertThat(held).isLessThanOrEqualTo(known));
        }
        List<String> devices = new ArrayList<>();
        for (Holding holding : holdings.all()) {
            holding.slice().storage().ifPresent(storage -> devices.addAll(storage.disks()));
            holding.slice().network().flatMap(network -> network.device()).ifPresent(devices::add);
        }
        assertThat(devices).doesNotHaveDuplicates();
    }

    private static void assertThreads(Machine machine, Holdings holdings) {
        CpuSet pool = machine.reserve().pool();
        int owned = holdings.all().stream()
                .mapToInt(holding -> holding.cpus().size())
                .sum();
        CpuSet free = machine.topology().online().minus(pool).minus(holdings.cpus());
        assertThat(owned + free.size() + pool.size())
                .isEqualTo(machine.topology().cpus().size());
        assertThat(holdings.cpus().intersects(pool)).isFalse();
        assertThat(machine.topology().online().containsAll(holdings.cpus())).isTrue();
    }

    /** A core with an owner of whole cores has no other, and no thread of it is the host's. */
    static void assertOneOwner(Machine machine, Holdings holdings) {
        for (Topology.Core core : machine.topology().cores()) {
            List<Holding> owners = holdings.all().stream()
                    .filter(holding -> holding.cpus().intersects(core.threads()))
                    .toList();
            if (owners.stream().anyMatch(Holding::wholeCores)) {
                assertThat(owners).hasSize(1);
                assertThat(core.threads().intersects(machine.reserve().pool())).isFalse();
                assertThat(owners.get(0).cpus().containsAll(core.threads())).isTrue();
            }
        }
    }

    private static void assertBytes(Machine machine, Holdings holdings) {
        NodeShares shares = NodeShares.of(machine, holdings);
        for (Topology.Node node : machine.topology().nodes()) {
            long partitions = shares.partitions().values().stream()
                    .mapToLong(held -> bytes(held, node.id()))
                    .sum();
            assertThat(bytes(shares.host(), node.id()) + partitions + bytes(shares.free(), node.id()))
                    .isEqualTo(node.memory().bytes());
        }
        for (Holding holding : holdings.all()) {
            List<NodeBytes> held = shares.partitions().get(holding.owner());
            assertThat(held.stream().mapToLong(each -> each.memory().bytes()).sum())
                    .as("all of its memory lies on its nodes")
                    .isEqualTo(holding.slice().memory().bytes());
            assertThat(held).allMatch(each -> holding.slice().memoryNodes().contains(each.node()));
        }
        assertThat(shares.host().stream()
                        .mapToLong(each -> each.memory().bytes())
                        .sum())
                .isEqualTo(Math.min(
                        machine.reserve().memory().bytes(),
                        machine.topology().memory().bytes()));
    }

    private static long bytes(List<NodeBytes> held, int node) {
        return held.stream()
                .filter(each -> each.node() == node)
                .mapToLong(each -> each.memory().bytes())
                .sum();
    }
}
