package io.bulkhead.console.protocol;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.wire.RecordCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Messages as bytes: one byte for the type, then the fields, all numbers big-endian; {@code console/PROTOCOL.md}.
 *
 * <p>A message is given in two parts, its head and its data, so that data that many viewers share is never copied to be
 * sent. Pure.
 */
public final class MessageCodec {
    /** The only version there is. */
    public static final int VERSION = 1;

    /** The most data in one message, bytes. */
    public static final int MOST_DATA = 16 << 10;

    /** The longest message. */
    public static final int MOST_MESSAGE = MOST_DATA + (4 << 10);

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private MessageCodec() {}

    /**
     * A message as bytes.
     *
     * @param head type and fields
     * @param data behind it; shared, not to be written to
     */
    public record Encoded(ByteBuffer head, ByteBuffer data) {
        /** Length of both together. */
        public int length() {
            return head.remaining() + data.remaining();
        }

        /** Both in one array of their own. */
        public byte[] toBytes() {
            byte[] all = new byte[length()];
            int first = head.remaining();
            head.duplicate().get(all, 0, first);
            data.duplicate().get(all, first, all.length - first);
            return all;
        }
    }

    private static Encoded only(MessageWriter head) {
        return new Encoded(head.done(), NOTHING);
    }

    private static Encoded with(MessageWriter head, ByteBuffer data) {
        if (data.remaining() > MOST_DATA) {
            throw new IllegalArgumentException("a message holds at most " + MOST_DATA + " bytes of data");
        }
        return new Encoded(head.done(), data.duplicate());
    }

    // ---- what viewers say

    /** What a viewer says, as bytes. */
    public static Encoded encode(ClientMessage message) {
        if (message instanceof ClientMessage.Input input) {
            return with(new MessageWriter('I'), input.bytes());
        } else if (message instanceof ClientMessage.Credit credit) {
            return only(new MessageWriter('C').count(credit.bytes()));
        } else if (message instanceof ClientMessage.Hello hello) {
            return only(encode(hello));
        } else if (message instanceof ClientMessage.Resize resize) {
            return only(size(new MessageWriter('S'), Optional.of(resize.size())));
        } else if (message instanceof ClientMessage.TakeOver takeOver) {
            return only(new MessageWriter('T').text(takeOver.reason()));
        } else if (message instanceof ClientMessage.Ping ping) {
            return only(new MessageWriter('P').number(ping.number()));
        } else if (message instanceof ClientMessage.Pong pong) {
            return only(new MessageWriter('Q').number(pong.number()));
        }
        return only(new MessageWriter(bareType(message)));
    }

    private static char bareType(ClientMessage message) {
        if (message instanceof ClientMessage.Request) {
            return 'R';
        } else if (message instanceof ClientMessage.Grant) {
            return 'G';
        } else if (message instanceof ClientMessage.Decline) {
            return 'D';
        } else if (message instanceof ClientMessage.Release) {
            return 'V';
        } else if (message instanceof ClientMessage.Break) {
            return 'B';
        }
        throw new IllegalArgumentException("no type for " + message);
    }

    private static MessageWriter encode(ClientMessage.Hello hello) {
        MessageWriter head = new MessageWriter('H')
                .unsignedByte(hello.version())
                .constant(hello.start().kind())
                .number(hello.start().amount())
                .constant(hello.wish())
                .constant(hello.policy())
                .truth(hello.raw())
                .count(hello.credit());
        return size(head, hello.size()).text(hello.name()).text(hello.reason());
    }

    /** Columns and rows; 0 and 0 where there is no size. */
    private static MessageWriter size(MessageWriter head, Optional<WindowSize> size) {
        return head.unsignedShort(size.map(WindowSize::columns).orElse(0))
                .unsignedShort(size.map(WindowSize::rows).orElse(0));
    }

    /** One whole message of a viewer; {@link ProtocolException} where it is none. */
    public static ClientMessage decodeClient(ByteBuffer bytes) {
        MessageReader in = new MessageReader(bytes);
        try {
            ClientMessage message = client((char) in.unsignedByte(), in);
            in.end();
            return message;
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ClientMessage client(char type, MessageReader in) {
        return switch (type) {
            case 'H' -> hello(in);
            case 'I' -> new ClientMessage.Input(in.rest());
            case 'C' -> new ClientMessage.Credit(in.count());
            case 'S' -> new ClientMessage.Resize(new WindowSize(in.unsignedShort(), in.unsignedShort()));
            case 'R' -> new ClientMessage.Request();
            case 'G' -> new ClientMessage.Grant();
            case 'D' -> new ClientMessage.Decline();
            case 'T' -> new ClientMessage.TakeOver(in.text());
            case 'V' -> new ClientMessage.Release();
            case 'B' -> new ClientMessage.Break();
            case 'P' -> new ClientMessage.Ping(in.number());
            case 'Q' -> new ClientMessage.Pong(in.number());
            default -> throw unknown(type);
        };
    }

    private static ClientMessage.Hello hello(MessageReader in) {
        int version = in.unsignedByte();
        Start start = new Start(in.constant(Start.Kind.values()), in.offset());
        Wish wish = in.constant(Wish.values());
        LagPolicy policy = in.constant(LagPolicy.values());
        boolean raw = in.truth();
        int credit = in.count();
        int columns = in.unsignedShort();
        int rows = in.unsignedShort();
        Optional<WindowSize> size =
                columns == 0 && rows == 0 ? Optional.empty() : Optional.of(new WindowSize(columns, rows));
        String name = in.text();
        String reason = in.text();
        return new ClientMessage.Hello(version, name, start, wish, reason, policy, raw, credit, size);
    }

    // ---- what the service says

    /** What the service says, as bytes. */
    public static Encoded encode(ServerMessage message) {
        if (message instanceof ServerMessage.Output output) {
            return with(new MessageWriter('d').number(output.offset()), output.bytes());
        } else if (message instanceof ServerMessage.History history) {
            return with(new MessageWriter('h').number(history.offset()).count(history.length()), history.bytes());
        } else if (message instanceof ServerMessage.Modes modes) {
            return with(new MessageWriter('m'), modes.bytes());
        }
        return only(head(message));
    }

    private static MessageWriter head(ServerMessage message) {
        if (message instanceof ServerMessage.Opened opened) {
            return role(
                            new MessageWriter('o')
                                    .number(opened.offset())
                                    .number(opened.end())
                                    .count(opened.inputCredit()),
                            opened.role())
                    .text(opened.creation())
                    .text(opened.viewer())
                    .text(opened.writer().orElse(""));
        } else if (message instanceof ServerMessage.Gap gap) {
            return new MessageWriter('g').number(gap.from()).number(gap.to()).constant(gap.cause());
        } else if (message instanceof ServerMessage.Credit credit) {
            return new MessageWriter('c').count(credit.bytes());
        } else if (message instanceof ServerMessage.WriterChanged changed) {
            return role(new MessageWriter('w').constant(changed.cause()), changed.role())
                    .text(changed.writer().orElse(""))
                    .text(changed.reason());
        } else if (message instanceof ServerMessage.Asked asked) {
            return new MessageWriter('r').count(asked.seconds()).text(asked.viewer());
        } else if (message instanceof ServerMessage.Answered answered) {
            return new MessageWriter('a').constant(answered.answer()).text(answered.viewer());
        } else if (message instanceof ServerMessage.Mark mark) {
            return new MessageWriter('k')
                    .number(mark.offset())
                    .number(mark.timeMillis())
                    .constant(mark.kind())
                    .text(mark.detail());
        }
        return last(message);
    }

    private static MessageWriter last(ServerMessage message) {
        if (message instanceof ServerMessage.Ping ping) {
            return new MessageWriter('p').number(ping.number());
        } else if (message instanceof ServerMessage.Pong pong) {
            return new MessageWriter('q').number(pong.number());
        } else if (message instanceof ServerMessage.Refused refused) {
            return new MessageWriter('x')
                    .text(RecordCodec.constantName(refused.code()))
                    .text(refused.detail())
                    .text(refused.remedy());
        } else if (message instanceof ServerMessage.End end) {
            return new MessageWriter('e').truth(end.comesBack()).text(end.reason());
        }
        throw new IllegalArgumentException("no type for " + message);
    }

    private static MessageWriter role(MessageWriter head, ServerMessage.Role role) {
        return head.constant(role.kind()).unsignedShort(role.place());
    }

    /** One whole message of the service; {@link ProtocolException} where it is none. */
    public static ServerMessage decodeServer(ByteBuffer bytes) {
        MessageReader in = new MessageReader(bytes);
        try {
            ServerMessage message = server((char) in.unsignedByte(), in);
            in.end();
            return message;
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ServerMessage server(char type, MessageReader in) {
        return switch (type) {
            case 'o' -> opened(in);
            case 'd' -> new ServerMessage.Output(in.offset(), in.rest());
            case 'h' -> new ServerMessage.History(in.offset(), in.count(), in.rest());
            case 'm' -> new ServerMessage.Modes(in.rest());
            case 'g' -> new ServerMessage.Gap(in.offset(), in.offset(), in.constant(ServerMessage.Gap.Loss.values()));
            case 'c' -> new ServerMessage.Credit(in.count());
            case 'w' -> changed(in);
            case 'r' -> asked(in);
            case 'a' -> answered(in);
            case 'k' ->
                new ServerMessage.Mark(
                        in.offset(), in.number(), in.constant(ServerMessage.Mark.Kind.values()), in.text());
            case 'p' -> new ServerMessage.Ping(in.number());
            case 'q' -> new ServerMessage.Pong(in.number());
            case 'x' -> new ServerMessage.Refused(problem(in.text()), in.text(), in.text());
            case 'e' -> new ServerMessage.End(in.truth(), in.text());
            default -> throw unknown(type);
        };
    }

    private static ServerMessage.Opened opened(MessageReader in) {
        long offset = in.offset();
        long end = in.offset();
        int inputCredit = in.count();
        ServerMessage.Role role = role(in);
        return new ServerMessage.Opened(offset, end, in.text(), in.text(), role, present(in.text()), inputCredit);
    }

    private static ServerMessage.WriterChanged changed(MessageReader in) {
        ServerMessage.WriterChanged.Cause cause = in.constant(ServerMessage.WriterChanged.Cause.values());
        ServerMessage.Role role = role(in);
        return new ServerMessage.WriterChanged(present(in.text()), role, cause, in.text());
    }

    private static ServerMessage.Asked asked(MessageReader in) {
        int seconds = in.count();
        return new ServerMessage.Asked(in.text(), seconds);
    }

    private static ServerMessage.Answered answered(MessageReader in) {
        ServerMessage.Answered.Answer answer = in.constant(ServerMessage.Answered.Answer.values());
        return new ServerMessage.Answered(in.text(), answer);
    }

    private static ServerMessage.Role role(MessageReader in) {
        return new ServerMessage.Role(in.constant(ServerMessage.Role.Standing.values()), in.unsignedShort());
    }

    /** The kind of problem; one that this version does not know is a failure. */
    private static ProblemCode problem(String name) {
        return Arrays.stream(ProblemCode.values())
                .filter(each -> RecordCodec.constantName(each).equals(name))
                .findFirst()
                .orElse(ProblemCode.FAILED);
    }

    private static Optional<String> present(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static ProtocolException unknown(char type) {
        return new ProtocolException("a message has the unknown type 0x" + Integer.toHexString(type));
    }
}
