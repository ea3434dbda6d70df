package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A person at a console: reads all of it on a thread of its own, types, and waits for what must appear. */
@SuppressWarnings("JdkObsolete") // two threads share the buffer
public final class ConsoleTap implements AutoCloseable {
    private final Syscalls sys;
    private final Fd master;
    private final StringBuffer seen = new StringBuffer();
    private final Thread reader;
    private volatile boolean closed;
    private int cursor;

    public ConsoleTap(Syscalls sys, Fd master) {
        this.sys = sys;
        this.master = master;
        this.reader = new Thread(this::readAll, "console-tap");
        reader.start();
    }

    private void readAll() {
        byte[] buffer = new byte[4096];
        try (Fd poll = sys.createPoll()) {
            sys.addToPoll(poll, master, 0, true, false);
            while (!closed) {
                sys.awaitReady(poll, 50);
                try {
                    int count = sys.read(master, buffer, 0, buffer.length);
                    seen.append(new String(buffer, 0, Math.max(count, 0), StandardCharsets.UTF_8));
                } catch (ErrnoException e) {
                    if (e.is(Errno.EIO)) {
                        return;
                    }
                    if (!e.is(Errno.EAGAIN)) {
                        throw e;
                    }
                }
            }
        }
    }

    public void type(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(sys.write(master, bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    /** Waits for a text behind the last one found; returns what came before it. */
    public String expect(String text) {
        return expect(text, Duration.ofSeconds(10));
    }

    public String expect(String text, Duration patience) {
        await().alias("\"" + text + "\" in the console's " + seen.substring(cursor))
                .pollInterval(Duration.ofMillis(2))
                .atMost(patience)
                .conditionEvaluationListener(condition -> {})
                .untilAsserted(() -> assertThat(seen.substring(cursor)).contains(text));
        int found = seen.indexOf(text, cursor);
        String before = seen.substring(cursor, found);
        cursor = found + text.length();
        return before;
    }

    /** Types a command for the shell and returns what it wrote; the command's echo cannot be taken for the mark. */
    public String run(String command) {
        return run(command, Duration.ofSeconds(10));
    }

    public String run(String command, Duration patience) {
        type(command + "; echo done''-mark\n");
        return expect("done-mark", patience)
                .replaceAll("\\e\\[[?0-9;]*[a-zA-Z]", "")
                .replace("\r", "")
                .replaceFirst("(?s)^.*done''-mark\n", "");
    }

    public String all() {
        return seen.toString();
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
