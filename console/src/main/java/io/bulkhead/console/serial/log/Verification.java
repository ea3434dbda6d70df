package io.bulkhead.console.serial.log;

import java.util.Optional;

/**
 * What verifying a log found.
 *
 * @param fault the first place that is wrong, for people: segment, file, place and what is wrong; empty where none is
 * @param segments how many there are
 * @param firstSegment the number of the oldest; above 1 where older ones went for the quota
 * @param start the lowest offset
 * @param end the offset behind the last record that was found good
 * @param lostBytes how many bytes between them are in gaps
 * @param hash the SHA-256 of the newest complete segment, which vouches for all before it; empty where none is complete
 */
public record Verification(
        Optional<String> fault,
        long segments,
        long firstSegment,
        long start,
        long end,
        long lostBytes,
        Optional<String> hash) {}
