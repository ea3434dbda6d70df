package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** What a console has put out as far as the manager remembers it: shown where the control plane has no log of it. */
final class RingLog {
    private static final long EVERYTHING = Long.MAX_VALUE;

    private final ApiClient api;
    private final Optional<Integer> lines;
    private final Shown shown;

    /** Where it goes. */
    interface Shown {
        void output(byte[] piece);

        void gap(long from, long to);
    }

    RingLog(ApiClient api, Optional<Integer> lines, Shown shown) {
        this.api = api;
        this.lines = lines;
        this.shown = shown;
    }

    void show(PartitionName partition, Optional<Long> bytes, boolean follow) throws IOException {
        Partitions partitions = new Partitions(api);
        Order order = new Order.OpenConsole(
                partition, "logs#" + ProcessHandle.current().pid(), false, false, bytes.orElse(EVERYTHING), follow);
        try (FrameStream stream = partitions.guessing(partition, () -> api.openStream(order))) {
            long pastEnd = follow ? partitions.status(partition).console().offset() : EVERYTHING;
            show(stream, pastEnd);
        }
    }

    private void show(FrameStream stream, long pastEnd) throws IOException {
        ByteArrayOutputStream past = new ByteArrayOutputStream();
        boolean collecting = lines.isPresent() && stream.offset() < pastEnd;
        long position = stream.offset();
        for (Optional<Frame> next = stream.receive(); next.isPresent(); next = stream.receive()) {
            Frame frame = next.get();
            if (frame.kind() == Frame.Kind.OUTPUT) {
                position += frame.payload().length;
                if (collecting) {
                    past.writeBytes(frame.payload());
                } else {
                    shown.output(frame.payload());
                }
            } else if (frame.as(StreamMessage.class) instanceof StreamMessage.Gap gap) {
                position = gap.to();
                shown.gap(gap.from(), gap.to());
            }
            if (collecting && position >= pastEnd) {
                collecting = false;
                shown.output(lastLines(past.toByteArray(), lines.orElse(0)));
            }
        }
        if (collecting) {
            shown.output(lastLines(past.toByteArray(), lines.orElse(0)));
        }
    }

    /** The end of a text from the start of its last so many lines; a newline at the end begins no line. */
    static byte[] lastLines(byte[] text, int count) {
        int found = 0;
        int start = text.length;
        for (int i = text.length - 1; i >= 0 && found < count; i--) {
            if (i == 0 || text[i - 1] == '\n') {
                found++;
                start = i;
            }
        }
        return Arrays.copyOfRange(text, start, text.length);
    }
}
