package io.bulkhead.broker.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.bulkhead.broker.inventory.Inventory.Answer;
import io.bulkhead.broker.inventory.Inventory.BlockDevice;
import io.bulkhead.broker.inventory.Inventory.BlockKind;
import io.bulkhead.broker.inventory.Inventory.Carrier;
import io.bulkhead.broker.inventory.Inventory.ControlGroups;
import io.bulkhead.broker.inventory.Inventory.FileSystem;
import io.bulkhead.broker.inventory.Inventory.Nic;
import io.bulkhead.broker.testing.SysDevices;
import io.bulkhead.broker.testing.SysTree;
import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {
    @TempDir
    Path root;

    private SysTree tree;

    @BeforeEach
    void machine() {
        tree = SysTree.oneSocketTwoCpu(root);
    }

    @Test
    void followsMappingsThroughRaidAndPartitionsToTheDisks() {
        SysDevices.mappingsOnRaidOnNvmePartitions(tree);

        Inventory inventory = read();

        assertThat(inventory.blockDevices())
                .extracting(BlockDevice::name, BlockDevice::kind, BlockDevice::below, BlockDevice::disks)
                .containsExactly(
                        tuple("dm-0", BlockKind.DEVICE_MAPPER, List.of("md0"), List.of("nvme0n1", "nvme1n1")),
                        tuple("dm-1", BlockKind.DEVICE_MAPPER, List.of("md0"), List.of("nvme0n1", "nvme1n1")),
                        tuple("loop0", BlockKind.LOOP, List.of("dm-1"), List.of("nvme0n1", "nvme1n1")),
                        tuple("md0", BlockKind.RAID, List.of("nvme0n1p2", "nvme1n1p2"), List.of("nvme0n1", "nvme1n1")),
                        tuple("nvme0n1", BlockKind.DISK, List.of(), List.of("nvme0n1")),
                        tuple("nvme0n1p1", BlockKind.PARTITION, List.of("nvme0n1"), List.of("nvme0n1")),
                        tuple("nvme0n1p2", BlockKind.PARTITION, List.of("nvme0n1"), List.of("nvme0n1")),
                        tuple("nvme1n1", BlockKind.DISK, List.of(), List.of("nvme1n1")),
                        tuple("nvme1n1p1", BlockKind.PARTITION, List.of("nvme1n1"), List.of("nvme1n1")),
                        tuple("nvme1n1p2", BlockKind.PARTITION, List.of("nvme1n1"), List.of("nvme1n1")),
                        tuple("sda", BlockKind.DISK, List.of(), List.of("sda")),
                        tuple("sda1", BlockKind.PARTITION, List.of("sda"), List.of("sda")),
                        tuple("zram0", BlockKind.VIRTUAL, List.of(), List.of("zram0")));
    }

    @Test
    void knowsTheNodeOfControllersAndOfWhatLiesOnOneOnly() {
        SysDevices.mappingsOnRaidOnNvmePartitions(tree);

        Map<String, Optional<Integer>> nodes =
                read().blockDevices().stream().collect(Collectors.toMap(BlockDevice::name, BlockDevice::node));

        assertThat(nodes)
                .containsEntry("nvme0n1", Optional.of(0))
                .containsEntry("nvme1n1p2", Optional.of(1))
                .containsEntry("md0", Optional.empty())
                .containsEntry("sda", Optional.empty());
    }

    @Test
    void describesADisk() {
        SysDevices.mappingsOnRaidOnNvmePartitions(tree);

        Inventory inventory = read();

        assertThat(inventory.blockDevice("nvme0n1").orElseThrow())
                .isEqualTo(new BlockDevice(
                        "nvme0n1",
                        "259:0",
                        BlockKind.DISK,
                        ByteSize.ofMebibytes(953_870),
                        false,
                        List.of(),
                        List.of("nvme0n1"),
                        Optional.of(0),
                        Optional.of("Example 1000")));
        assertThat(inventory.blockDevice("sda1").orElseThrow().rotational()).isTrue();
        assertThat(inventory.blockDevice("sda").orElseThrow().title()).contains("Example Disk");
        assertThat(inventory.blockDevice("dm-1").orElseThrow().title()).contains("vg-srv");
        assertThat(inventory.blockDevice("loop1")).isEmpty();
    }

    @Test
    void findsTheNodeOfADiskThatSeveralControllersLeadTo() {
        tree.block("virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "259:0", 1000)
                .link(
                        "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
                        "../../../pci0000:80/0000:80:01.0/nvme/nvme0")
                .file("sys/devices/pci0000:80/0000:80:01.0/numa_node", "1");

        BlockDevice disk = read().blockDevice("nvme0n1").orElseThrow();

        assertThat(disk.kind()).isEqualTo(BlockKind.DISK);
        assertThat(disk.node()).contains(1);
    }

    @Test
    void tellsWhichFileSystemsAttributeWritesOnVersionTwo() {
        SysDevices.mappingsOnRaidOnNvmePartitions(tree);
        SysDevices.versionTwo(
                tree,
                "23 1 252:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw",
                "25 23 8:1 / /boot/efi rw - vfat /dev/sda1 rw",
                "26 23 0:40 / /pool rw - zfs tank/data rw",
                "27 23 7:0 / /snap ro - squashfs /dev/loop0 ro");

        List<FileSystem> fileSystems = read().fileSystems();

        assertThat(fileSystems)
                .extracting(FileSystem::mountPoint, FileSystem::attributesWrites, FileSystem::reason)
                .containsExactly(
                        tuple("/", true, "ext4 tells the kernel who wrote"),
                        tuple(
                                "/boot/efi",
                                false,
                                "vfat does not tell the kernel who wrote: buffered writes pass by limits"),
                        tuple("/pool", false, "zfs does not tell the kernel who wrote: buffered writes pass by limits"),
                        tuple("/snap", false, "squashfs is only read"));
        assertThat(fileSystems.get(0).on()).containsExactly("dm-0");
        assertThat(fileSystems.get(0).disks()).containsExactly("nvme0n1", "nvme1n1");
    }

    @Test
    void attributesNoWritesWithoutVersionTwo() {
        SysDevices.mappingsOnRaidOnNvmePartitions(tree);

        Inventory inventory = read();

        assertThat(inventory.cgroups()).isEqualTo(ControlGroups.V1);
        assertThat(inventory.fileSystems())
                .extracting(FileSystem::mountPoint)
                .as("each once, and none that is on no block device")
                .containsExactly("/", "/srv", "/boot/efi");
        assertThat(inventory.fileSystems())
                .extracting(FileSystem::attributesWrites)
                .containsOnly(false);
    }

    @Test
    void findsAllDevicesOfABtrfs() {
        tree.block("pci0000:00/0000:00:01.0/block/sda", "8:0", 1000)
                .block("pci0000:00/0000:00:01.0/block/sdb", "8:16", 1000)
                .link("sys/fs/btrfs/5f4a/devices/sda", "../../../../devices/pci0000:00/0000:00:01.0/block/sda")
                .link("sys/fs/btrfs/5f4a/devices/sdb", "../../../../devices/pci0000:00/0000:00:01.0/block/sdb")
                .file("sys/fs/btrfs/features/raid1c34", "0");
        SysDevices.versionTwo(
                tree,
                "23 1 0:33 /@ / rw - btrfs /dev/sdb rw,subvol=/@",
                "24 1 0:34 /@home /home rw - btrfs /dev/sdb rw,subvol=/@home");

        assertThat(read().fileSystems())
                .singleElement()
                .isEqualTo(new FileSystem(
                        "/",
                        "btrfs",
                        List.of("sda", "sdb"),
                        List.of("sda", "sdb"),
                        true,
                        "btrfs tells the kernel who wrote"));
    }

    @Test
    void describesCardsAndWhatIsMadeOfThem() {
        SysDevices.bondOnACard(tree);

        assertThat(read().nics())
                .containsExactly(
                        new Nic(
                                "bond0",
                                false,
                                Optional.empty(),
                                Optional.of(Carrier.ABSENT),
                                Optional.empty(),
                                Optional.empty(),
                                List.of("eth0")),
                        new Nic(
                                "eth0",
                                true,
                                Optional.of(25_000_000_000L),
                                Optional.of(Carrier.PRESENT),
                                Optional.of(1),
                                Optional.of("mlx5_core"),
                                List.of()),
                        new Nic(
                                "eth1",
                                true,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()));
    }

    @Test
    void tellsWhatAKernelOfTodayCanDo() {
        SysDevices.versionTwo(tree);

        Inventory inventory = read();

        assertThat(inventory.cgroups()).isEqualTo(ControlGroups.V2);
        assertThat(inventory.kernel()).isEqualTo("6.1.0-18-amd64");
        assertThat(answers(inventory))
                .containsEntry("cpuset-exclusive", Answer.NO)
                .hasSize(16)
                .allSatisfy((name, answer) -> assertThat(answer)
                        .as(name)
                        .isEqualTo(name.equals("cpuset-exclusive") ? Answer.NO : Answer.YES));
        assertThat(inventory.abilities())
                .contains(new Inventory.Ability("controller-io", Answer.YES, "in version 2 of control groups"));
    }

    @Test
    void tellsWhatAHybridHostCanDo() {
        tree.mounts(
                        "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw",
                        "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
                        "33 31 0:30 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio",
                        "34 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd",
                        "35 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw")
                .file("sys/fs/cgroup/unified/cgroup.controllers", "")
                .file("proc/sys/user/max_user_namespaces", "0");

        Inventory inventory = read();

        assertThat(inventory.cgroups()).isEqualTo(ControlGroups.HYBRID);
        assertThat(answers(inventory))
                .containsEntry("controller-cpu", Answer.YES)
                .containsEntry("controller-io", Answer.YES)
                .containsEntry("controller-cpuset", Answer.NO)
                .containsEntry("cpuset-partitions", Answer.NO)
                .containsEntry("group-kill", Answer.UNKNOWN)
                .containsEntry("attributed-writes", Answer.NO)
                .containsEntry("user-namespaces", Answer.NO);
        assertThat(inventory.abilities())
                .contains(
                        new Inventory.Ability("controller-io", Answer.YES, "in version 1 of control groups, as blkio"));
    }

    @ParameterizedTest
    @CsvSource({
        "sys/devices/pci0000:80/0000:80:01.0/nvme/nvme1/nvme1n1/size, many, 'nvme1n1/size: ''many'' is not a number'",
        "sys/devices/virtual/block/md0/dev, 9, 'md0/dev: ''9'' is not a number like 259:0'",
        "sys/devices/pci0000:00/0000:00:01.0/numa_node, x, 'numa_node: ''x'' is not a number'",
        "proc/self/mountinfo, 23 1 8:0, 'mountinfo: ''23 1 8:0'' is not a line'",
        "sys/devices/system/cpu/cpu1/cache/index0/level, L1, 'index0/level: ''L1'' is not a number'",
        "sys/devices/system/cpu/cpu1/topology/die_id, 99999999999, 'die_id: 99999999999 is out of range'",
        "sys/devices/system/cpu/present, 0-, 'present: ''0-'' is not a list of CPUs'",
        "sys/devices/cpu_atom/cpus, all, 'cpu_atom/cpus: ''all'' is not a list of CPUs'",
    })
    void namesAFileThatIsNotUnderstoodAndTheRemedy(String file, String content, String message) {
        SysDevices.mappingsOnRaidOnNvmePartitions(tree);
        tree.file(file, content);

        assertThatThrownBy(this::read)
                .isInstanceOf(InventoryException.class)
                .hasMessageStartingWith(root.toString())
                .hasMessageContaining(message)
                .extracting(e -> ((InventoryException) e).remedy())
                .asString()
                .contains("report it with the content of the file");
    }

    private Inventory read() {
        return new InventoryReader(root).readInventory();
    }

    private static Map<String, Answer> answers(Inventory inventory) {
        return inventory.abilities().stream()
                .collect(Collectors.toMap(Inventory.Ability::name, Inventory.Ability::answer));
    }
}
