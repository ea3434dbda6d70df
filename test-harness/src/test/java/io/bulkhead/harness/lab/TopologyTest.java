package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyTest {
    private static final String GOOD = """
            # a comment
            [cpus]
            sockets = 2
            dies = 1
            cores = 2
            threads = 2
            [memory]
            size = 4GiB
            nodes = 2
            [disk]
            bus = nvme
            size = 1GiB
            """;

    static List<String> shipped() throws IOException {
        return Topology.names(directory());
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void readsEveryFileThatIsShipped(String name) throws IOException {
        Topology topology = Topology.read(directory(), name);

        assertThat(topology.name()).isEqualTo(name);
        assertThat(topology.cpus() % topology.nodes()).isZero();
    }

    @Test
    void shipsTheShapesThatAreSpokenOf() throws IOException {
        assertThat(shipped()).contains("1-socket-4-cpu", "2-socket-4-node-smt-nvme", "small-2-cpu");
        Topology big = Topology.read(directory(), "2-socket-4-node-smt-nvme");
        assertThat(big.sockets()).isEqualTo(2);
        assertThat(big.nodes()).isEqualTo(4);
        assertThat(big.threads()).isEqualTo(2);
        assertThat(big.bus()).isEqualTo(Topology.Bus.NVME);
    }

    @Test
    void readsAShape() {
        assertThat(Topology.parse("two", GOOD))
                .isEqualTo(new Topology(
                        "two", 2, 1, 2, 2, ByteSize.parse("4GiB"), 2, Topology.Bus.NVME, ByteSize.parse("1GiB")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cores = 2    | cores = two     | bad.conf:5: cpus.cores",
                "cores = 2    | cores = 0       | bad.conf:5: cpus.cores: 0 is not within 1 to 64",
                "cores = 2    | kernels = 2     | bad.conf:5: there is no such key: cpus.kernels",
                "cores = 2    | kernels = 2     | bad.conf: cpus.cores is missing",
                "dies = 1     | cores = 1       | bad.conf:5: cpus.cores stands twice, first in line 4",
                "size = 4GiB  | size = 4        | bad.conf:8: memory.size",
                "bus = nvme   | bus = ide       | bad.conf:11: disk.bus: 'ide' is no bus of a disk",
                "threads = 2  | threads 2       | bad.conf:6: 'threads 2' is neither",
                "nodes = 2    | nodes = 3       | memory.nodes: 3 is neither 1 nor one per socket nor one per die",
                "size = 4GiB  | size = 4097MiB  | does not give each of 2 nodes a whole number of MiB"
            })
    void refusesWithThePlace(String good, String bad, String fault) {
        assertThatThrownBy(() -> Topology.parse("bad", GOOD.replace(good, bad)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(fault);
    }

    @Test
    void namesTheTopologiesThatThereAre() {
        assertThatThrownBy(() -> Topology.read(directory(), "../README"))
                .hasMessageContaining("there is no topology '../README'")
                .hasMessageContaining("small-2-cpu");
    }

    private static Path directory() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("configs/lab"))) {
            directory = directory.resolve("..").normalize();
        }
        return directory.resolve("configs/lab");
    }
}
