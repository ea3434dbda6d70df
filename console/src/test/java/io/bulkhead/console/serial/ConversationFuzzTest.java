package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.ClientMessage.Hello;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Three viewers say anything in any order, while the console puts out, loses and takes what it likes: none of them brings
 * the service down, gets output that does not follow, or has more kept for it than it may. A run of the tests tries the
 * inputs that are kept; with {@code JAZZER_FUZZ=1} new ones are sought.
 */
class ConversationFuzzTest {
    private static final PartitionName DB = new PartitionName("db");
    private static final int VIEWERS = 3;
    private static final int MOST_STEPS = 400;

    /** What is asked for beyond it comes negative, from Jazzer. */
    private static final int MOST_NUMBER = 1 << 30;

    /** A service, its viewers and its console: new each time, as Jazzer keeps the object that the target is a method of. */
    private static final class Room {
        private final FakeThread thread = new FakeThread();
        private final FakeLines lines = new FakeLines();
        private final FakeLogs logs = new FakeLogs();
        private final List<Seat> seats = new ArrayList<>();
        private final ConsoleService service = new ConsoleService(new ConsoleService.Parts(
                thread,
                lines,
                logs,
                logs,
                ConsoleRights.byRole(),
                (caller, verb, partition, problem) -> {},
                name -> CompletableFuture.completedFuture("tasks 3\nstate running"),
                ConsoleOptions.DEFAULT));

        Room(FuzzedDataProvider data) {
            service.start();
            lines.has("db", 0, 0, "one");
            lines.line().put("before \u001b[6n\u001b[?1049h");
            IntStream.range(0, VIEWERS).forEach(number -> seats.add(new Seat("viewer-" + number)));
            seats.forEach(each -> each.say(
                    Hello.view("", Start.bytes(1_000), LagPolicy.COMPLETE).wishing(data.pickValue(Wish.values()))));
        }

        private void take(FuzzedDataProvider data) {
            Seat seat = seats.get(data.consumeInt(0, VIEWERS - 1));
            switch (data.consumeInt(0, 15)) {
                case 0 -> seat.conversation.received(ByteBuffer.wrap(data.consumeBytes(data.consumeInt(0, 64))));
                case 1 -> seat.conversation.received(ByteBuffer.wrap(nearly(data)));
                case 2 -> seat.say(hello(data));
                case 3 -> seat.say(message(data));
                case 4 -> {
                    ClientMessage again = message(data);
                    IntStream.range(0, data.consumeInt(1, 60)).forEach(time -> seat.say(again));
                }
                case 5 -> lines.line().put(output(data));
                case 6 -> lines.line().lose(data.consumeInt(1, 1 << 16));
                case 7 -> {
                    if (data.consumeBoolean()) {
                        seat.stall();
                    } else {
                        seat.goOn();
                    }
                }
                case 8 -> thread.pass(data.consumeInt(1, 30_000));
                case 9 -> {
                    if (data.consumeBoolean()) {
                        lines.line().holdUp();
                    } else {
                        lines.line().takeAll();
                    }
                }
                default -> {
                    // Often, as most of what is said above ends the conversation.
                    seat.anew();
                    seat.say(hello(data));
                }
            }
        }

        /** All goes on, and everybody leaves. */
        void end() {
            seats.forEach(Seat::goOn);
            thread.pass(100_000);
            for (Seat each : seats) {
                assertThat(each.sink.position() < 0 || each.sink.balances()).isTrue();
                each.conversation.gone();
            }
            assertThat(service.reports())
                    .allSatisfy(report -> assertThat(report.viewers()).isEmpty());
        }

        /** Where one viewer sits after the other. */
        private final class Seat {
            private final Caller caller;
            private FakeSink sink = new FakeSink();
            private Conversation conversation;

            Seat(String name) {
                caller = new Caller(name, Optional.of(Role.OPERATOR), Caller.Transport.TCP, name);
                conversation = new Conversation((hello, to) -> service.attach(DB, caller, hello, to), sink);
            }

            void anew() {
                conversation.gone();
                sink = new FakeSink();
                conversation = new Conversation((hello, to) -> service.attach(DB, caller, hello, to), sink);
            }

            void say(ClientMessage message) {
                conversation.received(
                        ByteBuffer.wrap(MessageCodec.encode(message).toBytes()));
            }

            void stall() {
                sink.writable(false);
            }

            /** What was kept for a viewer that took nothing comes now, and is not much. */
            void goOn() {
                int known = sink.messages().size();
                sink.writable(true);
                conversation.writable();
                List<ServerMessage> came =
                        sink.messages().subList(known, sink.messages().size());
                assertThat(came.stream().filter(Seat::isBeside).count()).isLessThanOrEqualTo(Viewer.MOST_WAITING);
            }

            private static boolean isBeside(ServerMessage message) {
                return !(message instanceof ServerMessage.Output
                        || message instanceof ServerMessage.History
                        || message instanceof ServerMessage.Modes
                        || message instanceof ServerMessage.Gap
                        || message instanceof ServerMessage.Credit);
            }
        }
    }

    /** Bytes that are no message at all, or nearly one; and messages that are, with anything in them. */
    @FuzzTest(maxDuration = "2m")
    void takesAnythingFromAnybody(FuzzedDataProvider data) {
        Room room = new Room(data);
        for (int step = 0; step < MOST_STEPS && data.remainingBytes() > 0; step++) {
            room.take(data);
            room.thread.run();
        }
        room.end();
    }

    private static byte[] nearly(FuzzedDataProvider data) {
        byte[] rest = data.consumeBytes(data.consumeInt(0, 40));
        byte[] message = new byte[rest.length + 1];
        message[0] = (byte) "HICSRGDTVBPQ".charAt(data.consumeInt(0, 11));
        System.arraycopy(rest, 0, message, 1, rest.length);
        return message;
    }

    private static byte[] output(FuzzedDataProvider data) {
        byte[] piece = data.consumeBytes(data.consumeInt(1, 64));
        byte[] all = new byte[piece.length * data.consumeInt(1, 1_000)];
        for (int at = 0; at < all.length; at++) {
            all[at] = piece[at % piece.length];
        }
        return all;
    }

    private static ClientMessage hello(FuzzedDataProvider data) {
        return Hello.view("x", start(data), data.pickValue(LagPolicy.values()))
                .wishing(data.pickValue(Wish.values()))
                .raw(data.consumeBoolean())
                .crediting(data.consumeInt(0, MOST_NUMBER))
                .sized(data.consumeBoolean() ? Optional.of(size(data)) : Optional.empty());
    }

    private static Start start(FuzzedDataProvider data) {
        long amount =
                data.consumeBoolean() ? data.consumeInt(0, 100_000) : data.consumeLong(0, (long) MOST_NUMBER << 32);
        return switch (data.consumeInt(0, 4)) {
            case 0 -> Start.now();
            case 1 -> Start.at(amount);
            case 2 -> Start.bytes(amount);
            case 3 -> Start.lines(amount);
            default -> Start.run();
        };
    }

    private static WindowSize size(FuzzedDataProvider data) {
        return new WindowSize(data.consumeInt(1, 1_000), data.consumeInt(1, 1_000));
    }

    private static ClientMessage message(FuzzedDataProvider data) {
        return switch (data.consumeInt(0, 10)) {
            case 0 -> new ClientMessage.Credit(data.consumeInt(1, MOST_NUMBER));
            case 1 -> new ClientMessage.Resize(size(data));
            case 2 -> new ClientMessage.Request();
            case 3 -> new ClientMessage.Grant();
            case 4 -> new ClientMessage.Decline();
            case 5 -> new ClientMessage.TakeOver("why");
            case 6 -> new ClientMessage.Release();
            case 7 -> new ClientMessage.Break();
            case 8 -> new ClientMessage.Ping(data.consumeLong());
            case 9 -> new ClientMessage.Pong(data.consumeLong());
            default -> new ClientMessage.Input(ByteBuffer.wrap(new byte[data.consumeInt(0, MessageCodec.MOST_DATA)]));
        };
    }
}
