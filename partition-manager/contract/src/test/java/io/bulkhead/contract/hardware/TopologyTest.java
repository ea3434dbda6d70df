package io.bulkhead.contract.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.hardware.Topology.Cpu;
import io.bulkhead.contract.hardware.Topology.Node;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyTest {
    private static final Node NODE_0 = new Node(0, ByteSize.ofMebibytes(1024));

    @Test
    void putsTheThreadsOfACoreTogether() {
        // Two cores whose threads are numbered 0,2 and 1,3, as many servers do.
        Topology topology = new Topology(
                List.of(new Cpu(0, 0, 0, 0), new Cpu(1, 0, 1, 0), new Cpu(2, 0, 0, 0), new Cpu(3, 0, 1, 0)),
                List.of(NODE_0));

        assertThat(topology.cores())
                .containsExactly(new Core(0, 0, 0, CpuSet.of(0, 2)), new Core(0, 1, 0, CpuSet.of(1, 3)));
    }

    @Test
    void tellsCoresOfDifferentPackagesApart() {
        Topology topology = new Topology(List.of(new Cpu(0, 0, 0, 0), new Cpu(1, 1, 0, 0)), List.of(NODE_0));

        assertThat(topology.cores()).hasSize(2);
    }

    @Test
    void refusesACpuOnAnUnlistedNode() {
        assertThatThrownBy(() -> new Topology(List.of(new Cpu(0, 0, 0, 7)), List.of(NODE_0)))
                .hasMessageContaining("CPU 0")
                .hasMessageContaining("node 7");
    }
}
