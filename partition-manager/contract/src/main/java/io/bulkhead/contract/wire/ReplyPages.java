package io.bulkhead.contract.wire;

import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Cuts what is told of many partitions into replies that fit in a frame. */
public final class ReplyPages {
    /** How much of a frame the partitions of one reply take; whatever else a reply holds has the other half. */
    public static final int MAX_PAGE_BYTES = Frame.MAX_MESSAGE_BYTES / 2;

    private record Page<T>(List<T> items, boolean more) {}

    private ReplyPages() {}

    /** As many as fit; those behind them are not even looked at, but the first of them. */
    public static Reply.Partitions partitions(Stream<PartitionStatus> inOrderOfNames) {
        Page<PartitionStatus> page = cut(inOrderOfNames);
        return new Reply.Partitions(page.items(), page.more());
    }

    /** As many as fit; those behind them are not even looked at, but the first of them. */
    public static Reply.Measured measured(Stream<PartitionUsage> inOrderOfNames) {
        Page<PartitionUsage> page = cut(inOrderOfNames);
        return new Reply.Measured(page.items(), page.more());
    }

    /** One item stands alone whatever its size: what is too large for any frame is to be seen as that. */
    private static <T extends Record> Page<T> cut(Stream<T> all) {
        List<T> items = new ArrayList<>();
        long bytes = 0;
        for (Iterator<T> each = all.iterator(); each.hasNext(); ) {
            T item = each.next();
            // With the comma that parts it from the one before.
            bytes += 1 + RecordCodec.encode(item).toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_PAGE_BYTES && !items.isEmpty()) {
                return new Page<>(items, true);
            }
            items.add(item);
        }
        return new Page<>(items, false);
    }
}
