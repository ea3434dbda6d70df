package io.bulkhead.settings;

import io.bulkhead.contract.partition.Ipv4Subnet;
import java.util.Optional;
import java.util.regex.Pattern;

/** The values of the section {@code network}. Pure. */
final class NetworkValues {
    private static final int LARGEST = 16;
    private static final int SMALLEST = 29;

    /** As the contract has it for a partition's own; netdevice(7). */
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,14}");

    private NetworkValues() {}

    static Ipv4Subnet subnet(String text) {
        Ipv4Subnet subnet = Ipv4Subnet.parse(text);
        if (subnet.prefix() < LARGEST || subnet.prefix() > SMALLEST) {
            throw new IllegalArgumentException(
                    "'" + text + "' is outside /" + LARGEST + " to /" + SMALLEST + ", which is 65,536 to 8 addresses");
        }
        return subnet;
    }

    static Optional<String> device(String text) {
        if (text.equals(ApiValues.NONE)) {
            return Optional.empty();
        }
        if (!DEVICE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not the name of a network interface; write it like eth0");
        }
        return Optional.of(text);
    }

    static boolean masquerade(String text) {
        if (!text.equals("masquerade") && !text.equals(ApiValues.NONE)) {
            throw new IllegalArgumentException("'" + text + "' is neither masquerade nor none");
        }
        return text.equals("masquerade");
    }
}
