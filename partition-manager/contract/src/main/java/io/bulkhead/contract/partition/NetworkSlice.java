package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A partition's share of the network: a place on the instance's bridge with bounds, or a whole interface of the host.
 *
 * @param in what it may receive, whole frames counted
 * @param out what it may send, whole frames counted
 * @param device an interface of the host that is moved in while it runs, as /sys/class/net names it; has no bounds
 */
public record NetworkSlice(Limit<BitRate> in, Limit<BitRate> out, Optional<String> device) {
    /** On the bridge, as fast as it goes. */
    public static final NetworkSlice UNLIMITED =
            new NetworkSlice(Limit.unlimited(), Limit.unlimited(), Optional.empty());

    /** netdevice(7): 15 characters, no slash, no space. */
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,14}");

    public NetworkSlice {
        if (device.isPresent() && !DEVICE.matcher(device.get()).matches()) {
            throw new IllegalArgumentException(
                    "'" + device.get() + "' is not the name of a network interface; write it like eth1");
        }
        if (device.isPresent() && (in.isLimited() || out.isLimited())) {
            throw new IllegalArgumentException(
                    "a whole interface has no rates: leave in and out away, or the interface");
        }
    }
}
