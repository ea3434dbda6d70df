package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Small machines and grants for tests of the ledger. */
final class Machines {
    private Machines() {}

    /** Nodes with as many cores each, numbered through; memory of a node in MiB. */
    static Topology machine(int nodes, int coresPerNode, int threadsPerCore, long nodeMebibytes) {
        List<Topology.Cpu> cpus = new ArrayList<>();
        List<Topology.Node> all = new ArrayList<>();
        int cpu = 0;
        for (int node = 0; node < nodes; node++) {
            all.add(new Topology.Node(node, ByteSize.ofMebibytes(nodeMebibytes)));
            for (int core = 0; core < coresPerNode; core++) {
                for (int thread = 0; thread < threadsPerCore; thread++) {
                    cpus.add(new Topology.Cpu(cpu++, node, core, node));
                }
            }
        }
        return new Topology(cpus, all);
    }

    /** CPU 0 as the pool, half of it the host's. */
    static Stock stock(Topology topology, long hostMebibytes) {
        return Stock.of(
                topology, new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(hostMebibytes)));
    }

    /** The same with what else there is. */
    static Stock stock(Topology topology, long hostMebibytes, Optional<Capacities> capacities) {
        Stock plain = stock(topology, hostMebibytes);
        return new Stock(plain.cpus(), plain.pool(), plain.hostPool(), plain.nodes(), plain.hostMemory(), capacities);
    }

    /** The grant with bounds, storage and devices: amounts of 0 are none. */
    static Grant with(Grant grant, long read, long out, long mebibytes, List<String> disks, Optional<String> nic) {
        Slice slice = grant.slice().orElseThrow();
        IoSlice io = new IoSlice(limit(read, ByteRate::new), Limit.unlimited(), Limit.unlimited(), Limit.unlimited());
        Optional<StorageSlice> storage = mebibytes == 0 && disks.isEmpty()
                ? Optional.empty()
                : Optional.of(new StorageSlice(
                        mebibytes == 0 ? Optional.empty() : Optional.of(ByteSize.ofMebibytes(mebibytes)),
                        List.of(),
                        disks));
        Optional<NetworkSlice> network = nic.map(
                        device -> new NetworkSlice(Limit.unlimited(), Limit.unlimited(), Optional.of(device)))
                .or(() -> out == 0
                        ? Optional.empty()
                        : Optional.of(
                                new NetworkSlice(Limit.unlimited(), Limit.of(new BitRate(out)), Optional.empty())));
        return new Grant(
                grant.owner(),
                new Slice(
                        slice.cpus(), slice.memoryNodes(), slice.memory(), slice.tasks(), io, false, storage, network),
                grant.wholeCores());
    }

    private static <T> Limit<T> limit(long amount, LongFunction<T> made) {
        return amount == 0 ? Limit.unlimited() : Limit.of(made.apply(amount));
    }

    static Grant whole(String owner, CpuSet cpus, boolean wholeCores, NodeSet nodes, long mebibytes) {
        return new Grant(
                new PartitionName(owner),
                new Slice(new CpuSlice.Whole(cpus), nodes, ByteSize.ofMebibytes(mebibytes), 64, IoSlice.UNLIMITED),
                wholeCores);
    }

    static Grant part(String owner, int millis, NodeSet nodes, long mebibytes) {
        return new Grant(
                new PartitionName(owner),
                new Slice(
                        new CpuSlice.Part(new CpuMillis(millis)),
                        nodes,
                        ByteSize.ofMebibytes(mebibytes),
                        64,
                        IoSlice.UNLIMITED),
                false);
    }
}
