package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Volumes, rates of the network and whole devices: what is short, who holds it, what would make room. */
class StorageAndNetworkPlacementTest {
    private static final PartitionName DB = new PartitionName("db");
    private static final PartitionName OLD = new PartitionName("old");

    private static final Machine MACHINE = new Machine(
            Samples.machine(8),
            new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
            List.of(
                    new Device(
                            Device.Kind.DISK,
                            "sda",
                            Optional.empty(),
                            Optional.of("the host has a file system of it on /")),
                    new Device(Device.Kind.DISK, "sdb", Optional.empty()),
                    new Device(Device.Kind.NETWORK_INTERFACE, "eth1", Optional.empty())),
            new Capacity(
                    IoCapacity.UNSTATED,
                    new NetworkCapacity(Optional.of(new BitRate(1_000_000_000)), Optional.empty()),
                    Optional.of(ByteSize.parse("10GiB"))));

    private static final Claim PLAIN = new Claim(CpuClaim.Whole.of(1), ByteSize.parse("64MiB"), 64, IoSlice.UNLIMITED);

    private static Claim storing(String size) {
        return PLAIN.withStorage(StorageSlice.of(ByteSize.parse(size)));
    }

    private static Claim receiving(String rate) {
        return PLAIN.withNetwork(new NetworkSlice(Limit.of(BitRate.parse(rate)), Limit.unlimited(), Optional.empty()));
    }

    private static Claim having(String disk) {
        return PLAIN.withStorage(new StorageSlice(Optional.empty(), List.of(), List.of(disk)));
    }

    private static Claim having(Optional<String> nic) {
        return PLAIN.withNetwork(new NetworkSlice(Limit.unlimited(), Limit.unlimited(), nic));
    }

    private static Holding held(Claim claim) {
        return new Holding(DB, Slice.of(claim, new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0)), true);
    }

    private static Holdings holdings(Claim claim) {
        return new Holdings(List.of(held(claim)));
    }

    private static Problem refused(Holdings holdings, Claim claim) {
        return ((Decision.Refused) Placement.offer(MACHINE, holdings, claim)).problem();
    }

    @Test
    void refusesMoreVolumesThanTheirFileSystemHas() {
        Problem problem = refused(holdings(storing("7GiB")), storing("4GiB"));

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
        assertThat(problem.detail())
                .startsWith("needs 4GiB of storage; 3GiB is free, 7GiB is held by db")
                .endsWith("the file system of the volumes has 10GiB for partitions");
        assertThat(problem.remedy())
                .contains("delete db, as volumes are kept until then, or ask for at most 3GiB of storage");
        assertThat(problem.holders()).containsExactly("db: 7GiB of storage");
        assertThat(Placement.offer(MACHINE, holdings(storing("7GiB")), storing("3GiB")))
                .isInstanceOf(Decision.Offer.class);
    }

    @Test
    void countsVolumesThatAreKeptWithoutASlice() {
        Holdings kept = new Holdings(List.of(), new TreeMap<>(Map.of(OLD, ByteSize.parse("8GiB"))));

        assertThat(refused(kept, storing("4GiB")).holders())
                .containsExactly("old: 8GiB of storage, kept without a slice");
        assertThat(Placement.offer(MACHINE, kept.without(Set.of(OLD)), storing("8GiB")))
                .as("its own volumes")
                .isInstanceOf(Decision.Offer.class);
    }

    @Test
    void refusesMoreThanTheNetworkIsStatedToDo() {
        Problem problem = refused(holdings(receiving("900Mbit/s")), receiving("200Mbit/s"));

        assertThat(problem.detail())
                .startsWith("needs 200Mbit/s of receiving; 100Mbit/s is free, 900Mbit/s is held by db")
                .endsWith("the network is stated to do 1Gbit/s");
        assertThat(problem.remedy()).contains("release db, or ask for at most 100Mbit/s of receiving");
    }

    @Test
    void givesAWholeDeviceToOneOwnerOnly() {
        assertThat(Placement.offer(MACHINE, Holdings.NONE, having("sdb"))).isInstanceOf(Decision.Offer.class);
        Problem problem = refused(holdings(having("sdb")), having("sdb"));

        assertThat(problem.detail()).isEqualTo("the disk sdb is held by db");
        assertThat(problem.remedy()).contains("release db");
        assertThat(refused(holdings(having(Optional.of("eth1"))), having(Optional.of("eth1")))
                        .detail())
                .isEqualTo("the network interface eth1 is held by db");
    }

    @Test
    void refusesDevicesThatAreNotThereOrTheHosts() {
        Problem unknown = refused(Holdings.NONE, having("sdc"));
        Problem hosts = refused(Holdings.NONE, having("sda"));

        assertThat(unknown.code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
        assertThat(unknown.detail()).isEqualTo("there is no disk sdc; those that a partition could have are sdb");
        assertThat(hosts.detail())
                .isEqualTo("the disk sda cannot be handed to a partition: the host has a file system of it on /");
        assertThat(refused(Holdings.NONE, having(Optional.of("sdb"))).detail())
                .startsWith("there is no network interface sdb");
    }

    @Test
    void remarksThatARateIsNotCounted() {
        Decision.Offer offer = (Decision.Offer) Placement.offer(
                MACHINE,
                Holdings.NONE,
                PLAIN.withNetwork(
                        new NetworkSlice(Limit.unlimited(), Limit.of(BitRate.parse("1Mbit/s")), Optional.empty())));

        assertThat(offer.remarks())
                .containsExactly(
                        "the bound on sending is held, but nobody states what the network can do (host.network_* in"
                                + " bulkhead.conf): it is not counted against anything",
                        "receiving is not bounded, and not counted against what the network is stated to do");
    }

    @Test
    void plansASetWithinAllOfIt() {
        List<Wish> fits = List.of(new Wish(DB, storing("6GiB")), new Wish(OLD, storing("4GiB")));
        List<Wish> tooMuch = List.of(new Wish(DB, storing("6GiB")), new Wish(OLD, storing("5GiB")));
        List<Wish> oneDisk = List.of(new Wish(DB, having("sdb")), new Wish(OLD, having("sdb")));
        ExactSearch none = question -> new ExactSearch.Answer.NotFound(true);

        assertThat(Planner.plan(MACHINE, Holdings.NONE, fits, List.of(), none).fits())
                .isTrue();
        assertThat(Planner.plan(MACHINE, Holdings.NONE, tooMuch, List.of(), none)
                        .fits())
                .isFalse();
        assertThat(Planner.plan(MACHINE, Holdings.NONE, oneDisk, List.of(), none)
                        .fits())
                .isFalse();
    }
}
