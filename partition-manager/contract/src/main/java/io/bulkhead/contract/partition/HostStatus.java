package io.bulkhead.contract.partition;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Optional;

/**
 * What the manager knows of the host: what it divides, what it keeps back and what it can enforce.
 *
 * @param instance the name of this installation
 * @param managerVersion of the manager's program
 * @param managerPid of the manager
 * @param startedAtMillis when the manager came up, milliseconds since 1970 UTC
 * @param kernel release, as uname(2) gives it
 * @param cgroups the hierarchy in use: {@code v1}, {@code hybrid} or {@code v2}
 * @param online the CPUs that can be given out or kept
 * @param nodes the NUMA nodes
 * @param memory RAM of the host
 * @param reserve what the host keeps for itself
 * @param disk the disk that holds the partitions, where one was found
 * @param enforcement how strongly each resource is held on this host
 * @param steering how interrupts and kernel workers are kept off whole CPUs
 * @param memoryCaps how the host's own groups are kept from the memory of slices
 * @param ioCapacity what the disk can do, where that is stated
 * @param networkCapacity what partitions may receive and send together, where that is stated
 * @param storage the file system that holds the volumes, where it can be asked
 */
public record HostStatus(
        InstanceName instance,
        String managerVersion,
        long managerPid,
        long startedAtMillis,
        String kernel,
        String cgroups,
        CpuSet online,
        NodeSet nodes,
        ByteSize memory,
        HostReserve reserve,
        Optional<Disk> disk,
        List<Enforcement> enforcement,
        Steering steering,
        MemoryCaps memoryCaps,
        Optional<IoCapacity> ioCapacity,
        Optional<NetworkCapacity> networkCapacity,
        Optional<StorageRoom> storage) {
    public HostStatus {
        enforcement = List.copyOf(enforcement);
    }

    /** One of whose network and file system nothing is known. */
    public HostStatus(
            InstanceName instance,
            String managerVersion,
            long managerPid,
            long startedAtMillis,
            String kernel,
            String cgroups,
            CpuSet online,
            NodeSet nodes,
            ByteSize memory,
            HostReserve reserve,
            Optional<Disk> disk,
            List<Enforcement> enforcement,
            Steering steering,
            MemoryCaps memoryCaps,
            Optional<IoCapacity> ioCapacity) {
        this(
                instance,
                managerVersion,
                managerPid,
                startedAtMillis,
                kernel,
                cgroups,
                online,
                nodes,
                memory,
                reserve,
                disk,
                enforcement,
                steering,
                memoryCaps,
                ioCapacity,
                Optional.empty(),
                Optional.empty());
    }

    /** One whose disk can do nobody says what. */
    public HostStatus(
            InstanceName instance,
            String managerVersion,
            long managerPid,
            long startedAtMillis,
            String kernel,
            String cgroups,
            CpuSet online,
            NodeSet nodes,
            ByteSize memory,
            HostReserve reserve,
            Optional<Disk> disk,
            List<Enforcement> enforcement,
            Steering steering,
            MemoryCaps memoryCaps) {
        this(
                instance,
                managerVersion,
                managerPid,
                startedAtMillis,
                kernel,
                cgroups,
                online,
                nodes,
                memory,
                reserve,
                disk,
                enforcement,
                steering,
                memoryCaps,
                Optional.empty());
    }

    /**
     * What the host keeps for itself.
     *
     * @param pool the CPUs that the host shares with partitions of the kind "part of a CPU"; never given out whole
     * @param cpu the host's own part of the pool
     * @param memory the host's own RAM
     */
    public record HostReserve(CpuSet pool, CpuMillis cpu, ByteSize memory) {
        /** What of the pool's CPU time can be given to partitions. */
        public CpuMillis entitlements() {
            return new CpuMillis(1000L * pool.size()).minus(cpu);
        }
    }

    /**
     * The whole disk under the partitions' directory.
     *
     * @param name as in /sys/block
     * @param device major and minor number, {@code 254:0}
     */
    public record Disk(String name, String device) {}

    /**
     * How one resource is held here.
     *
     * @param resource what
     * @param strength how strongly
     * @param how the kernel's mechanism and its exceptions, one line
     */
    public record Enforcement(Resource resource, Strength strength, String how) {}

    /**
     * How interrupts and unbound kernel workers are kept off the CPUs of whole-CPU slices.
     *
     * @param on whether they are steered away
     * @param reason why not; absent where they are
     * @param cpus all CPUs of whole-CPU slices
     * @param workqueues the CPUs that unbound workqueues may use, as the kernel says; absent where it does not
     * @param stuck the interrupts that fire on those CPUs all the same
     */
    public record Steering(
            boolean on, Optional<String> reason, CpuSet cpus, Optional<CpuSet> workqueues, List<StuckInterrupt> stuck) {
        public Steering {
            stuck = List.copyOf(stuck);
        }
    }

    /**
     * An interrupt on the CPUs of whole-CPU slices.
     *
     * @param number as in /proc/interrupts
     * @param name of its handlers
     * @param cpus of slices that it fires on
     * @param reason the kernel's words where it did not let it be moved; why else it is there
     */
    public record StuckInterrupt(int number, String name, CpuSet cpus, String reason) {}

    /**
     * How the host's own groups are kept from memory that slices hold.
     *
     * @param on whether they are capped
     * @param reason why not; absent where they are
     * @param cap what each may have: RAM without every slice and what the kernel is left; absent while nothing is sliced
     * @param groups the host's own groups at the top of the hierarchy; empty where they are not capped
     */
    public record MemoryCaps(boolean on, Optional<String> reason, Optional<ByteSize> cap, List<MemoryCap> groups) {
        public MemoryCaps {
            groups = List.copyOf(groups);
        }
    }

    /**
     * One of the host's own groups.
     *
     * @param group its name
     * @param max what it may have, as the kernel says
     * @param before what it might have before, which it gets back
     * @param used what it has
     * @param remark where its cap is not the one for all, why
     */
    public record MemoryCap(
            String group, Limit<ByteSize> max, Limit<ByteSize> before, ByteSize used, Optional<String> remark) {}
}
