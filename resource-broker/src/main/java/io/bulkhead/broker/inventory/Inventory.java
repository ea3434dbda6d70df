package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Optional;

/**
 * What a machine is, as its kernel tells: everything that a slice can be cut from, and what cutting depends on. Immutable.
 * Lists are in the order that each says; sets and lists of what the machine does not have are empty.
 *
 * @param kernel release, as uname(2) gives it
 * @param architecture machine, as uname(2) gives it: {@code x86_64}, {@code aarch64}
 * @param topology the online CPUs and the memory
 * @param caches the last-level caches that the kernel tells of, ascending by id; empty where it tells of none
 * @param offline CPUs that are there and are not used
 * @param isolated the CPUs of {@code isolcpus=} on the kernel's command line: no load is balanced to or from them
 * @param tickless the CPUs of {@code nohz_full=} on the kernel's command line
 * @param hugePages ascending by node, then size of a page
 * @param blockDevices in the order of their names; without those that have no size, like loop devices not in use
 * @param fileSystems those mounted from block devices, each once, in the order of the first mounts
 * @param nics network interfaces but the loopback, in the order of their names
 * @param cgroups which control groups are mounted
 * @param abilities what the kernel can do, in an order that does not change
 */
public record Inventory(
        String kernel,
        String architecture,
        Topology topology,
        List<Cache> caches,
        CpuSet offline,
        CpuSet isolated,
        CpuSet tickless,
        List<HugePages> hugePages,
        List<BlockDevice> blockDevices,
        List<FileSystem> fileSystems,
        List<Nic> nics,
        ControlGroups cgroups,
        List<Ability> abilities) {
    public Inventory {
        caches = List.copyOf(caches);
        hugePages = List.copyOf(hugePages);
        blockDevices = List.copyOf(blockDevices);
        fileSystems = List.copyOf(fileSystems);
        nics = List.copyOf(nics);
        abilities = List.copyOf(abilities);
    }

    /** A machine of which nothing is known but its topology: no disks, no networks, no abilities. */
    public static Inventory of(Topology topology) {
        return new Inventory(
                "unknown",
                "unknown",
                topology,
                List.of(),
                CpuSet.EMPTY,
                CpuSet.EMPTY,
                CpuSet.EMPTY,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                ControlGroups.V2,
                List.of());
    }

    /** The same machine with another arrangement of its CPUs and memory. */
    public Inventory with(Topology other) {
        return new Inventory(
                kernel,
                architecture,
                other,
                caches,
                offline,
                isolated,
                tickless,
                hugePages,
                blockDevices,
                fileSystems,
                nics,
                cgroups,
                abilities);
    }

    /** The block device of a name like {@code nvme0n1}. */
    public Optional<BlockDevice> blockDevice(String name) {
        return blockDevices.stream()
                .filter(device -> device.name().equals(name))
                .findFirst();
    }

    /** The network interface of a name like {@code eth0}. */
    public Optional<Nic> nic(String name) {
        return nics.stream().filter(nic -> nic.name().equals(name)).findFirst();
    }

    /** Which control groups are mounted; cgroups(7). */
    public enum ControlGroups {
        /** Hierarchies of version 1 only, or none. */
        V1,
        /** Controllers in hierarchies of version 1, and one of version 2 beside them. */
        HYBRID,
        /** The one hierarchy of version 2. */
        V2
    }

    /**
     * A last-level cache.
     *
     * @param id as in {@link Topology.Cpu#cacheId()}
     * @param level 3 for an L3
     * @param size how much it holds; 0 where the kernel does not tell
     * @param cpus the online CPUs that share it
     */
    public record Cache(int id, int level, ByteSize size, CpuSet cpus) {}

    /**
     * The pool of huge pages of one size on one node; kernel document {@code admin-guide/mm/hugetlbpage}.
     *
     * @param node NUMA node
     * @param page how large one is
     * @param total how many there are, used or not
     * @param free how many nobody uses
     */
    public record HugePages(int node, ByteSize page, long total, long free) {}

    /** What a block device is made of. */
    public enum BlockKind {
        /** A disk, or what looks like one to this kernel. */
        DISK,
        /** A part of a disk. */
        PARTITION,
        /** LVM, dm-crypt, multipath and the like. */
        DEVICE_MAPPER,
        /** MD RAID. */
        RAID,
        /** A file. */
        LOOP,
        /** Without hardware of its own: RAM, the network. */
        VIRTUAL
    }

    /**
     * A block device.
     *
     * @param name as in /sys/class/block
     * @param device major and minor number, {@code 259:0}
     * @param kind what it is made of
     * @param size how much it holds
     * @param rotational whether it has moving parts
     * @param below the devices that it is made of directly: the disk of a partition, the members of a RAID, what the file of a
     *     loop device lies on; empty where it is at the bottom
     * @param disks the disks at the bottom of it, on which limits on I/O stand; itself where nothing is below it
     * @param node the NUMA node of its controller, or of all its disks where they are on one; absent where the machine does
     *     not tell
     * @param title what people call it: a disk's model, the name of a mapping, the file of a loop device
     */
    public record BlockDevice(
            String name,
            String device,
            BlockKind kind,
            ByteSize size,
            boolean rotational,
            List<String> below,
            List<String> disks,
            Optional<Integer> node,
            Optional<String> title) {
        public BlockDevice {
            below = List.copyOf(below);
            disks = List.copyOf(disks);
        }
    }

    /**
     * A file system on block devices.
     *
     * @param mountPoint where it was mounted first
     * @param type as in mount(8)
     * @param on the block devices that it is made on, most often one
     * @param disks the disks at the bottom of those
     * @param attributesWrites whether a buffered write counts for the control group that wrote, and so is held by limits
     * @param reason why, or why not
     */
    public record FileSystem(
            String mountPoint,
            String type,
            List<String> on,
            List<String> disks,
            boolean attributesWrites,
            String reason) {
        public FileSystem {
            on = List.copyOf(on);
            disks = List.copyOf(disks);
        }
    }

    /**
     * A network interface. Its address is left out: the inventory is made to be carried elsewhere.
     *
     * @param name as in /sys/class/net
     * @param physical whether there is a device behind it, also one that a hypervisor made
     * @param bitsPerSecond the speed that it has negotiated or says that it has; absent where it says none
     * @param carrier whether its other end is there; absent where it is switched off
     * @param node the NUMA node of its device; absent where the machine does not tell
     * @param driver of its device
     * @param below the interfaces that it is made of: members of a bond or bridge, what a VLAN is on
     */
    public record Nic(
            String name,
            boolean physical,
            Optional<Long> bitsPerSecond,
            Optional<Carrier> carrier,
            Optional<Integer> node,
            Optional<String> driver,
            List<String> below) {
        public Nic {
            below = List.copyOf(below);
        }
    }

    /** Whether the other end of a network interface is there. */
    public enum Carrier {
        PRESENT,
        ABSENT
    }

    /** Whether the kernel can do something. */
    public enum Answer {
        YES,
        NO,
        /** No file says so. */
        UNKNOWN
    }

    /**
     * Something that the kernel can or cannot do.
     *
     * @param name a fixed word, like {@code user-namespaces}
     * @param answer whether it can
     * @param word what that means or how it is known, one line
     */
    public record Ability(String name, Answer answer, String word) {}
}
