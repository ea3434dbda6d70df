package io.bulkhead.manager.admission;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The bounds of all partitions on the network add up to no more than is stated. What is not stated is not counted. */
public final class NetworkRateRule implements AdmissionRule {
    private final NetworkCapacity capacity;

    /** @param capacity what partitions may receive and send together, as far as it is stated */
    public NetworkRateRule(NetworkCapacity capacity) {
        this.capacity = capacity;
    }

    @Override
    public Optional<Problem> refuse(PartitionSpec definition, Slice slice, Collection<Holding> others) {
        return taken("receiving", capacity.in(), NetworkSlice::in, slice, others)
                .or(() -> taken("sending", capacity.out(), NetworkSlice::out, slice, others));
    }

    private static Optional<Problem> taken(
            String title,
            Optional<BitRate> stated,
            Function<NetworkSlice, Limit<BitRate>> way,
            Slice slice,
            Collection<Holding> others) {
        long wanted = bits(slice, way);
        if (stated.isEmpty() || wanted == 0) {
            return Optional.empty();
        }
        List<String> holders = new ArrayList<>();
        long free = stated.get().bitsPerSecond();
        for (Holding other : others) {
            long held = other.slice().map(theirs -> bits(theirs, way)).orElse(0L);
            if (held > 0) {
                free = Math.max(0, free - held);
                holders.add(other.name() + " holds " + text(held));
            }
        }
        if (wanted <= free) {
            return Optional.empty();
        }
        return Optional.of(new Problem(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                title + " of the network: " + text(wanted) + " asked, " + text(free) + " of the stated " + stated.get()
                        + " free" + (holders.isEmpty() ? "" : "; " + String.join(", ", holders)),
                Optional.of("ask for less, release a holder, or state another capacity in bulkhead.conf"),
                holders));
    }

    private static long bits(Slice slice, Function<NetworkSlice, Limit<BitRate>> way) {
        return slice.network()
                .map(share -> way.apply(share).fold(BitRate::bitsPerSecond, 0L))
                .orElse(0L);
    }

    private static String text(long bits) {
        return bits <= 0 ? "0bit/s" : new BitRate(bits).toString();
    }
}
