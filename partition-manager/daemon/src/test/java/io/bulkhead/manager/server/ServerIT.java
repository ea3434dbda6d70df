package io.bulkhead.manager.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Event.ManagerStarted;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Greeting;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.manager.console.ConsoleCalls;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.console.ConsoleStart;
import io.bulkhead.manager.console.ConsoleViewer;
import io.bulkhead.manager.console.EventConsoleLoop;
import io.bulkhead.manager.console.TestConsoles;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.journal.Journal;
import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on a real socket, with a desk of the test's own. */
class ServerIT {
    private static final PartitionName DB = new PartitionName("db");
    private static final Greeting GREETING = new Greeting(Greeting.PROTOCOL, new InstanceName("t"), "v");
    private static final Order LIST = new Order.ListPartitions();
    private static final Reply NONE = new Reply.Partitions(List.of());

    @TempDir
    Path directory;

    private final Syscalls calls = new JnaSyscalls();
    private final FakeDesk desk = new FakeDesk();
    private EventLoop loop;
    private Path socket;
    private ManagerServer server;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.start(calls);
        desk.hub = TestConsoles.open(DB, 4096, new EventConsoleLoop(loop), ConsoleCalls.of(calls), event -> {});
        socket = directory.resolve("manager.sock");
        server = open(socket);
    }

    private ManagerServer open(Path path) throws IOException {
        ManagerServer.Door door =
                new ManagerServer.Door(path, OptionalLong.of(1), PeerRule.rootAnd("0"), Duration.ofMillis(500));
        return ManagerServer.open(door, desk, GREETING, calls);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        loop.close();
    }

    @Test
    void greetsAndAnswersOrdersOneByOne() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            assertThat(client.greeting).isEqualTo(GREETING);
            client.send(Frame.order(LIST));
            client.send(Frame.order(new Order.DeletePartition(DB)));

            assertThat(client.reply()).isEqualTo(NONE);
            assertThat(client.reply()).isEqualTo(new Reply.Done());
        }
    }

    @Test
    void isOpenToRootAndTheGroupOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw----");
        assertThat(Files.getAttribute(socket, "unix:gid")).isEqualTo(1);
        assertThat(Files.getAttribute(socket, "unix:uid")).isEqualTo(0);
    }

    @Test
    void goesOnAfterAnOrderItDoesNotKnow() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send(message("{\"type\":\"launch-rocket\"}"));
            assertRefused(client.reply(), ProblemCode.INVALID_REQUEST, "launch-rocket");
            client.send(message("{\"type\":\"show-partition\",\"name\":\"../etc\"}"));
            assertRefused(client.reply(), ProblemCode.INVALID_REQUEST, "../etc");

            assertThat(client.ask(LIST)).isEqualTo(NONE);
        }
    }

    @Test
    void closesOnGarbage() throws IOException {
        assertProtocolError(
                ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)), "unknown kind");
        assertProtocolError(message("{\"type\":").toBytes(), "not valid JSON");
        assertProtocolError(message("[".repeat(100)).toBytes(), "levels");
        assertProtocolError(new Frame(Frame.Kind.INPUT, new byte[3]).toBytes(), "an order was expected");
    }

    @Test
    void closesOnAnOversizedFrameBeforeItHasCome() throws IOException {
        assertProtocolError(
                ByteBuffer.allocate(5).put((byte) 'M').putInt(2 << 20).flip(), "at most 1048576");
        assertProtocolError(ByteBuffer.allocate(5).put((byte) 'M').putInt(-1).flip(), "at most 1048576");
    }

    @Test
    void closesOnATruncatedFrame() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send(Frame.order(LIST).toBytes().limit(9));
            client.channel.shutdownOutput();

            assertRefused(client.reply(), ProblemCode.PROTOCOL_ERROR, "in the middle of a frame");
            assertThat(client.next()).isEmpty();
        }
        assertOthersAreServed();
    }

    @Test
    void closesOnAFrameThatDoesNotGetOn() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send(Frame.order(LIST).toBytes().limit(9));

            assertRefused(client.reply(), ProblemCode.PROTOCOL_ERROR, "not finished in 500 ms");
            assertThat(client.next()).isEmpty();
        }
        assertOthersAreServed();
    }

    @Test
    void takesAnOrderByteByByte() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            ByteBuffer bytes = Frame.order(LIST).toBytes();
            while (bytes.hasRemaining()) {
                client.send(ByteBuffer.wrap(new byte[] {bytes.get()}));
            }

            assertThat(client.reply()).isEqualTo(NONE);
        }
    }

    @Test
    void tellsARefusalAndSurvivesItsOwnFailure() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            assertRefused(client.ask(new Order.StartPartition(DB)), ProblemCode.WRONG_STATE, "it sleeps");
            assertRefused(client.ask(new Order.VerifyPartition(DB)), ProblemCode.FAILED, "a bug");

            assertThat(client.ask(LIST)).isEqualTo(NONE);
        }
    }

    @Test
    void refusesTheConnectionBeyondTheLimitAndServesTheOthers() throws IOException {
        List<TestClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 512; i++) {
                clients.add(new TestClient(socket));
            }
            try (TestClient tooMany = new TestClient(socket)) {
                assertRefused(tooMany.reply(), ProblemCode.UNREACHABLE, "512 connections");
                assertThat(tooMany.next()).isEmpty();
            }
            assertThat(clients.get(511).ask(LIST)).isEqualTo(NONE);
        } finally {
            for (TestClient client : clients) {
                client.close();
            }
        }
        Awaitility.await().untilAsserted(this::assertOthersAreServed);
    }

    @Test
    void refusesASecondServerOnTheSameSocketAndReplacesADeadOne() throws IOException {
        assertThatThrownBy(() -> open(socket)).hasMessageContaining("another manager listens here");
        Path dead = directory.resolve("dead.sock");
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(dead));
        }

        try (ManagerServer second = open(dead);
                TestClient client = new TestClient(dead)) {
            assertThat(client.ask(LIST)).isEqualTo(NONE);
            assertThat(second).isNotNull();
        }
        assertThat(dead).doesNotExist();
        assertOthersAreServed();
    }

    @Test
    void refusesAPeerWhomTheRuleDoesNotName() throws IOException {
        Path strict = directory.resolve("strict.sock");
        ManagerServer.Door door =
                new ManagerServer.Door(strict, OptionalLong.empty(), PeerRule.only("65534"), Duration.ofMillis(500));
        try (ManagerServer server65534 = ManagerServer.open(door, desk, GREETING, calls);
                TestClient root = new TestClient(strict)) {
            assertRefused(root.reply(), ProblemCode.NOT_PERMITTED, "only root and the control plane");
            assertThat(root.next()).isEmpty();
            assertThat(server65534).isNotNull();
        }
    }

    @Test
    void aRuleForAMissingUserIsAnError() {
        assertThatThrownBy(() -> PeerRule.rootAnd("no-such-user-here")).isInstanceOf(IOException.class);
    }

    @Test
    void streamsEventsUntilThePeerLeaves() throws IOException {
        EventRecord before = desk.journal.append(new ManagerStarted("1"));
        try (TestClient client = new TestClient(socket)) {
            assertThat(client.ask(new Order.FollowEvents(0))).isEqualTo(new Reply.StreamOpened(0));
            assertThat(client.next().orElseThrow().as(EventRecord.class)).isEqualTo(before);
            assertThat(client.next().orElseThrow().as(StreamMessage.class))
                    .isEqualTo(new StreamMessage.CaughtUp(before.sequence()));

            EventRecord after = desk.journal.append(new ManagerStarted("2"));

            assertThat(client.next().orElseThrow().as(EventRecord.class)).isEqualTo(after);
        }
    }

    @Test
    void streamsAConsoleAndLetsGoOfItWhenThePeerLeaves() throws IOException {
        desk.hub.say("boot");
        try (TestClient client = new TestClient(socket)) {
            client.ask(new Order.OpenConsole(DB, "me", true, false, 100, true));
            assertThat(client.next().orElseThrow().payload())
                    .asString(StandardCharsets.UTF_8)
                    .contains("-- boot --");
            try (TestClient other = new TestClient(socket)) {
                assertRefused(
                        other.ask(new Order.OpenConsole(DB, "you", true, false, 0, true)),
                        ProblemCode.CONFLICT,
                        "'me' is typing");
                assertThat(other.ask(LIST)).isEqualTo(NONE);
            }
        }

        Awaitility.await().until(() -> desk.hub.status().viewers() == 0);
    }

    @Test
    void runsACommandWithInputOutputErrorsAndStatus() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.ask(command("cat; echo wrong >&2; exit 7"));
            client.send(new Frame(Frame.Kind.INPUT, "typed".getBytes(StandardCharsets.US_ASCII)));
            client.send(Frame.stream(new StreamMessage.EndOfInput()));

            assertThat(collect(client, Frame.Kind.OUTPUT)).isEqualTo("OUTPUT:typed ERROR_OUTPUT:wrong\n exited 7");
        }
        assertThat(client()).isTrue();
    }

    @Test
    void doesNotWaitForWhatACommandLeftInTheBackground() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.ask(command("sleep 30 & echo $!"));

            String all = CompletableFuture.supplyAsync(() -> {
                        try {
                            return collect(client, Frame.Kind.OUTPUT);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .get(10, TimeUnit.SECONDS);

            assertThat(all).endsWith("exited 0");
            ProcessHandle.of(Long.parseLong(
                            all.replaceAll("\\D*(\\d+).*", "$1").strip().split("\\s")[0]))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void endsACommandWhosePeerHasLeft() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.ask(command("exec sleep 1000"));
        }

        Awaitility.await().until(() -> desk.ended());
    }

    @Test
    void movesMuchInputThroughACommandThatReadsSlowly() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.ask(command("sleep 0.2; wc -c"));
            for (int i = 0; i < 20; i++) {
                client.send(new Frame(Frame.Kind.INPUT, new byte[50_000]));
            }
            client.send(Frame.stream(new StreamMessage.EndOfInput()));

            assertThat(collect(client, Frame.Kind.OUTPUT)).isEqualTo("OUTPUT:1000000\n exited 0");
        }
    }

    private boolean client() throws IOException {
        assertOthersAreServed();
        return desk.ended();
    }

    private static Order command(String script) {
        return new Order.ExecuteCommand(DB, List.of("/bin/sh", "-c", script), Map.of(), Optional.empty());
    }

    private static String collect(TestClient client, Frame.Kind first) throws IOException {
        StringBuilder all = new StringBuilder();
        Optional<Frame> frame = client.next();
        while (frame.isPresent()) {
            if (frame.get().kind() == Frame.Kind.MESSAGE) {
                all.append("exited ").append(((StreamMessage.Exited) frame.get().as(StreamMessage.class)).status());
            } else if (frame.get().payload().length > 0) {
                all.append(frame.get().kind())
                        .append(':')
                        .append(new String(frame.get().payload(), StandardCharsets.US_ASCII))
                        .append(' ');
            }
            frame = client.next();
        }
        assertThat(all.toString()).startsWith(first.name());
        return all.toString();
    }

    private void assertProtocolError(ByteBuffer bytes, String detail) throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send(bytes);

            assertRefused(client.reply(), ProblemCode.PROTOCOL_ERROR, detail);
            assertThat(client.next()).isEmpty();
        }
        assertOthersAreServed();
    }

    private void assertOthersAreServed() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            assertThat(client.ask(LIST)).isEqualTo(NONE);
        }
    }

    private static void assertRefused(Reply reply, ProblemCode code, String detail) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Refused.class, refused -> {
            assertThat(refused.problem().code()).isEqualTo(code);
            assertThat(refused.problem().detail()).contains(detail);
        });
    }

    private static Frame message(String json) {
        return new Frame(Frame.Kind.MESSAGE, json.getBytes(StandardCharsets.UTF_8));
    }

    private final class FakeDesk implements Desk {
        private final Journal journal = new Journal(System::currentTimeMillis);
        private ConsoleHub hub;
        private volatile long commandPid;

        boolean ended() {
            return ProcessHandle.of(commandPid).isEmpty();
        }

        @Override
        public Reply execute(Order order) {
            if (order instanceof Order.StartPartition) {
                throw Refusal.of(ProblemCode.WRONG_STATE, "it sleeps");
            } else if (order instanceof Order.VerifyPartition) {
                throw new IllegalStateException("a bug");
            }
            return order instanceof Order.ListPartitions ? NONE : new Reply.Done();
        }

        @Override
        public ConsoleViewer openConsole(Order.OpenConsole order) {
            return hub.open(
                    order.viewer(),
                    order.write(),
                    order.takeOver(),
                    ConsoleStart.withNewest(order.historyBytes()),
                    order.follow());
        }

        @Override
        public Entered enter(Order.ExecuteCommand order) {
            Pipe input = calls.pipe();
            Pipe output = calls.pipe();
            Pipe errors = calls.pipe();
            long pid = calls.spawn(new SpawnRequest(
                    order.command().get(0),
                    order.command(),
                    Map.of("PATH", "/usr/bin:/bin"),
                    Map.of(0, input.readEnd(), 1, output.writeEnd(), 2, errors.writeEnd())));
            commandPid = pid;
            Fd process = calls.openProcess(pid);
            List.of(input.readEnd(), output.writeEnd(), errors.writeEnd()).forEach(Fd::close);
            return new Entered(pid, process, input.writeEnd(), output.readEnd(), Optional.of(errors.readEnd()), false);
        }

        @Override
        public Journal journal() {
            return journal;
        }

        @Override
        public void leave() {}
    }
}
