package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.FrameStream;
import io.bulkhead.console.terminal.HarmlessText;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import java.io.IOException;
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
        try (FrameStream stream =
                api.openStream(new Order.OpenConsole(name, "demo", true, true, HISTORY_BYTES, true))) {
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

    private static void type(FrameStream stream, String text) throws IOException {
        stream.send(new Frame(Frame.Kind.INPUT, text.getBytes(StandardCharsets.US_ASCII)));
    }

    private boolean awaitPrompt(FrameStream stream, int from) throws IOException {
        try {
            while (seen.length() <= from
                    || !PROMPT.matcher(seen.substring(from)).matches()) {
                Optional<Frame> frame = stream.receive();
                if (frame.isEmpty()) {
                    return false;
                }
                if (frame.get().kind() == Frame.Kind.OUTPUT) {
                    seen.append(new String(harmless.pass(frame.get().payload()), StandardCharsets.UTF_8));
                }
            }
            return true;
        } catch (ClosedChannelException e) {
            return false;
        }
    }

    private static void closing(FrameStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a stream failed", e);
        }
    }
}
