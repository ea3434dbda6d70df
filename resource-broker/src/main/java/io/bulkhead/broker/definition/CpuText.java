package io.bulkhead.broker.definition;

import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.regex.Pattern;

/**
 * The short form of a claim on CPUs: {@code 2} means whole CPUs, {@code 0.5} a part from the shared pool. Decimal and
 * exact; {@code 1.0} could be meant either way and is refused.
 */
public final class CpuText {
    private static final Pattern WHOLE = Pattern.compile("[1-9][0-9]{0,3}");
    private static final Pattern PART = Pattern.compile("(0|[1-9][0-9]{0,2})\\.[0-9]{1,3}");

    private CpuText() {}

    /**
     * Reads the short form.
     *
     * @throws IllegalArgumentException with a text for the user
     */
    public static CpuClaim parse(String text) {
        if (WHOLE.matcher(text).matches()) {
            return CpuClaim.Whole.of(Integer.parseInt(text));
        }
        if (PART.matcher(text).matches() && CpuMillis.parse(text).millis() % 1000 != 0) {
            return part(text);
        }
        if (text.matches("[1-9][0-9]*\\.0+")) {
            String number = text.substring(0, text.indexOf('.'));
            throw new IllegalArgumentException("'" + text + "' could be whole CPUs or a part of the shared pool; write "
                    + number + " for whole CPUs, {part: " + number + "} for time in the pool");
        }
        throw new IllegalArgumentException("'" + text + "' is not a number of CPUs; write 2 for whole CPUs, 0.5 for a"
                + " part of one, with at most three decimals");
    }

    /** Reads an amount of the shared pool, which may be a whole number. */
    static CpuClaim.Part part(String text) {
        if (!PART.matcher(text).matches() && !WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an amount of CPU; write it like 0.5, with at most three decimals");
        }
        return new CpuClaim.Part(CpuMillis.parse(text));
    }
}
