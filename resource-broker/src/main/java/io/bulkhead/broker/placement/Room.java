package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.MemorySpread;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is free on a machine, and whose the rest is. Immutable but for what it works out when first asked; for one thread. */
final class Room {
    private final Machine machine;
    private final Holdings holdings;
    private final CpuSet taken;
    private final int[] free;

    Room(Machine machine, Holdings holdings) {
        this.machine = machine;
        this.holdings = holdings;
        BitSet gone = new BitSet();
        machine.reserve().pool().stream().forEach(gone::set);
        for (Holding holding : holdings.all()) {
            if (holding.slice().cpus() instanceof CpuSlice.Whole whole) {
                whole.cpus().stream().forEach(cpu -> take(cpu, holding.wholeCores(), gone));
            }
        }
        taken = CpuSet.of(gone.stream().toArray());
        free = new int[machine.cores().size()];
        for (int core = 0; core < free.length; core++) {
            free[core] = machine.size(core);
        }
        gone.stream().map(machine::coreOf).filter(core -> core >= 0).forEach(core -> free[core]--);
    }

    /** A thread that came online after its core was given out belongs to the core's owner all the same. */
    private void take(int cpu, boolean wholeCore, BitSet gone) {
        gone.set(cpu);
        int core = machine.coreOf(cpu);
        if (wholeCore && core >= 0) {
            machine.cores().get(core).threads().stream().forEach(gone::set);
        }
    }

    Machine machine() {
        return machine;
    }

    Holdings holdings() {
        return holdings;
    }

    // ---- CPUs

    /** Every CPU that cannot be had. */
    CpuSet taken() {
        return taken;
    }

    /** How many threads of a core are nobody's. */
    int free(int core) {
        return free[core];
    }

    /** Whether nobody has a thread of a core. */
    boolean isWhole(int core) {
        return free[core] == machine.size(core);
    }

    /** The threads of a core that are nobody's. */
    CpuSet freeThreads(int core) {
        return machine.cores().get(core).threads().minus(taken);
    }

    /** The CPUs that each partition keeps from others, in the order of names. */
    Map<PartitionName, CpuSet> blocked() {
        Map<PartitionName, CpuSet> blocked = new LinkedHashMap<>();
        for (Holding holding : holdings.all()) {
            if (holding.slice().cpus() instanceof CpuSlice.Whole whole) {
                BitSet kept = new BitSet();
                whole.cpus().stream().forEach(cpu -> take(cpu, holding.wholeCores(), kept));
                blocked.put(holding.owner(), CpuSet.of(kept.stream().toArray()));
            }
        }
        return blocked;
    }

    /** The CPU time of the pool that is nobody's, in thousandths of a CPU; below 0 where too much was given. */
    long freeMillis() {
        return machine.reserve().entitlements().millis()
                - holdings.entitlements().millis();
    }

    // ---- memory

    /** All holdings, those that have memory of few nodes before those that can step aside. */
    List<Holding> narrowFirst() {
        return holdings.all().stream()
                .sorted(Comparator.comparing(
                        (Holding holding) -> holding.slice().memoryNodes().size()))
                .toList();
    }

    /** How the memory of all partitions lies on the nodes, owners as in {@link #narrowFirst}. */
    MemorySpread memory() {
        MemorySpread spread = new MemorySpread(machine.divisibleBytes());
        for (Holding holding : narrowFirst()) {
            spread.addWhatFits(
                    order(holding.slice().memoryNodes().ids(), holding.slice().cpus()),
                    holding.slice().memory().bytes());
        }
        return spread;
    }

    /** These nodes with those of the CPUs first. */
    List<Integer> order(List<Integer> nodes, CpuSlice cpus) {
        if (nodes.size() == 1) {
            return nodes;
        }
        List<Integer> home = MemoryChoice.nodesOf(machine, cpus);
        List<Integer> order =
                new ArrayList<>(nodes.stream().filter(home::contains).toList());
        order.addAll(nodes.stream().filter(node -> !home.contains(node)).toList());
        return order;
    }

    /** Memory that nobody has, of all nodes together; below 0 where more was given than there is now. */
    long freeBytes() {
        return machine.topology().memory().bytes()
                - machine.reserve().memory().bytes()
                - holdings.memory().bytes();
    }

    // ---- sums and devices

    /** What a claim would go beyond what there is of. */
    List<Amount> shortAmounts(Claim claim) {
        return List.of(Amount.values()).stream()
                .filter(amount -> amount.of(claim) > 0
                        && amount.of(machine.capacity())
                                .filter(known -> amount.of(claim) > known - held(amount))
                                .isPresent())
                .toList();
    }

    /** What all partitions together have. */
    long held(Amount amount) {
        long bound = holdings.all().stream()
                .mapToLong(holding -> amount.of(holding.slice()))
                .reduce(0, Math::addExact);
        return amount == Amount.STORAGE ? Math.addExact(bound, holdings.keptBytes()) : bound;
    }

    /** Whether all that is no CPU and no memory of a claim is there. */
    boolean hasRest(Claim claim) {
        return shortAmounts(claim).isEmpty() && Devices.areFree(this, claim);
    }

    /** Cores that are nobody's, of these. */
    List<Integer> whole(List<Integer> cores) {
        return cores.stream().filter(this::isWhole).toList();
    }

    Core core(int core) {
        return machine.cores().get(core);
    }
}
