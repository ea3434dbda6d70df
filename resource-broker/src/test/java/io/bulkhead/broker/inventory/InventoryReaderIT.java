package io.bulkhead.broker.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Reads the machine that the test runs on. */
class InventoryReaderIT {
    @Test
    void agreesWithTheKernelAboutTheLiveMachine() throws IOException {
        Topology topology = new InventoryReader(Path.of("/")).read();

        CpuSet online = CpuSet.parse(Files.readString(Path.of("/sys/devices/system/cpu/online")));
        assertThat(topology.online()).isEqualTo(online);
        assertThat(topology.cores().stream().map(Topology.Core::threads).reduce(CpuSet.EMPTY, CpuSet::union))
                .isEqualTo(online);
        assertThat(topology.memory().bytes()).isGreaterThan(64L << 20);
    }
}
