package io.bulkhead.console.serial;

import io.bulkhead.console.serial.log.ConsoleLog;
import io.bulkhead.console.serial.log.ConsoleLogs;
import io.bulkhead.console.serial.log.EntryKind;
import io.bulkhead.console.serial.log.LogHealth;
import io.bulkhead.contract.partition.PartitionName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Logs in memory, in words; also the past out of them. */
final class FakeLogs implements ConsoleLogs, Past {
    private final Map<PartitionName, FakeLog> logs = new HashMap<>();
    private final List<PartitionName> removed = new ArrayList<>();
    private long firstEnd;

    /** One log. */
    static final class FakeLog implements ConsoleLog {
        private final String creation;
        private final List<String> entries = new ArrayList<>();
        private final StringBuilder bytes = new StringBuilder();
        private final long begin;
        private long end;

        FakeLog(String creation, long begin) {
            this.creation = creation;
            this.begin = begin;
            this.end = begin;
        }

        List<String> entries() {
            return entries;
        }

        @Override
        public long end() {
            return end;
        }

        @Override
        public void append(long offset, byte[] more, int start, int length) {
            int known = (int) Math.max(0, end - offset);
            if (known >= length) {
                return;
            }
            if (offset > end) {
                throw new IllegalStateException("a gap that nobody told of, " + end + " to " + offset);
            }
            String text = new String(more, start + known, length - known, StandardCharsets.ISO_8859_1);
            bytes.append(text);
            entries.add("output " + end + " " + text);
            end += text.length();
        }

        @Override
        public void mark(long offset, EntryKind kind, String detail, long wallMillis) {
            entries.add("mark " + offset + " " + kind + " " + detail);
        }

        @Override
        public void gap(long from, long to, String reason) {
            entries.add("gap " + from + " " + to);
            bytes.append("?".repeat((int) (to - end)));
            end = to;
        }

        @Override
        public LogHealth health() {
            return new LogHealth(Optional.empty(), begin, end, end, end, end, 0, 0, 0, 0, 3);
        }

        @Override
        public void close() {
            // It stays for the test to look at.
        }
    }

    /** Logs end here when they are opened. */
    void endAt(long offset) {
        firstEnd = offset;
    }

    FakeLog of(String name) {
        return logs.get(new PartitionName(name));
    }

    List<PartitionName> removed() {
        return removed;
    }

    @Override
    public ConsoleLog open(PartitionName partition, String creation) {
        FakeLog known = logs.get(partition);
        if (known == null || !known.creation.equals(creation)) {
            logs.put(partition, new FakeLog(creation, firstEnd));
        }
        return logs.get(partition);
    }

    @Override
    public void remove(PartitionName partition) {
        removed.add(partition);
        logs.remove(partition);
    }

    @Override
    public Set<PartitionName> partitions() {
        return Set.copyOf(logs.keySet());
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    @Override
    public Reading open(PartitionName name) {
        FakeLog log = logs.get(name);
        return new Reading() {
            @Override
            public CompletionStage<Found> read(long from, int atMost) {
                if (from < log.begin || from >= log.end) {
                    return CompletableFuture.completedFuture(
                            new Found(ByteBuffer.allocate(0), from < log.begin ? log.begin : Long.MAX_VALUE));
                }
                int start = (int) (from - log.begin);
                String piece = log.bytes.substring(start, Math.min(start + atMost, log.bytes.length()));
                return CompletableFuture.completedFuture(
                        new Found(ByteBuffer.wrap(piece.getBytes(StandardCharsets.ISO_8859_1)), from + piece.length()));
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
