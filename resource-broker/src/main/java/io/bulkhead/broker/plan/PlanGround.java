package io.bulkhead.broker.plan;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.broker.placement.Capacity;
import io.bulkhead.broker.placement.Device;
import io.bulkhead.broker.placement.Holdings;
import io.bulkhead.broker.placement.Machine;
import io.bulkhead.broker.placement.Tenant;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.StorageRoom;
import io.bulkhead.contract.unit.ByteSize;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a plan starts from: a machine, who holds what of it, and who could be moved.
 *
 * @param machine what there is
 * @param holdings who holds what
 * @param tenants those who hold something, with what they asked
 * @param remarks what is not known here
 */
public record PlanGround(Machine machine, Holdings holdings, List<Tenant> tenants, List<String> remarks) {
    private static final Set<State> AT_REST = EnumSet.of(State.DEFINED, State.BOUND, State.FAILED);

    public PlanGround {
        tenants = List.copyOf(tenants);
        remarks = List.copyOf(remarks);
    }

    /**
     * This machine as it is now.
     *
     * @param host what the manager says of it
     * @param inventory with the CPUs that the manager divides
     * @param partitions all of them
     */
    public static PlanGround of(HostStatus host, Inventory inventory, List<PartitionStatus> partitions) {
        return new PlanGround(
                machine(inventory, host.reserve(), capacity(host, Holdings.of(partitions))),
                Holdings.of(partitions),
                partitions.stream()
                        .filter(partition -> partition.slice().isPresent())
                        .map(partition -> new Tenant(
                                partition.name(), partition.definition().claim(), !isAtRest(partition.state())))
                        .toList(),
                List.of());
    }

    /** Whether a partition in this state can be bound elsewhere without stopping it. */
    public static boolean isAtRest(State state) {
        return AT_REST.contains(state);
    }

    /**
     * Another machine, as it was exported. Where the file does not say what a partition has asked, it is taken to ask the
     * amounts that it has.
     */
    public static PlanGround of(InventoryFile file) {
        Holdings holdings = new Holdings(file.holdings().stream()
                .map(each -> new Holdings.Holding(each.name(), each.slice(), each.wholeCores()))
                .toList());
        return new PlanGround(
                machine(
                        file.inventory(),
                        file.reserve(),
                        capacity(file.ioCapacity(), file.networkCapacity(), file.storage(), holdings)),
                holdings,
                file.holdings().stream()
                        .map(each -> new Tenant(
                                each.name(),
                                each.claim().orElseGet(() -> asked(each.slice(), each.wholeCores())),
                                !each.atRest()))
                        .toList(),
                file.holdings().stream().allMatch(each -> each.claim().isPresent())
                        ? List.of()
                        : List.of("the inventory file does not tell what every partition has asked:"
                                + " a proposed move may break what one asked"));
    }

    /** What a host has of things that are shared out as sums. */
    public static Capacity capacity(HostStatus host, Holdings holdings) {
        return capacity(host.ioCapacity(), host.networkCapacity(), host.storage(), holdings);
    }

    /** Volumes that exist are not among what can still be written: partitions have both. */
    private static Capacity capacity(
            Optional<IoCapacity> io,
            Optional<NetworkCapacity> network,
            Optional<StorageRoom> storage,
            Holdings holdings) {
        return new Capacity(
                io.orElse(IoCapacity.UNSTATED),
                network.orElse(NetworkCapacity.UNSTATED),
                storage.map(room -> room.available().plus(new ByteSize(holdings.volumeBytes()))));
    }

    /** The machine of an inventory with its disks and network interfaces. */
    public static Machine machine(Inventory inventory, HostReserve reserve, Capacity capacity) {
        Stream<Device> disks = inventory.blockDevices().stream()
                .map(each -> new Device(Device.Kind.DISK, each.name(), each.node(), hindrance(inventory, each)));
        Stream<Device> nics = inventory.nics().stream()
                .map(each -> new Device(
                        Device.Kind.NETWORK_INTERFACE,
                        each.name(),
                        each.node(),
                        each.name().equals("lo") ? Optional.of("it is the host's loopback") : Optional.empty()));
        return new Machine(
                inventory.topology(), reserve, Stream.concat(disks, nics).toList(), capacity);
    }

    /** Why a block device is the host's; whether somebody else has it open is for the manager to find out. */
    private static Optional<String> hindrance(Inventory inventory, Inventory.BlockDevice device) {
        if (device.kind() == Inventory.BlockKind.PARTITION) {
            return Optional.of("it is a part of " + String.join(", ", device.disks()) + ", which is handed in whole");
        }
        Optional<String> mounted = inventory.fileSystems().stream()
                .filter(system ->
                        system.on().contains(device.name()) || system.disks().contains(device.name()))
                .findFirst()
                .map(system -> "the host has a file system of it on " + system.mountPoint());
        return mounted.or(() -> inventory.blockDevices().stream()
                .filter(other -> other.kind() != Inventory.BlockKind.PARTITION
                        && other.below().contains(device.name()))
                .findFirst()
                .map(other -> "it is a part of " + other.name()));
    }

    private static Claim asked(Slice slice, boolean wholeCores) {
        CpuClaim cpus = slice.cpus() instanceof CpuSlice.Whole whole
                ? new CpuClaim.Whole(
                        whole.cpus().size(),
                        wholeCores ? CpuClaim.Threads.WHOLE_CORE : CpuClaim.Threads.ANY,
                        Optional.empty(),
                        Optional.empty(),
                        whole.isolated())
                : new CpuClaim.Part(((CpuSlice.Part) slice.cpus()).entitlement());
        return new Claim(
                cpus,
                slice.memory(),
                slice.tasks(),
                slice.io(),
                slice.oomGroup(),
                slice.storage(),
                slice.network(),
                slice.console());
    }
}
