package io.bulkhead.harness.bench;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.Attached;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One who looks at a console over the API and keeps the books: each byte and gap must follow the one before. Reads on a thread
 * of its own from {@link #read} on, until it is closed; until then it is stalled. The figures are for any thread.
 */
final class BenchViewer implements AutoCloseable {
    private static final int GIVE_BACK_BYTES = 64 << 10;

    private final PartitionName partition;
    private final LagPolicy policy;
    private final Attached attached;
    private final long begin;
    private long owed;
    private final AtomicLong position = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong gaps = new AtomicLong();
    private volatile Optional<String> fault = Optional.empty();

    private BenchViewer(PartitionName partition, LagPolicy policy, Attached attached) {
        this.partition = partition;
        this.policy = policy;
        this.attached = attached;
        this.begin = attached.opened().offset();
        this.position.set(begin);
    }

    /** Attaches and reads nothing yet. */
    static BenchViewer attach(ApiClient api, PartitionName partition, LagPolicy policy, Start start) {
        ClientMessage.Hello hello =
                ClientMessage.Hello.view("bench", start, policy).raw(true);
        return new BenchViewer(partition, policy, api.attach(partition, hello));
    }

    /**
     * Reads from now on.
     *
     * @param bytesPerSecond at most; 0 for as fast as it goes
     */
    BenchViewer read(long bytesPerSecond) {
        Thread thread = new Thread(() -> readAll(bytesPerSecond), "viewer of " + partition);
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void readAll(long bytesPerSecond) {
        try {
            long begun = System.nanoTime();
            for (Optional<ServerMessage> next = attached.connection().receive();
                    next.isPresent();
                    next = attached.connection().receive()) {
                take(next.get());
                if (bytesPerSecond > 0) {
                    LockSupport.parkNanos(
                            begun + delivered.get() * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond - System.nanoTime());
                }
            }
        } catch (IOException e) {
            // Closed under it, which is its end.
            return;
        }
    }

    private void take(ServerMessage message) throws IOException {
        if (message instanceof ServerMessage.Output output) {
            follow(output.offset());
            int length = output.bytes().remaining();
            delivered.addAndGet(length);
            position.addAndGet(length);
            owed += length;
            if (owed >= GIVE_BACK_BYTES) {
                attached.connection().send(new ClientMessage.Credit((int) owed));
                owed = 0;
            }
        } else if (message instanceof ServerMessage.Gap gap) {
            follow(gap.from());
            skipped.addAndGet(gap.to() - gap.from());
            gaps.incrementAndGet();
            position.set(gap.to());
        } else if (message instanceof ServerMessage.End end) {
            fault = Optional.of("was sent away: " + end.reason());
        }
    }

    private void follow(long offset) {
        if (offset != position.get()) {
            fault = Optional.of("was at " + position.get() + " and got " + offset);
        }
    }

    PartitionName partition() {
        return partition;
    }

    LagPolicy policy() {
        return policy;
    }

    /** The next offset. */
    long position() {
        return position.get();
    }

    /** Bytes that came. */
    long delivered() {
        return delivered.get();
    }

    /** Bytes that it was told it did not get. */
    long skipped() {
        return skipped.get();
    }

    /** How many gaps those were. */
    long gaps() {
        return gaps.get();
    }

    /** Why its books do not balance; empty where they do. */
    Optional<String> fault() {
        if (fault.isEmpty() && delivered() + skipped() != position() - begin) {
            return Optional.of(delivered() + " + " + skipped() + " is not " + (position() - begin));
        }
        return fault;
    }

    @Override
    public void close() throws IOException {
        attached.close();
    }
}
