package io.bulkhead.contract.unit;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bits per second on a network, more than 0. Text: {@code 100Mbit/s}, in powers of 1000 as networks are sold.
 *
 * @param bitsPerSecond the exact rate, frames counted whole
 */
@WireAmount(suffix = "BitsPerSecond")
public record BitRate(long bitsPerSecond) implements Comparable<BitRate> {
    private static final List<String> UNITS = List.of("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s");
    private static final Pattern FORM = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s?([A-Za-z]*/?s?)");
    private static final String EXAMPLE = "100Mbit/s";

    public BitRate {
        if (bitsPerSecond <= 0) {
            throw new IllegalArgumentException("a rate must be more than 0: " + bitsPerSecond + "bit/s");
        }
    }

    /** Reads a rate; the unit is required and the result must be whole bits. */
    public static BitRate parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a network rate; write it like " + EXAMPLE);
        }
        int power = UNITS.indexOf(matcher.group(2));
        if (power < 0) {
            throw new IllegalArgumentException("'" + text + "' has "
                    + (matcher.group(2).isEmpty() ? "no unit" : "the unknown unit '" + matcher.group(2) + "'")
                    + "; use one of " + String.join(", ", UNITS) + ", like " + EXAMPLE
                    + (matcher.group(2).endsWith("B/s") ? "; a byte is 8 bits" : ""));
        }
        try {
            return new BitRate(
                    new BigDecimal(matcher.group(1)).movePointRight(3 * power).longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number of bits per second", e);
        }
    }

    @Override
    public int compareTo(BitRate other) {
        return Long.compare(bitsPerSecond, other.bitsPerSecond);
    }

    /** In the largest unit that divides it. */
    @Override
    public String toString() {
        int power = 0;
        long value = bitsPerSecond;
        while (value % 1000 == 0 && power < UNITS.size() - 1) {
            value /= 1000;
            power++;
        }
        return value + UNITS.get(power);
    }
}
