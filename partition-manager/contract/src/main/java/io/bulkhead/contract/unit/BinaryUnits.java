package io.bulkhead.contract.unit;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** IEC text of byte counts: {@code 512MiB}, {@code 1.5GiB}, {@code 17B}. */
final class BinaryUnits {
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
    private static final Pattern FORM = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s?([A-Za-z]*)");

    private BinaryUnits() {}

    /** Reads a count of bytes; the unit is required and the result must be whole bytes. */
    static long parse(String text, String what, String example) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a " + what + "; write it like " + example);
        }
        int power = UNITS.indexOf(matcher.group(2));
        if (power < 0) {
            throw new IllegalArgumentException("'" + text + "' has "
                    + (matcher.group(2).isEmpty() ? "no unit" : "the unknown unit '" + matcher.group(2) + "'")
                    + "; use one of " + String.join(", ", UNITS) + ", like " + example);
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        try {
            return bytes.longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number of bytes below 8 EiB", e);
        }
    }

    /** Writes a count in the largest unit that divides it. */
    static String format(long bytes) {
        int power = 0;
        long value = bytes;
        while (value != 0 && value % 1024 == 0 && power < UNITS.size() - 1) {
            value /= 1024;
            power++;
        }
        return value + UNITS.get(power);
    }
}
