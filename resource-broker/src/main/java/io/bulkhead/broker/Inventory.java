package io.bulkhead.broker;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The topology as last read, read again when the manager tells of other hardware than it told then. */
final class Inventory {
    private final Supplier<Topology> reader;
    private Optional<Reading> last = Optional.empty();

    private record Reading(CpuSet online, ByteSize memory, Topology topology) {}

    Inventory(Supplier<Topology> reader) {
        this.reader = reader;
    }

    /** The CPUs that the manager divides, with their arrangement. */
    synchronized Topology of(HostStatus host) {
        Optional<Reading> fitting = last.filter(reading ->
                reading.online().equals(host.online()) && reading.memory().equals(host.memory()));
        if (fitting.isPresent()) {
            return fitting.get().topology();
        }
        Topology all = reader.get();
        List<Topology.Cpu> divided = all.cpus().stream()
                .filter(cpu -> host.online().contains(cpu.id()))
                .toList();
        if (divided.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.FAILED,
                    "the manager divides the CPUs " + host.online() + ", but online are " + all.online());
        }
        // On one node the manager's word about the RAM is the topology's, so that the two never differ on one page.
        Topology topology = new Topology(
                divided,
                all.nodes().size() == 1
                        ? List.of(new Topology.Node(all.nodes().get(0).id(), host.memory()))
                        : all.nodes());
        last = Optional.of(new Reading(host.online(), host.memory(), topology));
        return topology;
    }
}
