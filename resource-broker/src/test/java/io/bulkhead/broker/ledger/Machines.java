package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.ArrayList;
import java.util.List;

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
