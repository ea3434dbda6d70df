package io.bulkhead.broker;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryException;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The topology as last read, read again when the manager tells of other hardware than it told then. All else of the
 * inventory changes without the manager knowing (cables, free huge pages), and is read anew each time.
 *
 * <p>Safe for any thread. A machine that cannot be read is a {@link Refusal}.
 */
final class InventoryCache {
    private final Supplier<Topology> topology;
    private final Supplier<Inventory> inventory;
    private Optional<Reading> last = Optional.empty();

    private record Reading(CpuSet online, ByteSize memory, Topology topology) {}

    InventoryCache(Supplier<Topology> topology, Supplier<Inventory> inventory) {
        this.topology = topology;
        this.inventory = inventory;
    }

    /** The CPUs that the manager divides, with their arrangement. */
    synchronized Topology of(HostStatus host) {
        Optional<Reading> fitting = last.filter(reading ->
                reading.online().equals(host.online()) && reading.memory().equals(host.memory()));
        if (fitting.isPresent()) {
            return fitting.get().topology();
        }
        Topology divided = divided(read(topology), host);
        last = Optional.of(new Reading(host.online(), host.memory(), divided));
        return divided;
    }

    /** The whole machine now, with the CPUs that the manager divides. */
    Inventory all(HostStatus host) {
        Inventory all = read(inventory);
        return all.with(divided(all.topology(), host));
    }

    private static <T> T read(Supplier<T> reader) {
        try {
            return reader.get();
        } catch (InventoryException e) {
            throw new Refusal(Problem.of(ProblemCode.FAILED, String.valueOf(e.getMessage()), e.remedy()), e);
        }
    }

    private static Topology divided(Topology all, HostStatus host) {
        List<Topology.Cpu> divided = all.cpus().stream()
                .filter(cpu -> host.online().contains(cpu.id()))
                .toList();
        if (divided.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.FAILED,
                    "the manager divides the CPUs " + host.online() + ", but online are " + all.online());
        }
        // On one node the manager's word about the RAM is the topology's, so that the two never differ on one page.
        Topology.Node first = all.nodes().get(0);
        return new Topology(
                divided,
                all.nodes().size() == 1
                        ? List.of(new Topology.Node(first.id(), host.memory(), first.distances()))
                        : all.nodes());
    }
}
