package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.Attached;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.terminal.HarmlessText;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Waits until a console has put out what a pattern finds, escape sequences left out. Goes on where it was when the connection
 * breaks. The caller's thread waits; {@link #close} from another one ends that.
 */
final class ConsoleWait implements AutoCloseable {
    /** How far back from what is new a match may begin, in bytes. */
    static final int MOST_MATCH_BYTES = 8 << 10;

    private static final int CREDIT = 256 << 10;
    private static final long RETRY_MILLIS = 200;

    private final ApiClient api;
    private final PartitionName name;
    private final Pattern pattern;
    private final HarmlessText harmless = new HarmlessText();
    private byte[] recent = new byte[0];
    private Start next;
    private volatile boolean closed;
    private volatile Optional<Attached> current = Optional.empty();

    /** @param start where to begin to look */
    ConsoleWait(ApiClient api, PartitionName name, Pattern pattern, Start start) {
        this.api = api;
        this.name = name;
        this.pattern = pattern;
        this.next = start;
    }

    /**
     * What was found; empty when this was closed before.
     *
     * @throws Refusal NOT_FOUND where the console ends, and whatever the first attachment is refused by
     */
    Optional<String> await() throws IOException {
        boolean began = false;
        while (!closed) {
            try (Attached attached = api.attach(name, hello())) {
                began = true;
                current = Optional.of(attached);
                next = Start.at(attached.opened().offset());
                Optional<String> found = closed ? Optional.empty() : watch(attached);
                if (found.isPresent()) {
                    return found;
                }
            } catch (Refusal e) {
                if (!began || e.problem().code() != ProblemCode.UNREACHABLE) {
                    throw e;
                }
            }
            pause();
        }
        return Optional.empty();
    }

    private ClientMessage.Hello hello() {
        return ClientMessage.Hello.view("wait", next, LagPolicy.COMPLETE)
                .raw(true)
                .crediting(CREDIT);
    }

    private void pause() {
        try {
            Thread.sleep(closed ? 0 : RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** Empty when the connection has ended. */
    private Optional<String> watch(Attached attached) {
        try {
            for (Optional<ServerMessage> message = attached.connection().receive();
                    message.isPresent();
                    message = attached.connection().receive()) {
                Optional<String> found = take(attached, message.get());
                if (found.isPresent()) {
                    return found;
                }
            }
        } catch (IOException e) {
            // Attached again, or closed on purpose.
            return Optional.empty();
        }
        return Optional.empty();
    }

    private Optional<String> take(Attached attached, ServerMessage message) throws IOException {
        if (message instanceof ServerMessage.Output output) {
            int length = output.bytes().remaining();
            byte[] bytes = new byte[length];
            output.bytes().get(bytes);
            next = Start.at(output.offset() + length);
            // Before the credit: where that cannot be sent any more, what came counts all the same.
            Optional<String> found = look(harmless.pass(bytes));
            attached.connection().send(new ClientMessage.Credit(length));
            return found;
        } else if (message instanceof ServerMessage.Gap gap) {
            next = Start.at(gap.to());
            recent = new byte[0];
        } else if (message instanceof ServerMessage.End end && !end.comesBack()) {
            throw Refusal.of(ProblemCode.NOT_FOUND, end.reason());
        }
        return Optional.empty();
    }

    private Optional<String> look(byte[] fresh) {
        byte[] all = Arrays.copyOf(recent, recent.length + fresh.length);
        System.arraycopy(fresh, 0, all, recent.length, fresh.length);
        Matcher matcher = pattern.matcher(StandardCharsets.UTF_8.decode(ByteBuffer.wrap(all)));
        recent = Arrays.copyOfRange(all, Math.max(0, all.length - MOST_MATCH_BYTES), all.length);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        if (current.isPresent()) {
            current.get().close();
        }
    }
}
