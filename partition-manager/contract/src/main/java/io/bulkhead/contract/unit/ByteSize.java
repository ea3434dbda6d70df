package io.bulkhead.contract.unit;

/**
 * An amount of memory or storage in bytes, 0 or more. Text: {@code 512MiB}.
 *
 * @param bytes the exact count
 */
@WireAmount(suffix = "Bytes")
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    public static final ByteSize ZERO = new ByteSize(0);

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative: " + bytes);
        }
    }

    /** Reads IEC text; the unit is required. */
    public static ByteSize parse(String text) {
        return new ByteSize(BinaryUnits.parse(text, "size", "512MiB"));
    }

    public static ByteSize ofMebibytes(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /** Exact sum; throws {@link ArithmeticException} beyond 8 EiB. */
    public ByteSize plus(ByteSize other) {
        return new ByteSize(Math.addExact(bytes, other.bytes));
    }

    /** Exact difference; throws {@link IllegalArgumentException} below zero. */
    public ByteSize minus(ByteSize other) {
        return new ByteSize(bytes - other.bytes);
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return BinaryUnits.format(bytes);
    }
}
