package io.bulkhead.contract.unit;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/**
 * CPU time per time in thousandths of one CPU, 0 or more. Text: {@code 0.5} for 500.
 *
 * @param millis thousandths of one CPU
 */
@WireAmount(suffix = "Millis")
public record CpuMillis(long millis) implements Comparable<CpuMillis> {
    /** One whole CPU. */
    public static final CpuMillis ONE = new CpuMillis(1000);

    public static final CpuMillis ZERO = new CpuMillis(0);

    private static final Pattern FORM = Pattern.compile("\\d{1,6}(\\.\\d{1,3})?");

    public CpuMillis {
        if (millis < 0) {
            throw new IllegalArgumentException("an amount of CPU cannot be negative: " + millis);
        }
    }

    /** Reads a decimal number of CPUs with at most three places. */
    public static CpuMillis parse(String text) {
        if (!FORM.matcher(text.strip()).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an amount of CPU; write it like 0.5, with at most three decimals");
        }
        return new CpuMillis(new BigDecimal(text.strip()).movePointRight(3).longValueExact());
    }

    public CpuMillis plus(CpuMillis other) {
        return new CpuMillis(Math.addExact(millis, other.millis));
    }

    /** Exact difference; throws {@link IllegalArgumentException} below zero. */
    public CpuMillis minus(CpuMillis other) {
        return new CpuMillis(millis - other.millis);
    }

    @Override
    public int compareTo(CpuMillis other) {
        return Long.compare(millis, other.millis);
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
    }
}
