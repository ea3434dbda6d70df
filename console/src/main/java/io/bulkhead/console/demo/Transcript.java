package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.Attached;
import io.bulkhead.console.client.ConsoleConnection;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.console.terminal.HarmlessText;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A short session at a console, as {@code bulkhead console} has it. */
final class Transcript {
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final Pattern PROMPT = Pattern.compile("(?s).*[#$] ?$");
    private static final long HISTORY_BYTES = 4096;

    private final ApiClient api;
    private final HarmlessText harmless = new HarmlessText();
    private final StringBuilder seen = new StringBuilder();

    Transcript(ApiClient api) {
        this.api = api;
    }

    /** Waits for a prompt, types a line, and gives what was seen up to the next prompt; less if that does not come. */
    String of(PartitionName name, String line) throws IOException {
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
        ClientMessage.Hello hello = ClientMessage.Hello.view("demo", Start.bytes(HISTORY_BYTES), LagPolicy.COMPLETE)
                .wishing(Wish.TAKE_OVER)
                .because("demonstration");
        try (Attached attached = api.attach(name, hello)) {
            ConsoleConnection stream = attached.connection();
            ScheduledFuture<?> end = watch.schedule(() -> closing(stream), DEADLINE.toSeconds(), TimeUnit.SECONDS);
            // A key wakes a login up that has shown its prompt long ago.
            type(stream, "\r");
            if (awaitPrompt(stream, 0)) {
                int before = seen.length();
                type(stream, line + "\r");
                awaitPrompt(stream, before + line.length());
            }
            end.cancel(false);
        } finally {
            watch.shutdownNow();
        }
        return seen.toString().strip();
    }

    private static void type(ConsoleConnection stream, String text) throws IOException {
        stream.send(new ClientMessage.Input(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))));
    }

    private boolean awaitPrompt(ConsoleConnection stream, int from) throws IOException {
        try {
            while (seen.length() <= from
                    || !PROMPT.matcher(seen.substring(from)).matches()) {
                Optional<ServerMessage> next = stream.receive();
                if (next.isEmpty()) {
                    return false;
                }
                bytes(next.get())
                        .ifPresent(bytes -> seen.append(new String(harmless.pass(bytes), StandardCharsets.UTF_8)));
            }
            return true;
        } catch (ClosedChannelException e) {
            return false;
        }
    }

    private static Optional<byte[]> bytes(ServerMessage message) {
        if (message instanceof ServerMessage.Output output) {
            return Optional.of(output.bytes().array());
        }
        return message instanceof ServerMessage.History history
                ? Optional.of(history.bytes().array())
                : Optional.empty();
    }

    private static void closing(ConsoleConnection stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a stream failed", e);
        }
    }
}
