package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireText;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that leads to a port of a partition. Text: {@code 8080:80}, {@code 53:53/udp}.
 *
 * @param protocol what it is spoken with
 * @param hostPort on every address of the host but the loopback's, 1 to 65,535
 * @param port of the partition, 1 to 65,535
 */
@WireText
public record PublishedPort(Protocol protocol, int hostPort, int port) {
    /** What is spoken on a port. */
    public enum Protocol {
        TCP,
        UDP
    }

    private static final Pattern FORM = Pattern.compile("([0-9]{1,5}):([0-9]{1,5})(?:/(tcp|udp))?");

    public PublishedPort {
        checkPort(hostPort);
        checkPort(port);
    }

    public static PublishedPort parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' publishes no port; write it like 8080:80 or 53:53/udp, the host's port first");
        }
        Protocol protocol = matcher.group(3) == null
                ? Protocol.TCP
                : Protocol.valueOf(matcher.group(3).toUpperCase(Locale.ROOT));
        return new PublishedPort(protocol, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    private static void checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is 1 to 65535: " + port);
        }
    }

    @Override
    public String toString() {
        return hostPort + ":" + port + (protocol == Protocol.UDP ? "/udp" : "");
    }
}
