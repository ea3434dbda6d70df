package io.bulkhead.manager.admission;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The addresses of a subnet: the first is the host's, each partition has the one that its definition names, or the lowest
 * free one, and keeps it as long as it is defined. Pure and immutable; safe for any thread.
 *
 * @param subnet whose addresses
 */
public record AddressPool(Ipv4Subnet subnet) {
    /** That of the settings' default. */
    public static final AddressPool DEFAULT = new AddressPool(Ipv4Subnet.parse("10.77.0.0/24"));

    /** Number 0 names the subnet itself, 1 is the host's. */
    private static final long FIRST = 2;

    /**
     * The address for a partition; throws {@link Refusal} where there is none.
     *
     * @param before what it has had
     * @return that, where it wants none now
     */
    Optional<Ipv4Address> choose(
            PartitionSpec definition, Slice slice, Optional<Ipv4Address> before, Collection<Holding> others) {
        boolean onBridge =
                slice.network().filter(network -> network.device().isEmpty()).isPresent();
        if (!onBridge) {
            return before;
        }
        Map<Ipv4Address, Holding> taken = new TreeMap<>();
        others.forEach(other -> other.address().ifPresent(address -> taken.put(address, other)));
        Optional<Ipv4Address> wanted = definition.access().flatMap(NetworkAccess::address);
        if (wanted.isPresent()) {
            requireFree(wanted.get(), taken);
            return wanted;
        }
        return before.filter(address -> isUsable(address) && !taken.containsKey(address))
                .or(() -> Optional.of(lowestFree(taken)));
    }

    /** Whether a partition may have it. */
    public boolean isUsable(Ipv4Address address) {
        if (!subnet.contains(address)) {
            return false;
        }
        long number = subnet.numberOf(address);
        return number >= FIRST && number <= last();
    }

    /** The last address of all is that of everybody: broadcast. */
    private long last() {
        return subnet.size() - 2;
    }

    private void requireFree(Ipv4Address address, Map<Ipv4Address, Holding> taken) {
        if (!isUsable(address)) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "address " + address + " is not one of " + subnet.at(FIRST) + " to " + subnet.at(last())
                            + ", which partitions can have by network.subnet = " + subnet,
                    "name one of those, or leave the address out");
        }
        Holding holder = taken.get(address);
        if (holder != null) {
            String held = "address " + address + " is held by " + holder.name();
            throw new Refusal(new Problem(
                    ProblemCode.NOT_ENOUGH_RESOURCES,
                    held,
                    Optional.of("name another one, leave it out, or delete " + holder.name()),
                    List.of(held)));
        }
    }

    private Ipv4Address lowestFree(Map<Ipv4Address, Holding> taken) {
        for (long number = FIRST; number <= last(); number++) {
            if (!taken.containsKey(subnet.at(number))) {
                return subnet.at(number);
            }
        }
        throw new Refusal(new Problem(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                "all " + (last() - FIRST + 1) + " addresses of " + subnet + " are taken",
                Optional.of("delete a partition, or set a larger network.subnet"),
                taken.values().stream()
                        .map(holder -> holder.name() + " holds one")
                        .toList()));
    }
}
