package io.bulkhead.console.serial.ssh;

import io.bulkhead.console.cli.Main;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.contract.order.Refusal;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** One line of the management shell: a verb of the command line, in this process, on a thread of its own. */
final class VerbCommand implements Command {
    /** How many run at once. */
    static final int MOST = 8;

    private static final Semaphore ROOM = new Semaphore(MOST);
    private static final int BUSY = 1;

    private final Supplier<String[]> words;
    private @Nullable OutputStream out;
    private @Nullable OutputStream err;
    private @Nullable ExitCallback exit;
    private final ServiceThread clock;
    private final long longestMillis;
    private volatile boolean tooLong;
    private Optional<Thread> running = Optional.empty();
    private Runnable stopClock = () -> {};

    /**
     * @param words to run, or a {@link Refusal}; asked on the verb's thread
     * @param clock by which it is ended
     * @param longestMillis how long it may run; 0 for however long
     */
    VerbCommand(Supplier<String[]> words, ServiceThread clock, long longestMillis) {
        this.words = words;
        this.clock = clock;
        this.longestMillis = longestMillis;
    }

    @Override
    public void setInputStream(InputStream stream) {
        // Nothing that reads is run here.
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        err = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
        Thread thread = new Thread(this::run, "ssh-verb");
        thread.setDaemon(true);
        running = Optional.of(thread);
        thread.start();
        if (longestMillis > 0) {
            clock.execute(() -> stopClock = clock.after(longestMillis, () -> {
                tooLong = true;
                thread.interrupt();
            }));
        }
    }

    private void run() {
        int status = BUSY;
        try (PrintStream data = printer(out);
                PrintStream rest = printer(err)) {
            if (!ROOM.tryAcquire()) {
                rest.print("bulkhead: " + MOST + " verbs are running already\n");
            } else {
                try {
                    status = Main.run(InputStream.nullInputStream(), data, rest, words.get());
                } catch (Refusal e) {
                    rest.print("bulkhead: " + e.problem().detail() + "\n");
                    status = e.problem().code().exitCode();
                } finally {
                    ROOM.release();
                }
            }
            if (tooLong) {
                rest.print("bulkhead: ended after " + longestMillis / 1_000 + " s, the longest time that is allowed\n");
            }
        }
        if (exit != null) {
            exit.onExit(status);
        }
    }

    private static PrintStream printer(@Nullable OutputStream stream) {
        return new PrintStream(stream == null ? OutputStream.nullOutputStream() : stream, true, StandardCharsets.UTF_8);
    }

    @Override
    public void destroy(ChannelSession channel) {
        running.ifPresent(Thread::interrupt);
        clock.execute(() -> stopClock.run());
    }
}
