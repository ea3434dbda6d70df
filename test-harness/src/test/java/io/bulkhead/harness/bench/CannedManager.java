package io.bulkhead.harness.bench;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A manager that says the same at once whatever the kernel does, so that what is measured is the control plane: a number
 * of running partitions with their promises, and a journal that keeps its last {@link #JOURNAL} events, fewer than
 * the real one's does. A thread for each connection.
 */
final class CannedManager implements AutoCloseable {
    static final int JOURNAL = 256;

    /** So that a journal is more than the buffers between here and a listener hold. */
    private static final String PADDING = "x".repeat(2_000);

    private static final int PAGE = 64;
    private static final ByteSize MEMORY = ByteSize.parse("256GiB");

    private final ServerSocketChannel server;
    private final HostStatus host;
    private final Frame partitions;
    private final List<EventRecord> journal = new ArrayList<>();

    CannedManager(Path socket, int count) throws IOException {
        CpuSet online = CpuSet.parse("0-" + count);
        host = new HostStatus(
                InstanceName.parse("bulkhead"),
                "0",
                1,
                0,
                "6.1.0",
                "v2",
                online,
                NodeSet.of(0),
                MEMORY,
                new HostStatus.HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
                Optional.empty(),
                List.of(),
                new HostStatus.Steering(true, Optional.empty(), CpuSet.EMPTY, Optional.empty(), List.of()),
                new HostStatus.MemoryCaps(true, Optional.empty(), Optional.empty(), List.of()));
        partitions = Frame.reply(new Reply.Partitions(IntStream.rangeClosed(1, count)
                .mapToObj(CannedManager::partition)
                .toList()));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread(this::accept);
    }

    private static PartitionStatus partition(int cpu) {
        PartitionName name = new PartitionName(String.format("p%03d", cpu));
        CpuSet cpus = CpuSet.of(cpu);
        ByteSize memory = ByteSize.parse("1GiB");
        List<Promise> promises = List.of(Resource.CPUS, Resource.MEMORY, Resource.TASKS, Resource.IO_READ).stream()
                .map(resource -> new Promise(
                        resource,
                        "what was promised",
                        "what was promised",
                        Strength.GUARANTEED,
                        true,
                        "/sys/fs/cgroup/bulkhead/p-" + name + "/file",
                        Optional.empty()))
                .toList();
        return new PartitionStatus(
                name,
                State.RUNNING,
                Optional.empty(),
                List.of(),
                new PartitionSpec(
                        name,
                        new Claim(CpuClaim.Whole.of(1), memory, PartitionSpec.DEFAULT_TASKS, IoSlice.UNLIMITED),
                        new Init.Shell(),
                        false,
                        false,
                        PartitionSpec.DEFAULT_STOP_TIMEOUT_MILLIS,
                        Optional.empty()),
                "shell",
                Optional.of(new Slice(
                        new CpuSlice.Whole(cpus),
                        NodeSet.of(0),
                        memory,
                        PartitionSpec.DEFAULT_TASKS,
                        IoSlice.UNLIMITED)),
                promises,
                new ConsoleStatus(0, 0, Optional.empty()),
                Optional.of(42L),
                new UidRange(1_048_576L),
                "g-1",
                Optional.of(1_700_000_000_000L),
                Optional.of(new Isolation(Isolation.Level.STEERED, List.of())),
                Optional.empty());
    }

    /** Adds an event that says when it came into being, {@link System#nanoTime}. */
    void tell() {
        synchronized (journal) {
            journal.add(new EventRecord(
                    journal.size() + 1L,
                    System.currentTimeMillis(),
                    new Event.PartitionFailed(
                            new PartitionName("p001"), "at " + System.nanoTime() + " it happened: " + PADDING)));
            journal.notifyAll();
        }
    }

    /** The number of the newest event, 0 for none. */
    long last() {
        synchronized (journal) {
            return journal.size();
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                thread(() -> serve(channel));
            }
        } catch (IOException e) {
            // This is how it ends: the socket was closed.
            return;
        }
    }

    private void serve(SocketChannel channel) {
        FrameDecoder decoder = new FrameDecoder();
        ByteBuffer piece = ByteBuffer.allocate(64 << 10);
        try (channel) {
            write(channel, Frame.greeting(new Greeting(Greeting.PROTOCOL, host.instance(), "0")));
            while (channel.read(piece.clear()) >= 0) {
                for (Frame frame : decoder.feed(piece.flip())) {
                    Order order = frame.as(Order.class);
                    write(channel, order instanceof Order.ListPartitions ? partitions : Frame.reply(reply(order)));
                    if (order instanceof Order.FollowEvents follow) {
                        events(channel, follow.afterSequence());
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // The control plane has gone.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply reply(Order order) {
        if (order instanceof Order.DescribeHost) {
            return new Reply.Host(host);
        } else if (order instanceof Order.FollowEvents) {
            return new Reply.StreamOpened(0);
        }
        return new Reply.Refused(Problem.of(ProblemCode.NOT_PERMITTED, "nothing changes here"));
    }

    private void events(SocketChannel channel, long after) throws IOException, InterruptedException {
        long last = after;
        while (true) {
            List<EventRecord> next;
            long first;
            synchronized (journal) {
                while (journal.size() == last) {
                    journal.wait();
                }
                first = Math.max(last, journal.size() - (long) JOURNAL);
                next = List.copyOf(journal.subList((int) first, Math.min(journal.size(), (int) first + PAGE)));
            }
            if (first > last) {
                write(channel, Frame.stream(new StreamMessage.Gap(last + 1, first + 1)));
            }
            for (EventRecord event : next) {
                write(channel, Frame.event(event));
                last = event.sequence();
            }
        }
    }

    private static void write(SocketChannel channel, Frame frame) throws IOException {
        ByteBuffer bytes = frame.toBytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "canned-manager");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
