package io.bulkhead.manager.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFactsReaderTest {
    @TempDir
    Path root;

    private void put(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, text);
    }

    /** A block device in sysfs; a partition when it lies in another one. */
    private void block(String path, String number) throws IOException {
        put("sys/devices/" + path + "/dev", number + "\n");
        Path link = Files.createDirectories(root.resolve("sys/dev/block")).resolve(number);
        Files.createSymbolicLink(link, root.resolve("sys/devices").resolve(path));
    }

    private void slave(String path, String of) throws IOException {
        Path slaves = Files.createDirectories(
                root.resolve("sys/devices").resolve(path).resolve("slaves"));
        Files.createSymbolicLink(
                slaves.resolve(String.valueOf(Path.of(of).getFileName())),
                root.resolve("sys/devices").resolve(of));
    }

    private DiskFinder.Answer answer(int major, int minor) {
        return new DiskFinder(root).ofDevice(major, minor, Path.of("/state"));
    }

    @Test
    void readsCpusCoresNodesAndMemory() throws IOException {
        put("sys/devices/system/cpu/online", "0-2,5\n");
        put("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0,4\n");
        put("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,5\n");
        put("sys/devices/system/cpu/cpu5/topology/thread_siblings_list", "1,5\n");
        put("sys/devices/system/node/has_memory", "0-1\n");
        put("proc/meminfo", "MemTotal:       24668924 kB\nMemFree:        1 kB\n");
        put("proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");

        HostFacts facts = new HostFactsReader(root).read(root);

        assertThat(facts.online()).isEqualTo(CpuSet.of(0, 1, 2, 5));
        assertThat(facts.cores()).isEqualTo(Map.of(0, CpuSet.of(0), 1, CpuSet.of(1, 5), 2, CpuSet.of(2)));
        assertThat(facts.nodes()).isEqualTo(NodeSet.of(0, 1));
        assertThat(facts.memory()).isEqualTo(new ByteSize(24_668_924L * 1024));
        assertThat(facts.kernel()).isEqualTo("6.1.0-9-amd64");
        assertThat(facts.nodeMemory()).as("no node tells its own").isEmpty();
        assertThat(facts.disk()).isEmpty();
    }

    @Test
    void readsTheMemoryOfEachNode() throws IOException {
        put("sys/devices/system/cpu/online", "0\n");
        put("sys/devices/system/node/has_memory", "0,2\n");
        put("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:       1024 kB\nNode 0 MemFree: 1 kB\n");
        put("sys/devices/system/node/node2/meminfo", "Node 2 MemTotal:        512 kB\nNode 2 MemFree: 1 kB\n");
        put("proc/meminfo", "MemTotal: 1536 kB\n");
        put("proc/sys/kernel/osrelease", "6.1\n");

        assertThat(new HostFactsReader(root).read(root).nodeMemory())
                .isEqualTo(Map.of(0, new ByteSize(1 << 20), 2, new ByteSize(1 << 19)));
    }

    @Test
    void aMachineWithoutNumaHasNodeZero() throws IOException {
        put("sys/devices/system/cpu/online", "0\n");
        put("proc/meminfo", "MemTotal: 4 kB\n");
        put("proc/sys/kernel/osrelease", "6.1\n");

        assertThat(new HostFactsReader(root).read(root).nodes()).isEqualTo(NodeSet.of(0));
    }

    @Test
    void aPartitionIsOnItsDisk() throws IOException {
        block("pci/block/sda", "8:0");
        block("pci/block/sda/sda2", "8:2");
        put("sys/devices/pci/block/sda/sda2/partition", "2\n");

        assertThat(answer(8, 2).disk()).contains(new Disk("sda", "8:0"));
        assertThat(answer(8, 0).disk()).contains(new Disk("sda", "8:0"));
    }

    @Test
    void aMappedDeviceIsOnTheOneDiskUnderneath() throws IOException {
        block("pci/block/nvme0n1", "259:0");
        block("pci/block/nvme0n1/nvme0n1p3", "259:3");
        put("sys/devices/pci/block/nvme0n1/nvme0n1p3/partition", "3\n");
        block("virtual/block/dm-0", "253:0");
        slave("virtual/block/dm-0", "pci/block/nvme0n1/nvme0n1p3");
        block("virtual/block/dm-1", "253:1");
        slave("virtual/block/dm-1", "virtual/block/dm-0");

        assertThat(answer(253, 1).disk()).contains(new Disk("nvme0n1", "259:0"));
    }

    @Test
    void aMirrorOfTwoDisksIsNoSingleDisk() throws IOException {
        block("pci/block/sda", "8:0");
        block("pci/block/sdb", "8:16");
        block("virtual/block/md0", "9:0");
        slave("virtual/block/md0", "pci/block/sda");
        slave("virtual/block/md0", "pci/block/sdb");

        DiskFinder.Answer answer = answer(9, 0);
        assertThat(answer.disk()).isEmpty();
        assertThat(answer.reason().orElseThrow())
                .startsWith("/state is on several disks: ")
                .contains("sda", "sdb");
    }

    @Test
    void aFileSystemWithoutADeviceHasNoDisk() {
        assertThat(answer(0, 52).reason()).contains("/state is on no block device (0:52)");
    }

    @Test
    void splitsDeviceNumbersLikeTheCLibrary() {
        assertThat(DiskFinder.major(65024)).isEqualTo(254);
        assertThat(DiskFinder.minor(65024)).isZero();
        // gnu_dev_makedev(0x12345, 0x6789a)
        long device = 0x120006783459aL;
        assertThat(DiskFinder.major(device)).isEqualTo(0x12345);
        assertThat(DiskFinder.minor(device)).isEqualTo(0x6789a);
    }

    @Test
    void looksAtTheNearestAncestorThatIsThere() {
        Path missing = root.resolve("not/yet/there");

        assertThat(new HostFactsReader(root).disk(missing).reason().orElseThrow())
                .contains(root.toString());
    }
}
