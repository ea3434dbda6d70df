package io.bulkhead.console.serial.log;

/**
 * How logs are kept.
 *
 * @param quotaBytes the most that the files of one console may have, index included; a multiple of segments is best
 * @param segmentBytes how large a segment grows, index included; the oldest goes as a whole
 * @param batchMillis how long output waits in memory to be written together
 * @param syncMillis how long what is written may wait to be forced to the disk
 * @param retryMillis how long after a failure writing is tried again
 * @param waitingBytes the most that waits in memory of one console
 * @param sharedBytes the most that waits of all consoles together, beyond 64 KiB that each has for itself
 */
public record LogOptions(
        long quotaBytes,
        long segmentBytes,
        long batchMillis,
        long syncMillis,
        long retryMillis,
        int waitingBytes,
        long sharedBytes) {
    /** The largest segment. */
    public static final long SEGMENT_BYTES = 8L << 20;

    /** The quota of a console where nothing else is said. */
    public static final long QUOTA_BYTES = 64L << 20;

    /** The smallest quota. */
    public static final long LEAST_QUOTA_BYTES = 1L << 20;

    private static final int SEGMENTS = 8;

    public LogOptions {
        if (quotaBytes < LEAST_QUOTA_BYTES || segmentBytes < 1 || segmentBytes > quotaBytes / 2) {
            throw new IllegalArgumentException("a quota of " + quotaBytes + " with segments of " + segmentBytes);
        }
    }

    /** The usual ones with a quota; a small one has smaller segments, so that it is never one old segment that fills it. */
    public static LogOptions withQuota(long quotaBytes) {
        return new LogOptions(
                quotaBytes, Math.min(SEGMENT_BYTES, quotaBytes / SEGMENTS), 20, 1000, 1000, 4 << 20, 16L << 20);
    }
}
