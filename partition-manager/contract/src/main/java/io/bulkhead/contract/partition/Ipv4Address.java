package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address; RFC 791. Text: {@code 10.77.0.9}.
 *
 * @param value its 32 bits, 0 to 4,294,967,295
 */
@WireText
public record Ipv4Address(long value) implements Comparable<Ipv4Address> {
    private static final String OCTET = "(0|[1-9][0-9]{0,2})";
    private static final Pattern FORM = Pattern.compile(OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET);

    public Ipv4Address {
        if (value < 0 || value > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits: " + value);
        }
    }

    public static Ipv4Address parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address; write it like 10.77.0.9");
        }
        long value = 0;
        for (int i = 1; i <= 4; i++) {
            int octet = Integer.parseInt(matcher.group(i));
            if (octet > 255) {
                throw new IllegalArgumentException("'" + text + "' is not an IPv4 address: " + octet + " is over 255");
            }
            value = value << 8 | octet;
        }
        return new Ipv4Address(value);
    }

    @Override
    public int compareTo(Ipv4Address other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return (value >> 24) + "." + (value >> 16 & 255) + "." + (value >> 8 & 255) + "." + (value & 255);
    }
}
