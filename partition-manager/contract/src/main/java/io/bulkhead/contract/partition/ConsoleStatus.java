package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.Optional;

/**
 * The serial console of a partition.
 *
 * @param offset of the next byte to come: bytes put out since the console was created, and those skipped
 * @param viewers how many are attached
 * @param writer who may type, if anybody
 * @param created names this numbering of bytes; another one begins at 0 when the partition is defined anew
 * @param start offset of the oldest byte that is still kept
 * @param ring how many of the newest bytes are kept
 * @param rate what is taken from the partition at most; above it the partition's writers wait
 * @param stalls how often they had to, since this manager began
 * @param skipped offsets that were jumped over from the start of what is kept on: no byte of theirs is left
 */
public record ConsoleStatus(
        long offset,
        int viewers,
        Optional<String> writer,
        String created,
        long start,
        ByteSize ring,
        Limit<ByteRate> rate,
        long stalls,
        ByteSize skipped) {
    /** One that keeps everything since its beginning, as fast as it comes. */
    public ConsoleStatus(long offset, int viewers, Optional<String> writer) {
        this(
                offset,
                viewers,
                writer,
                "0000000000000000",
                0,
                ByteSize.ofMebibytes(1),
                Limit.unlimited(),
                0,
                ByteSize.ZERO);
    }
}
