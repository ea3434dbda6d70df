package io.bulkhead.console.serial;

import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A manager's consoles under a test's hand. */
final class FakeLines implements Lines {
    private Consumer<Map<PartitionName, ConsoleStatus>> watcher = all -> {};
    private final Map<PartitionName, ConsoleStatus> consoles = new HashMap<>();
    private final List<FakeLine> lines = new ArrayList<>();
    private boolean closed;

    /** One line. */
    static final class FakeLine implements Line {
        private final long from;
        private final Listener listener;
        private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
        private final List<WindowSize> sizes = new ArrayList<>();
        private final List<Runnable> untaken = new ArrayList<>();
        private long offset;
        private boolean takes = true;
        private boolean closed;

        FakeLine(long from, Listener listener) {
            this.from = from;
            this.offset = from;
            this.listener = listener;
        }

        long from() {
            return from;
        }

        void put(String text) {
            put(text.getBytes(StandardCharsets.UTF_8));
        }

        void put(byte[] bytes) {
            long at = offset;
            offset += bytes.length;
            listener.output(at, bytes);
        }

        void lose(long count) {
            listener.gap(offset, offset + count);
            offset += count;
        }

        void mark(StreamMessage.Mark.Kind kind, long timeMillis) {
            listener.mark(new StreamMessage.Mark(offset, timeMillis, kind, ""));
        }

        void breaks() {
            listener.disconnected("gone");
        }

        /** Takes no more input. */
        void holdUp() {
            takes = false;
        }

        void takeAll() {
            takes = true;
            List<Runnable> waiting = List.copyOf(untaken);
            untaken.clear();
            waiting.forEach(Runnable::run);
        }

        String typed() {
            return typed.toString(StandardCharsets.UTF_8);
        }

        List<WindowSize> sizes() {
            return sizes;
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public void type(byte[] bytes, Runnable taken) {
            typed.writeBytes(bytes);
            if (takes) {
                taken.run();
            } else {
                untaken.add(taken);
            }
        }

        @Override
        public void resize(WindowSize size) {
            sizes.add(size);
        }

        @Override
        public boolean isConnected() {
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** What the manager says that there is. */
    void has(String name, long offset, long start, String created) {
        ConsoleStatus plain = new ConsoleStatus(offset, 0, Optional.empty());
        consoles.put(
                new PartitionName(name),
                new ConsoleStatus(
                        offset, 0, Optional.empty(), created, start, plain.ring(), plain.rate(), 0, plain.skipped()));
        watcher.accept(Map.copyOf(consoles));
    }

    void lacks(String name) {
        consoles.remove(new PartitionName(name));
        watcher.accept(Map.copyOf(consoles));
    }

    /** The line that was opened last. */
    FakeLine line() {
        return lines.get(lines.size() - 1);
    }

    int opened() {
        return lines.size();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void watch(Consumer<Map<PartitionName, ConsoleStatus>> all) {
        watcher = all;
    }

    @Override
    public Line open(PartitionName name, long from, Line.Listener listener) {
        FakeLine line = new FakeLine(from, listener);
        lines.add(line);
        listener.connected();
        return line;
    }

    @Override
    public void close() {
        closed = true;
    }
}
