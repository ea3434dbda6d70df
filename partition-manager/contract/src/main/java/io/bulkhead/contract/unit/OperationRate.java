package io.bulkhead.contract.unit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * I/O operations per second, 1 to 4,294,967,295 (the kernel's own bound). Text: {@code 500/s}.
 *
 * @param operationsPerSecond the exact rate
 */
@WireAmount(suffix = "PerSecond")
public record OperationRate(long operationsPerSecond) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,10})/s");

    public OperationRate {
        if (operationsPerSecond <= 0 || operationsPerSecond > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(
                    "a rate of operations must be 1/s to 4294967295/s: " + operationsPerSecond + "/s");
        }
    }

    /** Reads a whole number that ends in {@code /s}. */
    public static OperationRate parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a rate of operations; write it like 500/s");
        }
        return new OperationRate(Long.parseLong(matcher.group(1)));
    }

    @Override
    public String toString() {
        return operationsPerSecond + "/s";
    }
}
