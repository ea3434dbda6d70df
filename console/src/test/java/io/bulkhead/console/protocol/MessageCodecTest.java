package io.bulkhead.console.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Messages of the console protocol as bytes, and bytes that are none. */
class MessageCodecTest {
    private static final ClientMessage.Hello HELLO = ClientMessage.Hello.view(
                    "kim", Start.at(1L << 40), LagPolicy.INTERACTIVE)
            .wishing(Wish.TAKE_OVER)
            .because("maintenance ü")
            .raw(true)
            .crediting(70_000)
            .sized(Optional.of(new WindowSize(132, 43)));

    private static final List<ClientMessage> CLIENT = List.of(
            HELLO,
            ClientMessage.Hello.view("", Start.now(), LagPolicy.FOLLOW),
            new ClientMessage.Input(bytes("ls\r")),
            new ClientMessage.Credit(65_536),
            new ClientMessage.Resize(new WindowSize(80, 24)),
            new ClientMessage.Request(),
            new ClientMessage.Grant(),
            new ClientMessage.Decline(),
            new ClientMessage.TakeOver("it hangs"),
            new ClientMessage.Release(),
            new ClientMessage.Break(),
            new ClientMessage.Ping(-7),
            new ClientMessage.Pong(Long.MAX_VALUE));

    private static final List<ServerMessage> SERVER = List.of(
            new ServerMessage.Opened(
                    10, 1L << 50, "c0ffee", "root#1", ServerMessage.Role.waits(3), Optional.of("kim#2"), 16_384),
            new ServerMessage.Opened(0, 0, "", "", ServerMessage.Role.VIEWS, Optional.empty(), 0),
            new ServerMessage.Output(Long.MAX_VALUE - 5, bytes("out")),
            new ServerMessage.History(4, 9, bytes("kept")),
            new ServerMessage.Modes(bytes("\u001b[?1049h")),
            new ServerMessage.Gap(5, 99, ServerMessage.Gap.Loss.OLD),
            new ServerMessage.Credit(3),
            new ServerMessage.WriterChanged(
                    Optional.of("kim#2"),
                    ServerMessage.Role.WRITES,
                    ServerMessage.WriterChanged.Cause.TAKEN_OVER,
                    "it hangs"),
            new ServerMessage.WriterChanged(
                    Optional.empty(), ServerMessage.Role.VIEWS, ServerMessage.WriterChanged.Cause.IDLE, ""),
            new ServerMessage.Asked("root#1", 30),
            new ServerMessage.Answered("root#1", ServerMessage.Answered.Answer.TIMED_OUT),
            new ServerMessage.Mark(12, 1_700_000_000_000L, ServerMessage.Mark.Kind.BREAK, "tasks 3\nwaited"),
            new ServerMessage.Ping(1),
            new ServerMessage.Pong(2),
            new ServerMessage.Refused(ProblemCode.NOT_PERMITTED, "no", "ask"),
            new ServerMessage.End(true, "the control plane ends"));

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void carriesEveryMessageThereAndBack() {
        assertThat(CLIENT).allSatisfy(message -> assertThat(MessageCodec.decodeClient(
                        ByteBuffer.wrap(MessageCodec.encode(message).toBytes())))
                .isEqualTo(message));
        assertThat(SERVER).allSatisfy(message -> assertThat(MessageCodec.decodeServer(
                        ByteBuffer.wrap(MessageCodec.encode(message).toBytes())))
                .isEqualTo(message));
        assertThat(CLIENT.stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(ClientMessage.class.getPermittedSubclasses());
        assertThat(SERVER.stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(ServerMessage.class.getPermittedSubclasses());
    }

    @Test
    void writesWhatTheDescriptionSays() {
        assertThat(MessageCodec.encode(new ServerMessage.Output(258, bytes("ab")))
                        .toBytes())
                .containsExactly('d', 0, 0, 0, 0, 0, 0, 1, 2, 'a', 'b');
        assertThat(MessageCodec.encode(new ClientMessage.Resize(new WindowSize(80, 24)))
                        .toBytes())
                .containsExactly('S', 0, 80, 0, 24);
        assertThat(MessageCodec.encode(new ServerMessage.End(true, "x")).toBytes())
                .containsExactly('e', 1, 0, 1, 'x');
    }

    @Test
    @SuppressWarnings("ByteBufferBackingArray") // Both are wrapped arrays, and the same one is what is asked for.
    void sharesTheBytesOfOutput() {
        ByteBuffer shared = bytes("shared");

        assertThat(MessageCodec.encode(new ServerMessage.Output(0, shared))
                        .data()
                        .array())
                .isSameAs(shared.array());
    }

    @Test
    void refusesWhatIsNoMessage() {
        for (String wrong :
                List.of("", "?", "C\0\0\0\0", "C\0\0", "S\0\0\0\0", "RR", "T\0\1\n", "T\0\2x", "T\0\1\u0080")) {
            ByteBuffer bytes = ByteBuffer.wrap(wrong.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> MessageCodec.decodeClient(bytes)).as(wrong).isInstanceOf(ProtocolException.class);
        }
        ByteBuffer tooLong = ByteBuffer.allocate(MessageCodec.MOST_DATA + 2).put(0, (byte) 'I');
        assertThatThrownBy(() -> MessageCodec.decodeClient(tooLong)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> new ClientMessage.TakeOver("two\nlines")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cutsTextsThatAreTooLongBetweenCharacters() {
        ServerMessage.End end = new ServerMessage.End(false, "x" + "ü".repeat(4_000));

        ServerMessage read = MessageCodec.decodeServer(
                ByteBuffer.wrap(MessageCodec.encode(end).toBytes()));

        assertThat(read).isInstanceOfSatisfying(ServerMessage.End.class, cut -> assertThat(cut.reason())
                .matches("xü{2000,2047}"));
    }

    /** Whatever comes is a message or a {@link ProtocolException}; a message that was read is written as it came. */
    @Property(tries = 5_000)
    void readsAnyBytes(@ForAll @Size(max = 80) byte[] bytes, @ForAll @IntRange(min = 0, max = 40) int type) {
        if (bytes.length > 0 && type < 30) {
            bytes[0] = (byte) "HICSRGDTVBPQodhmgcwrakpqxe".charAt(type % 26);
        }
        try {
            ClientMessage message = MessageCodec.decodeClient(ByteBuffer.wrap(bytes));
            assertThat(MessageCodec.encode(message).toBytes()).isEqualTo(bytes);
        } catch (ProtocolException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
        try {
            MessageCodec.decodeServer(ByteBuffer.wrap(bytes));
        } catch (ProtocolException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    /** However a stream is cut, the same messages come out. */
    @Property(tries = 200)
    void splitsAStreamWhateverItsPieces(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        List<ClientMessage> sent = new ArrayList<>();
        ByteBuffer stream = ByteBuffer.allocate(1 << 20);
        for (int i = random.nextInt(30); i >= 0; i--) {
            ClientMessage message = CLIENT.get(random.nextInt(CLIENT.size()));
            byte[] encoded = MessageCodec.encode(message).toBytes();
            stream.put(MessageSplitter.prefix(encoded.length)).put(encoded);
            sent.add(message);
        }
        stream.flip();
        MessageSplitter splitter = new MessageSplitter();
        List<ClientMessage> received = new ArrayList<>();
        while (stream.hasRemaining()) {
            byte[] piece = new byte[Math.min(stream.remaining(), 1 + random.nextInt(random.nextBoolean() ? 3 : 300))];
            stream.get(piece);
            splitter.feed(ByteBuffer.wrap(piece)).forEach(each -> received.add(MessageCodec.decodeClient(each)));
        }

        assertThat(received).isEqualTo(sent);
    }

    @Test
    void refusesALengthAsSoonAsItIsThere() {
        for (int length : new int[] {0, -1, MessageCodec.MOST_MESSAGE + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new MessageSplitter().feed(MessageSplitter.prefix(length)))
                    .isInstanceOf(ProtocolException.class);
        }
    }
}
