package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.order.StreamMessage.Gap;
import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the console of a partition that writes numbered lines, coming back "from offset N" whenever the stream breaks, and
 * checks that what came is what was written.
 */
final class NumberedLines implements AutoCloseable {
    /** Writes lines to the console in the background until /tmp/go is gone. */
    static final String WRITER = """
            touch /tmp/go
            ( perl -e 'open my $c, ">", "/dev/console"; my $i = 0;
                while (-e "/tmp/go") { my $t = ""; $t .= sprintf "%%09d %s\\n", $i++, "x" x 53 for 1 .. 64;
                  while (length $t) { my $n = syswrite $c, $t; substr $t, 0, $n, "" } }' ) >/dev/null 2>&1 &
            """.replace("%%", "%");

    private static final Pattern LINE = Pattern.compile("(\\d{9}) x{53}\r\n");
    private static final int LINE_BYTES = 9 + 1 + 53 + 2;
    private static final String LINE_END = "\r\n";

    private final Installation host;
    private final PartitionName name;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private @Nullable Thread thread;
    private @Nullable FrameStream stream;
    private boolean closed;
    private long begin;
    private long end;

    /**
     * What came.
     *
     * @param delivered bytes
     * @param gaps offsets that were told to be lost
     * @param lines whole ones, all in order
     * @param restarts of the manager
     */
    record Findings(long delivered, long gaps, long lines, int restarts) {}

    NumberedLines(Installation host, PartitionName name) {
        this.host = host;
        this.name = name;
    }

    /** Begins to read what comes from now on. */
    void start() {
        begin = host.show(name.value()).console().offset();
        end = begin;
        thread = new Thread(this::read, "numbered-lines");
        thread.start();
    }

    long begin() {
        return begin;
    }

    /** The offset that was read to. */
    synchronized long end() {
        return end;
    }

    private synchronized boolean closed() {
        return closed;
    }

    private void read() {
        while (!closed()) {
            try (FrameStream open = host.api().openStream(order(end(), true))) {
                synchronized (this) {
                    stream = open;
                }
                assertThat(open.offset()).isEqualTo(end());
                for (Optional<Frame> frame = open.receive(); frame.isPresent(); frame = open.receive()) {
                    take(frame.get());
                }
            } catch (IOException | Refusal e) {
                // Our processes die under it.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    private Order order(long from, boolean follow) {
        return new Order.OpenConsole(name, "reader", false, false, 0, follow, Optional.of(from));
    }

    private synchronized void take(Frame frame) {
        if (frame.kind() == Frame.Kind.OUTPUT) {
            bytes.writeBytes(frame.payload());
            end += frame.payload().length;
            return;
        }
        StreamMessage message = frame.as(StreamMessage.class);
        if (message instanceof Gap gap) {
            assertThat(gap.from()).isEqualTo(end);
            gaps.add(gap);
            end = gap.to();
        } else if (message instanceof Mark mark && !marks.contains(mark)) {
            assertThat(mark.offset()).isLessThanOrEqualTo(end);
            marks.add(mark);
        }
    }

    /** The marks from an offset on. */
    List<Mark> marksFrom(long offset) {
        List<Mark> found = new ArrayList<>();
        try (FrameStream open = host.api().openStream(order(offset, false))) {
            for (Optional<Frame> frame = open.receive(); frame.isPresent(); frame = open.receive()) {
                if (frame.get().kind() == Frame.Kind.MESSAGE
                        && frame.get().as(StreamMessage.class) instanceof Mark mark) {
                    found.add(mark);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Checks every byte: the lines follow each other, and but for the manager's own words there is nothing else. */
    synchronized Findings check() {
        StringBuilder text = new StringBuilder(bytes.toString(StandardCharsets.ISO_8859_1));
        List<Integer> cuts = new ArrayList<>();
        long lost = 0;
        for (Gap gap : gaps) {
            cuts.add((int) (gap.from() - begin - lost));
            lost += gap.to() - gap.from();
        }
        takeOutTheManagersWords(text, cuts);
        Matcher first = LINE.matcher(text);
        assertThat(first.find()).isTrue();
        int at = first.start();
        long number = 0;
        while (at + LINE_BYTES <= text.length()) {
            Matcher line = LINE.matcher(text).region(at, at + LINE_BYTES);
            int place = at;
            boolean cut = cuts.stream().anyMatch(each -> each >= place && each < place + LINE_BYTES);
            if (line.matches()) {
                assertThat(Long.parseLong(line.group(1))).as("at %d", at).isEqualTo(number);
            } else if (cut) {
                assertThat(line.usePattern(LINE).region(at, text.length()).find())
                        .isTrue();
                number = Long.parseLong(line.group(1));
                at = line.start();
            } else {
                assertThat(text.substring(at))
                        .as("the rest, after line %d", number)
                        .doesNotContain(" xxxx");
                break;
            }
            number++;
            at += LINE_BYTES;
        }
        long restarts = marks.stream()
                .filter(mark -> mark.kind() == Mark.Kind.MANAGER_RESTARTED)
                .count();
        return new Findings(bytes.size(), lost, number, (int) restarts);
    }

    /** They stand at their marks, to the byte. */
    private void takeOutTheManagersWords(StringBuilder text, List<Integer> cuts) {
        String words = LINE_END + "-- " + name + " goes on, under a new manager --" + LINE_END;
        for (int i = marks.size() - 1; i >= 0; i--) {
            Mark mark = marks.get(i);
            if (mark.kind() != Mark.Kind.MANAGER_RESTARTED || mark.offset() < begin) {
                continue;
            }
            long lostBefore = gaps.stream()
                    .filter(gap -> gap.to() <= mark.offset())
                    .mapToLong(gap -> gap.to() - gap.from())
                    .sum();
            int place = (int) (mark.offset() - begin - lostBefore);
            assertThat(text.substring(place, place + words.length()))
                    .as("at the mark of offset %d", mark.offset())
                    .isEqualTo(words);
            text.delete(place, place + words.length());
            cuts.replaceAll(cut -> cut > place ? cut - words.length() : cut);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (stream != null) {
                try {
                    stream.close();
                } catch (IOException e) {
                    assertThat(e).isNotNull();
                }
            }
        }
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
