package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class QemuCommandTest {
    private static final Topology TWO_SOCKETS =
            new Topology("two", 2, 2, 1, 2, ByteSize.parse("6GiB"), 4, Topology.Bus.NVME, ByteSize.parse("1GiB"));
    private static final Topology PLAIN =
            new Topology("plain", 1, 1, 2, 1, ByteSize.parse("2GiB"), 1, Topology.Bus.VIRTIO, ByteSize.parse("1GiB"));

    @Test
    void givesEveryNodeItsCpusAndItsMemory() {
        List<String> arguments = command(TWO_SOCKETS, false).arguments();

        assertThat(valuesOf("-smp", arguments)).containsExactly("8,sockets=2,dies=2,cores=1,threads=2");
        assertThat(valuesOf("-m", arguments)).containsExactly("6144M");
        assertThat(valuesOf("-numa", arguments))
                .containsExactly(
                        "node,nodeid=0,cpus=0-1,memdev=memory0",
                        "node,nodeid=1,cpus=2-3,memdev=memory1",
                        "node,nodeid=2,cpus=4-5,memdev=memory2",
                        "node,nodeid=3,cpus=6-7,memdev=memory3");
        assertThat(valuesOf("-object", arguments))
                .hasSize(4)
                .allSatisfy(memory -> assertThat(memory).contains("size=1536M").endsWith("share=on"));
    }

    @Test
    void hangsTheDataDiskOnTheBusOfTheTopology() {
        assertThat(valuesOf("-device", command(TWO_SOCKETS, false).arguments()))
                .contains("nvme,serial=data,drive=data");
        assertThat(valuesOf("-device", command(PLAIN, false).arguments()))
                .contains("virtio-blk-pci,serial=data,drive=data");
    }

    @Test
    void neverWritesTheImagesThatAreKept() {
        assertThat(valuesOf("-drive", command(PLAIN, false).arguments()))
                .filteredOn(drive -> !drive.contains("id=data"))
                .hasSize(2)
                .allSatisfy(drive -> assertThat(drive).endsWith("snapshot=on"));
    }

    @Test
    void leavesOutWhatMakesKernelsCrashUnderTcg() {
        assertThat(valuesOf("-cpu", command(PLAIN, false).arguments())).containsExactly("Nehalem,cx16=off");
    }

    @Test
    void findsTheRootByItsPartitionNotByADisksName() {
        assertThat(valuesOf("-append", command(PLAIN, false).arguments()))
                .singleElement()
                .asString()
                .contains("root=PARTUUID=b01dbead-01")
                .doesNotContain("/dev/");
    }

    @Test
    void givesAPersonTheConsoleAndATestRunItsLogOnly() {
        assertThat(valuesOf("-chardev", command(PLAIN, true).arguments()))
                .anyMatch(device -> device.startsWith("stdio,") && device.endsWith("logfile=/run/serial.log"));
        assertThat(valuesOf("-append", command(PLAIN, true).arguments()))
                .noneMatch(text -> text.contains("getty_auto=0"));
        assertThat(valuesOf("-chardev", command(PLAIN, false).arguments()))
                .contains("file,id=console,path=/run/serial.log")
                .noneMatch(device -> device.startsWith("stdio"));
    }

    private static QemuCommand command(Topology topology, boolean interactive) {
        return new QemuCommand(
                topology,
                Path.of("/images/vmlinuz"),
                Path.of("/images/root.img"),
                Path.of("/run/payload.img"),
                Path.of("/run/data.img"),
                Path.of("/run/files.sock"),
                Path.of("/run/agent.sock"),
                Path.of("/run/monitor.sock"),
                Path.of("/run/serial.log"),
                interactive);
    }

    private static List<String> valuesOf(String option, List<String> arguments) {
        return java.util.stream.IntStream.range(1, arguments.size())
                .filter(i -> arguments.get(i - 1).equals(option))
                .mapToObj(arguments::get)
                .toList();
    }
}
