package io.bulkhead.harness.bench;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Bulkhead itself: from the order on the manager's socket to the frame with the first byte of the partition on a console
 * stream that was open before.
 */
final class Bulkhead implements Contender {
    private static final PartitionName NAME = new PartitionName("bench");
    private static final long PATIENCE_SECONDS = 20;

    private final ManagerProcess manager;
    private final Terms terms;
    private volatile FirstByte first = new FirstByte();
    private @Nullable ManagerClient console;

    Bulkhead(ManagerProcess manager, Terms terms) {
        this.manager = manager;
        this.terms = terms;
    }

    @Override
    public String name() {
        return "bulkhead";
    }

    @Override
    public String version() {
        return "bulkhead manager " + manager.host().managerVersion();
    }

    @Override
    public String terms() {
        return "all seven namespaces and the limits, each read back before process 1 may run; a console with history and "
                + "a holder; builds its root itself, with private /etc, /var, /home; order and console by socket";
    }

    @Override
    public void prepare() throws CannotRunException {
        try {
            Limit<ByteRate> rate =
                    terms.disk().isPresent() ? Limit.of(new ByteRate(terms.ioBytesPerSecond())) : Limit.unlimited();
            manager.define(NAME, terms.cpuMillis(), terms.memoryBytes(), terms.tasks(), rate);
            ManagerClient stream = manager.connect();
            console = stream;
            stream.ask(Reply.StreamOpened.class, new Order.OpenConsole(NAME, "bench", false, false, 0, true));
            Thread reader = new Thread(() -> read(stream), "console");
            reader.setDaemon(true);
            reader.start();
        } catch (IOException e) {
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        }
    }

    private void read(ManagerClient stream) {
        try {
            while (true) {
                Frame frame = stream.read();
                long now = System.nanoTime();
                if (frame.kind() == Frame.Kind.OUTPUT) {
                    first.take(frame.payload(), now);
                }
            }
        } catch (IOException e) {
            first.fail(e);
        }
    }

    @Override
    public long start() throws CannotRunException {
        FirstByte awaited = new FirstByte();
        first = awaited;
        try {
            long begun = System.nanoTime();
            manager.orders().ask(Reply.Partition.class, new Order.StartPartition(NAME));
            long came = awaited.nanoTime();
            manager.orders().ask(Reply.Partition.class, new Order.StopPartition(NAME, true));
            return came - begun;
        } catch (IOException e) {
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        if (console != null) {
            console.close();
        }
    }

    /** Waits in a console's stream for the first byte after the manager's own mark of a start. */
    static final class FirstByte {
        private static final String MARK = "-- " + NAME + " starts --\r\n";

        private final StringBuilder said = new StringBuilder();
        private final CompletableFuture<Long> came = new CompletableFuture<>();

        /** Takes a piece of the stream; bytes count as they come, whatever they mean. */
        void take(byte[] bytes, long now) {
            for (byte each : bytes) {
                said.append((char) (each & 0xFF));
            }
            int mark = said.indexOf(MARK);
            if (mark >= 0 && said.length() > mark + MARK.length()) {
                came.complete(now);
            }
        }

        void fail(IOException cause) {
            came.completeExceptionally(cause);
        }

        /** When it came, by {@link System#nanoTime()}. */
        long nanoTime() throws IOException {
            try {
                return came.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("no byte came on the console", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
