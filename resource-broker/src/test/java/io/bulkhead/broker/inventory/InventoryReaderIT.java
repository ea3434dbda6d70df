package io.bulkhead.broker.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the machine that the test runs on. */
class InventoryReaderIT {
    private static final Path SYS = Path.of("/sys");

    private final InventoryReader reader = new InventoryReader(Path.of("/"));

    @Test
    void agreesWithTheKernelAboutTheLiveMachine() throws IOException {
        Topology topology = reader.read();

        CpuSet online = CpuSet.parse(Files.readString(SYS.resolve("devices/system/cpu/online")));
        assertThat(topology.online()).isEqualTo(online);
        assertThat(topology.cores().stream().map(Topology.Core::threads).reduce(CpuSet.EMPTY, CpuSet::union))
                .isEqualTo(online);
        assertThat(topology.memory().bytes()).isGreaterThan(64L << 20);
        assertThat(topology.nodes()).allSatisfy(node -> assertThat(topology.distance(node.id(), node.id()))
                .isEqualTo(Topology.LOCAL_DISTANCE));
    }

    @Test
    void agreesWithTheKernelAboutDisksAndNetworksOfTheLiveMachine() throws IOException {
        Inventory inventory = reader.readInventory();

        List<String> devices = inventory.blockDevices().stream()
                .map(Inventory.BlockDevice::name)
                .toList();
        assertThat(names("class/block")).containsAll(devices);
        assertThat(inventory.blockDevices()).allSatisfy(device -> {
            assertThat(Path.of("/sys/dev/block", device.device()).toRealPath().getFileName())
                    .hasToString(device.name());
            assertThat(device.disks()).isNotEmpty();
            assertThat(devices).containsAll(device.disks()).containsAll(device.below());
        });
        assertThat(inventory.fileSystems())
                .allSatisfy(each -> assertThat(devices).containsAll(each.on()));
        assertThat(inventory.nics())
                .extracting(Inventory.Nic::name)
                .containsExactlyElementsOf(names("class/net").stream()
                        .filter(name -> !name.equals("lo"))
                        .filter(name ->
                                Files.isDirectory(SYS.resolve("class/net").resolve(name)))
                        .sorted()
                        .toList());
    }

    @Test
    void agreesWithUnameAndTheCommandLineOfTheLiveMachine() throws Exception {
        Inventory inventory = reader.readInventory();

        Process uname = new ProcessBuilder("uname", "-rm").start();
        String said = new String(uname.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(uname.waitFor()).isZero();
        assertThat(inventory.kernel() + " " + inventory.architecture()).isEqualTo(said);
        assertThat(inventory.isolated().isEmpty())
                .isEqualTo(!Files.readString(Path.of("/proc/cmdline")).contains("isolcpus="));
        assertThat(inventory.abilities())
                .extracting(Inventory.Ability::name)
                .doesNotHaveDuplicates()
                .contains("controller-memory", "pressure");
    }

    private static List<String> names(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(SYS.resolve(directory))) {
            return entries.map(each -> String.valueOf(each.getFileName())).toList();
        }
    }
}
