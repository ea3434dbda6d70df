package io.bulkhead.broker.testing;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.LedgerNote;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.FrameDecoder;
import io.bulkhead.contract.wire.ReplyPages;
import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A partition manager without a kernel: the contract's frames on a real Unix socket, partitions in a map. It admits CPUs
 * as the real one does, keeps a journal, echoes on consoles, and can be told to hold, to refuse, to break and to
 * restart. Its partitions and journal outlive {@link #stop}, as the real one's do.
 */
public final class FakeManager implements AutoCloseable {
    private final FakeGenerations generations = new FakeGenerations();
    private static final int PAGE = 64;
    private static final ByteSize MEMORY = ByteSize.parse("8GiB");

    private final Path socket;
    private final HostStatus host;
    private final Map<PartitionName, PartitionStatus> partitions = new TreeMap<>();
    private final Map<PartitionName, PartitionUsage> usages = new ConcurrentHashMap<>();
    private final List<EventRecord> journal = new CopyOnWriteArrayList<>();
    private final List<Order> orders = new CopyOnWriteArrayList<>();
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final Map<Class<?>, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Map<Class<?>, Deque<Problem>> refusals = new HashMap<>();
    private final Deque<Runnable> beforeDefine = new ArrayDeque<>();
    private List<LedgerNote> noted = List.of();
    private Runnable beforePage = () -> {};
    private int nextRange;
    private Optional<ServerSocketChannel> server = Optional.empty();
    private volatile int protocol = Greeting.PROTOCOL;
    private volatile boolean journalEnds = true;
    private volatile boolean takesInput = true;
    private volatile int retained = Integer.MAX_VALUE;

    /** A stream's way to its client. */
    private record Connection(SocketChannel channel, FrameDecoder decoder) {
        /** The next frames, none at the end of the connection. */
        List<Frame> read() throws IOException {
            ByteBuffer piece = ByteBuffer.allocate(64 << 10);
            while (channel.read(piece) >= 0) {
                List<Frame> frames = decoder.feed(piece.flip());
                if (!frames.isEmpty()) {
                    return frames;
                }
                piece.clear();
            }
            return List.of();
        }

        void write(Frame frame) throws IOException {
            ByteBuffer bytes = frame.toBytes();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /**
     * Listens at once.
     *
     * @param socket where
     * @param online the CPUs of its host, the lowest of which is the pool
     */
    public FakeManager(Path socket, CpuSet online) {
        this.socket = socket;
        this.host = new HostStatus(
                InstanceName.parse("fake"),
                "0",
                1,
                0,
                "6.1.0",
                "v2",
                online,
                NodeSet.of(0),
                MEMORY,
                new HostStatus.HostReserve(CpuSet.of(online.ids().get(0)), new CpuMillis(500), ByteSize.parse("1GiB")),
                Optional.empty(),
                List.of(),
                new HostStatus.Steering(true, Optional.empty(), CpuSet.EMPTY, Optional.empty(), List.of()),
                new HostStatus.MemoryCaps(true, Optional.empty(), Optional.empty(), List.of()));
        start();
    }

    // ---- what a test can do to it

    /** Begins to listen, as after a restart. */
    public synchronized void start() {
        try {
            Files.deleteIfExists(socket);
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(socket));
            server = Optional.of(channel);
            // The memory of a manager that was killed.
            noted = List.of();
            thread("fake-manager-accept", () -> accept(channel));
            record(new Event.ManagerStarted("0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the socket and every connection, as when the manager dies. */
    public synchronized void stop() {
        server.ifPresent(FakeManager::close);
        server = Optional.empty();
        connections.forEach(FakeManager::close);
    }

    /** Lets orders of a kind wait until {@link #letGo}. */
    public void hold(Class<? extends Order> kind) {
        held.put(kind, new CountDownLatch(1));
    }

    public void letGo(Class<? extends Order> kind) {
        Optional.ofNullable(held.remove(kind)).ifPresent(CountDownLatch::countDown);
    }

    /** Refuses the next order of a kind. */
    public synchronized void refuseNext(Class<? extends Order> kind, Problem problem) {
        refusals.computeIfAbsent(kind, none -> new ArrayDeque<>()).add(problem);
    }

    /** Does something just before the next definition is looked at: somebody else is faster. */
    public synchronized void beforeNextDefine(Runnable action) {
        beforeDefine.add(action);
    }

    /** Does something just before each page of the list but the first. */
    public synchronized void beforePage(IntConsumer action) {
        AtomicInteger page = new AtomicInteger();
        beforePage = () -> action.accept(page.incrementAndGet());
    }

    /** Greets in another protocol from now on. */
    public void speak(int version) {
        protocol = version;
    }

    /** Never says that the past of the journal has been sent, as managers before this word do. */
    public void neverCatchUp() {
        journalEnds = false;
    }

    /** Reads nothing from consoles from now on, as when a paused partition's terminal is full. */
    public void takeNoInput() {
        takesInput = false;
    }

    /** Keeps only so many events from now on; who wants older ones is told of the gap. */
    public void retain(int events) {
        retained = events;
    }

    /** Adds an event to the journal. */
    public void record(Event event) {
        synchronized (journal) {
            journal.add(new EventRecord(journal.size() + 1, 1_000L + journal.size(), event));
            journal.notifyAll();
        }
    }

    /** Every order that came, in the order of coming. */
    public List<Order> orders() {
        return Collections.unmodifiableList(orders);
    }

    public synchronized List<PartitionStatus> partitions() {
        return List.copyOf(partitions.values());
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    public HostStatus host() {
        return host;
    }

    @Override
    public void close() {
        stop();
        held.values().forEach(CountDownLatch::countDown);
    }

    // ---- connections

    private void accept(ServerSocketChannel channel) {
        try {
            while (true) {
                SocketChannel accepted = channel.accept();
                connections.add(accepted);
                if (isServing(channel)) {
                    thread("fake-manager-connection", () -> serve(accepted));
                } else {
                    // It came while this stopped, and was not among those that were closed.
                    close(accepted);
                }
            }
        } catch (IOException e) {
            // The socket was closed: this is how it stops.
            close(channel);
        }
    }

    private synchronized boolean isServing(ServerSocketChannel channel) {
        return server.equals(Optional.of(channel));
    }

    private void serve(SocketChannel channel) {
        Connection connection = new Connection(channel, new FrameDecoder());
        try {
            connection.write(Frame.greeting(new Greeting(protocol, host.instance(), "0")));
            for (List<Frame> frames = connection.read(); !frames.isEmpty(); frames = connection.read()) {
                for (Frame frame : frames) {
                    Order order = frame.as(Order.class);
                    orders.add(order);
                    Reply reply = reply(order);
                    connection.write(Frame.reply(reply));
                    if (reply instanceof Reply.StreamOpened) {
                        stream(connection, order);
                        return;
                    }
                }
            }
        } catch (WireException e) {
            refuse(connection, e);
        } catch (IOException | InterruptedException e) {
            // The other end went away, or this one was stopped.
            close(channel);
        } finally {
            connections.remove(channel);
            close(channel);
        }
    }

    private static void refuse(Connection connection, WireException e) {
        try {
            connection.write(Frame.reply(
                    new Reply.Refused(Problem.of(ProblemCode.PROTOCOL_ERROR, String.valueOf(e.getMessage())))));
        } catch (IOException gone) {
            close(connection.channel());
        }
    }

    private Reply reply(Order order) throws InterruptedException {
        CountDownLatch latch = held.get(order.getClass());
        if (latch != null) {
            latch.await();
        }
        synchronized (this) {
            Deque<Problem> wanted = refusals.getOrDefault(order.getClass(), new ArrayDeque<>());
            if (!wanted.isEmpty()) {
                return new Reply.Refused(wanted.remove());
            }
            try {
                return carryOut(order);
            } catch (Refusal e) {
                return new Reply.Refused(e.problem());
            }
        }
    }

    // ---- orders

    private Reply carryOut(Order order) {
        if (order instanceof Order.DescribeHost) {
            return new Reply.Host(host);
        } else if (order instanceof Order.ListPartitions list) {
            list.after().ifPresent(name -> beforePage.run());
            return ReplyPages.partitions(behind(list.after()));
        } else if (order instanceof Order.MeasurePartitions measure) {
            return ReplyPages.measured(behind(measure.after()).map(this::usage));
        } else if (order instanceof Order.ShowPartition show) {
            return new Reply.Partition(known(show.name()));
        } else if (order instanceof Order.DefinePartition define) {
            return new Reply.Partition(define(define));
        } else if (order instanceof Order.DefineUnbound define) {
            return defineUnbound(define.definition());
        } else if (order instanceof Order.BindPartition bind) {
            return changed(bind.name(), State.BOUND, Optional.of(bind.slice()));
        } else if (order instanceof Order.ReleasePartition release) {
            return changed(release.name(), State.DEFINED, Optional.empty());
        } else if (order instanceof Order.DeletePartition delete) {
            known(delete.name());
            partitions.remove(delete.name());
            record(new Event.PartitionDeleted(delete.name()));
            return new Reply.Done();
        } else if (order instanceof Order.StartPartition start) {
            record(new Event.PartitionStarted(start.name(), 42));
            return changed(start.name(), State.RUNNING);
        } else if (order instanceof Order.StopPartition stop) {
            record(new Event.PartitionStopped(stop.name(), stop.kill() ? "killed" : "in order"));
            return changed(stop.name(), State.BOUND);
        } else if (order instanceof Order.PausePartition pause) {
            return changed(pause.name(), State.PAUSED);
        } else if (order instanceof Order.ResumePartition resume) {
            return changed(resume.name(), State.RUNNING);
        } else if (order instanceof Order.VerifyPartition verify) {
            return new Reply.Certified(Certificate.of(known(verify.name()).name(), 7, List.of()));
        } else if (order instanceof Order.NoteLedger note) {
            noteLedger(note.standing());
            return new Reply.Done();
        } else if (FakeGenerations.knows(order)) {
            return generations.carryOut(order, this::known);
        } else if (order instanceof Order.ShutDown) {
            return new Reply.Done();
        } else if (order instanceof Order.OpenConsole console) {
            known(console.name());
            return new Reply.StreamOpened(5);
        } else if (order instanceof Order.ExecuteCommand command) {
            known(command.name());
            return new Reply.StreamOpened(0);
        }
        return new Reply.StreamOpened(((Order.FollowEvents) order).afterSequence());
    }

    private void noteLedger(List<LedgerNote> standing) {
        noted.stream()
                .filter(each -> !standing.contains(each))
                .forEach(each -> record(new Event.LedgerDifferenceResolved(each.owner(), each.difference())));
        standing.stream()
                .filter(each -> !noted.contains(each))
                .forEach(each ->
                        record(new Event.LedgerDifferenceFound(each.owner(), each.difference(), each.remedy())));
        noted = standing;
    }

    private Stream<PartitionStatus> behind(Optional<PartitionName> name) {
        return partitions().stream()
                .filter(each -> name.isEmpty() || each.name().compareTo(name.get()) > 0);
    }

    private PartitionStatus define(Order.DefinePartition order) {
        while (!beforeDefine.isEmpty()) {
            beforeDefine.remove().run();
        }
        PartitionSpec definition = order.definition();
        if (order.slice().cpus() instanceof CpuSlice.Whole wanted) {
            for (PartitionStatus other : partitions.values()) {
                boolean overlaps = !other.name().equals(definition.name())
                        && other.slice().isPresent()
                        && other.slice().get().cpus() instanceof CpuSlice.Whole whole
                        && whole.cpus().intersects(wanted.cpus());
                if (overlaps) {
                    throw Refusal.of(ProblemCode.NOT_ENOUGH_RESOURCES, wanted.cpus() + " is held by " + other.name());
                }
            }
        }
        return put(definition, order.slice());
    }

    private Reply defineUnbound(PartitionSpec definition) {
        PartitionStatus there = partitions.get(definition.name());
        if (there != null && there.slice().isPresent()) {
            throw Refusal.of(ProblemCode.WRONG_STATE, definition.name() + " holds a slice");
        }
        put(definition, Optional.empty());
        return changed(definition.name(), State.DEFINED, Optional.empty());
    }

    /** Says from now on that a partition uses this. */
    public void measured(PartitionUsage usage) {
        usages.put(usage.partition(), usage);
    }

    /** Defines a partition without being asked. */
    public synchronized PartitionStatus put(PartitionSpec definition, Slice slice) {
        return put(definition, Optional.of(slice));
    }

    private PartitionStatus put(PartitionSpec definition, Optional<Slice> slice) {
        PartitionStatus status = new PartitionStatus(
                definition.name(),
                State.BOUND,
                Optional.empty(),
                List.of(),
                definition,
                definition.init().kind(),
                slice,
                List.of(),
                new ConsoleStatus(0, 0, Optional.empty()),
                Optional.empty(),
                range(definition.name()),
                "1",
                Optional.empty(),
                Optional.of(new Isolation(Isolation.Level.TICKLESS, List.of())),
                Optional.empty());
        partitions.put(definition.name(), status);
        record(new Event.PartitionDefined(definition.name()));
        return status;
    }

    private UidRange range(PartitionName name) {
        PartitionStatus before = partitions.get(name);
        return before == null ? new UidRange(1_048_576L + UidRange.SIZE * (long) nextRange++) : before.uidRange();
    }

    private PartitionUsage usage(PartitionStatus status) {
        return Optional.ofNullable(usages.get(status.name()))
                .orElseGet(() -> new PartitionUsage(
                        status.name(),
                        status.state(),
                        status.slice(),
                        7,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        0,
                        Optional.empty()));
    }

    private PartitionStatus known(PartitionName name) {
        return Optional.ofNullable(partitions.get(name))
                .orElseThrow(() -> Refusal.of(ProblemCode.NOT_FOUND, "there is no partition '" + name + "'"));
    }

    private Reply changed(PartitionName name, State state) {
        return changed(name, state, known(name).slice());
    }

    private Reply changed(PartitionName name, State state, Optional<Slice> slice) {
        UnaryOperator<PartitionStatus> change = old -> new PartitionStatus(
                old.name(),
                state,
                old.reason(),
                old.degraded(),
                old.definition(),
                old.init(),
                slice,
                old.promises(),
                old.console(),
                state == State.RUNNING ? Optional.of(42L) : Optional.empty(),
                old.uidRange(),
                old.generation(),
                old.startedAtMillis(),
                old.isolation(),
                old.intrusion());
        PartitionStatus status = change.apply(known(name));
        partitions.put(name, status);
        return new Reply.Partition(status);
    }

    // ---- streams

    private void stream(Connection connection, Order order) throws IOException, InterruptedException {
        if (order instanceof Order.FollowEvents follow) {
            events(connection, follow.afterSequence());
        } else if (order instanceof Order.OpenConsole console) {
            console(connection, console);
        } else {
            command(connection);
        }
    }

    private void events(Connection connection, long after) throws IOException, InterruptedException {
        long last = sendEvents(connection, Math.min(after, journal.size()));
        if (journalEnds) {
            connection.write(Frame.stream(new StreamMessage.CaughtUp(last)));
        }
        thread("fake-manager-events-end", () -> awaitEnd(connection));
        while (connection.channel().isOpen()) {
            synchronized (journal) {
                if (journal.size() <= last) {
                    journal.wait(1_000);
                }
            }
            last = sendEvents(connection, last);
        }
    }

    /** Sends what there is behind a number, a few at a time as the real one does; the answer is the last number sent. */
    private long sendEvents(Connection connection, long after) throws IOException {
        long last = after;
        while (last < journal.size()) {
            List<EventRecord> all = List.copyOf(journal);
            long first = Math.max(1, all.size() - (long) retained + 1);
            if (first > last + 1) {
                connection.write(Frame.stream(new StreamMessage.Gap(last + 1, first)));
                last = first - 1;
            }
            for (EventRecord event : all.subList((int) last, Math.min(all.size(), (int) last + PAGE))) {
                connection.write(Frame.event(event));
                last = event.sequence();
            }
        }
        return last;
    }

    private void awaitEnd(Connection connection) {
        try {
            connection.read();
        } catch (IOException e) {
            // Closed from this end.
        }
        close(connection.channel());
        synchronized (journal) {
            journal.notifyAll();
        }
    }

    /** Sends as much history as is asked for, then echoes what is typed. */
    private void console(Connection connection, Order.OpenConsole order) throws IOException, InterruptedException {
        long left = order.historyBytes();
        while (left > 0) {
            byte[] piece = new byte[(int) Math.min(left, Frame.MAX_DATA_BYTES)];
            Arrays.fill(piece, (byte) 'h');
            connection.write(new Frame(Frame.Kind.OUTPUT, piece));
            left -= piece.length;
        }
        if (order.follow()) {
            while (!takesInput) {
                // Without reading, only writing tells that the other end has gone.
                connection.write(new Frame(Frame.Kind.OUTPUT, new byte[1]));
                new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
            }
            for (List<Frame> frames = connection.read(); !frames.isEmpty(); frames = connection.read()) {
                for (Frame frame : frames) {
                    if (frame.kind() == Frame.Kind.INPUT) {
                        connection.write(new Frame(Frame.Kind.OUTPUT, frame.payload()));
                    }
                }
            }
        }
    }

    /** Says what it was given when its input ends, and exits with 7. */
    private static void command(Connection connection) throws IOException {
        StringBuilder input = new StringBuilder();
        for (List<Frame> frames = connection.read(); !frames.isEmpty(); frames = connection.read()) {
            for (Frame frame : frames) {
                if (frame.kind() == Frame.Kind.INPUT) {
                    input.append(new String(frame.payload(), StandardCharsets.UTF_8));
                } else if (frame.as(StreamMessage.class) instanceof StreamMessage.EndOfInput) {
                    byte[] said = ("got " + input).getBytes(StandardCharsets.UTF_8);
                    connection.write(new Frame(Frame.Kind.OUTPUT, said));
                    connection.write(Frame.stream(new StreamMessage.Exited(7)));
                    return;
                }
            }
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing failed", e);
        }
    }
}
