package io.bulkhead.broker.testing;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A machine with one of everything, and the file of it. */
public final class InventorySamples {
    private InventorySamples() {}

    /** One socket, one node of 8 GiB, four CPUs of one thread each and one that is offline; a disk, a RAID, a card. */
    public static Inventory inventory() {
        Topology topology = new Topology(
                IntStream.range(0, 4)
                        .mapToObj(id -> new Topology.Cpu(id, 0, id, 0))
                        .toList(),
                List.of(new Topology.Node(0, ByteSize.parse("8GiB"), List.of(10))));
        return new Inventory(
                "6.1.0-18-amd64",
                "x86_64",
                topology,
                List.of(new Inventory.Cache(0, 3, ByteSize.parse("16MiB"), CpuSet.parse("0-3"))),
                CpuSet.of(4),
                CpuSet.of(3),
                CpuSet.EMPTY,
                List.of(new Inventory.HugePages(0, ByteSize.parse("2MiB"), 64, 60)),
                List.of(
                        new Inventory.BlockDevice(
                                "md0",
                                "9:0",
                                Inventory.BlockKind.RAID,
                                ByteSize.parse("1TiB"),
                                false,
                                List.of("nvme0n1"),
                                List.of("nvme0n1"),
                                Optional.of(0),
                                Optional.empty()),
                        new Inventory.BlockDevice(
                                "nvme0n1",
                                "259:0",
                                Inventory.BlockKind.DISK,
                                ByteSize.parse("1TiB"),
                                false,
                                List.of(),
                                List.of("nvme0n1"),
                                Optional.of(0),
                                Optional.of("Example 1000"))),
                List.of(new Inventory.FileSystem(
                        "/", "ext4", List.of("md0"), List.of("nvme0n1"), true, "ext4 on control groups of version 2")),
                List.of(
                        new Inventory.Nic(
                                "br0",
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of("eth0")),
                        new Inventory.Nic(
                                "eth0",
                                true,
                                Optional.of(10_000_000_000L),
                                Optional.of(Inventory.Carrier.PRESENT),
                                Optional.of(0),
                                Optional.of("ixgbe"),
                                List.of())),
                Inventory.ControlGroups.V2,
                List.of(new Inventory.Ability("pressure", Inventory.Answer.YES, "the kernel measures pressure")));
    }

    /** The file of {@link #inventory}: CPU 0 is the host's, CPU 1 is held by {@code db}. */
    public static InventoryFile file() {
        return file(inventory());
    }

    /** The file of a machine: CPU 0 and 1 GiB are the host's, CPU 1 and 1 GiB on node 0 are held by {@code db}. */
    public static InventoryFile file(Inventory inventory) {
        return new InventoryFile(
                InventoryFile.VERSION,
                1_760_000_000_000L,
                InstanceName.parse("test"),
                inventory,
                new HostStatus.HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
                List.of(new InventoryFile.Holding(new PartitionName("db"), Samples.slice("1"), true)));
    }
}
