package io.bulkhead.console.cli;

import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.terminal.KeyInterpreter;
import io.bulkhead.console.terminal.Notices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What is typed at a console session, and the keys among it that are meant for us. Reads on a thread of its own. */
final class ConsoleKeys {
    private static final long QUIET_MILLIS = 1000;

    private final ConsoleSession session;
    private final InputStream in;
    private final boolean interactive;
    private final KeyInterpreter keys = new KeyInterpreter();
    private volatile long lastOutputNanos;
    private volatile boolean toldToWatch;

    /** @param interactive whether a terminal types, so that there are keys of our own */
    ConsoleKeys(ConsoleSession session, InputStream in, boolean interactive) {
        this.session = session;
        this.in = in;
        this.interactive = interactive;
    }

    void start() {
        Thread thread = new Thread(this::read, "console-input");
        thread.setDaemon(true);
        thread.start();
    }

    /** Output has come; the end of input waits until none comes. */
    void somethingCame() {
        lastOutputNanos = System.nanoTime();
    }

    /** Who types to no effect is told once, and again after the typing has changed hands. */
    void mayTellAgain() {
        toldToWatch = false;
    }

    private void read() {
        byte[] piece = new byte[16 << 10];
        try {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                byte[] typed = Arrays.copyOf(piece, count);
                if (!interactive) {
                    type(typed);
                } else {
                    for (KeyInterpreter.Action action : keys.feed(typed)) {
                        act(action);
                    }
                }
            }
            if (!interactive) {
                waitForQuiet();
            }
            session.leave();
        } catch (IOException e) {
            session.leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void waitForQuiet() throws InterruptedException {
        lastOutputNanos = System.nanoTime();
        long quiet = 0;
        while (quiet < QUIET_MILLIS) {
            Thread.sleep(QUIET_MILLIS - quiet);
            quiet = (System.nanoTime() - lastOutputNanos) / 1_000_000;
        }
    }

    /** Keys that mean nothing now are typed: a writer's {@code ~www-data} or {@code ~root} is a path. */
    private void act(KeyInterpreter.Action action) throws InterruptedException {
        boolean writes = session.isWriter();
        if (action instanceof KeyInterpreter.Type typed) {
            type(typed.bytes());
        } else if (action instanceof KeyInterpreter.Detach) {
            session.leave();
        } else if (action instanceof KeyInterpreter.Help) {
            session.notice(Notices.KEYS);
        } else if (action instanceof KeyInterpreter.TakeOver) {
            sayOrType(!writes, new ClientMessage.TakeOver(""), "~w");
        } else if (action instanceof KeyInterpreter.Request) {
            sayOrType(!writes, new ClientMessage.Request(), "~r");
        } else if (action instanceof KeyInterpreter.Grant) {
            sayOrType(session.isAsked(), new ClientMessage.Grant(), "~g");
        } else if (action instanceof KeyInterpreter.Decline) {
            sayOrType(session.isAsked(), new ClientMessage.Decline(), "~n");
        } else if (action instanceof KeyInterpreter.ViewOnly) {
            session.send(new ClientMessage.Release());
        } else if (action instanceof KeyInterpreter.Break) {
            session.send(new ClientMessage.Break());
        }
    }

    private void sayOrType(boolean says, ClientMessage message, String keysAsTyped) throws InterruptedException {
        if (says) {
            session.send(message);
        } else {
            type(keysAsTyped.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void type(byte[] bytes) throws InterruptedException {
        if (session.isWriter()) {
            session.type(bytes);
        } else if (!toldToWatch) {
            session.notice("you are watching; ~w at the start of a line takes the typing over, ~r asks for it");
            toldToWatch = true;
        }
    }
}
