package io.bulkhead.contract.unit;

/**
 * Bytes per second, more than 0. Text: {@code 50MiB/s}.
 *
 * @param bytesPerSecond the exact rate
 */
@WireAmount(suffix = "BytesPerSecond")
public record ByteRate(long bytesPerSecond) {
    public ByteRate {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException("a rate must be more than 0: " + bytesPerSecond + "B/s");
        }
    }

    /** Reads IEC text that ends in {@code /s}. */
    public static ByteRate parse(String text) {
        String stripped = text.strip();
        if (!stripped.endsWith("/s")) {
            throw new IllegalArgumentException("'" + text + "' is not a rate; write it like 50MiB/s");
        }
        return new ByteRate(BinaryUnits.parse(stripped.substring(0, stripped.length() - 2), "rate", "50MiB/s"));
    }

    @Override
    public String toString() {
        return BinaryUnits.format(bytesPerSecond) + "/s";
    }
}
