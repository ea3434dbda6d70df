package io.bulkhead.console.serial.log;

import java.util.Optional;

/**
 * How a console's log does.
 *
 * @param trouble why it is not written at this moment, for people; empty where all is well
 * @param start the lowest offset that it has
 * @param end the offset behind what was handed over
 * @param written the offset behind what stands in the files
 * @param forced the offset behind what a crash of the host leaves
 * @param bytes that the files have together, the index included
 * @param quotaBytes how many they may have
 * @param lostBytes how many bytes handed over were not recorded, since this log was opened
 * @param lostMarks how many events were not, likewise
 * @param failures how often writing failed, since then
 * @param latencyMillis how long the last batch waited from its first byte until it was written
 */
public record LogHealth(
        Optional<String> trouble,
        long start,
        long end,
        long written,
        long forced,
        long bytes,
        long quotaBytes,
        long lostBytes,
        long lostMarks,
        long failures,
        long latencyMillis) {}
