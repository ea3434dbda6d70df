package io.bulkhead.contract.partition;

/**
 * The host uids and gids that stand for 0 to 65535 inside a partition's user namespace; user_namespaces(7).
 *
 * @param base the host id of the partition's root
 */
public record UidRange(long base) {
    /** How many ids each partition has. */
    public static final int SIZE = 65_536;

    public UidRange {
        if (base < SIZE || base > 0xFFFF_0000L - SIZE) {
            throw new IllegalArgumentException("a uid range starts between 65536 and 4294836224: " + base);
        }
    }

    public boolean overlaps(UidRange other) {
        return Math.abs(base - other.base) < SIZE;
    }
}
