package io.bulkhead.manager.life;

import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.loop.Interest;
import io.bulkhead.manager.loop.Registration;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Changes of kernel files on the manager's event loop, by EPOLLPRI. After each notice the file is left alone for
 * {@value #PAUSE_MILLIS} ms: a partition makes its own counters rise as fast as it likes, and must not keep the manager
 * busy by that. What comes meanwhile is told afterwards. Safe for any thread.
 */
public final class EventChangeWatch implements ChangeWatch {
    private static final long PAUSE_MILLIS = 200;
    private static final int PIECE_BYTES = 1024;

    private final EventLoop loop;
    private final Syscalls calls;

    public EventChangeWatch(EventLoop loop, Syscalls calls) {
        this.loop = loop;
        this.calls = calls;
    }

    @Override
    public Optional<Object> identity(Path file) {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            // Gone.
            return Optional.empty();
        }
    }

    @Override
    public Optional<Watch> onChange(Path file, Consumer<String> changed) {
        Fd open;
        try {
            open = calls.open(file, Set.of());
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            return Optional.of(new Changing(open, changed));
        } catch (RuntimeException e) {
            open.close();
            if (e instanceof ErrnoException failure && failure.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** One file. Owns its descriptor. */
    private final class Changing implements Watch {
        private final Fd file;
        private final Consumer<String> changed;
        private final String firstText;
        private final CompletableFuture<Registration> registered = new CompletableFuture<>();

        Changing(Fd file, Consumer<String> changed) {
            this.file = file;
            this.changed = changed;
            this.firstText = text();
            registered.complete(loop.register(file, Interest.CHANGE, ready -> told()));
        }

        @Override
        public String firstText() {
            return firstText;
        }

        private void told() {
            // Where the loop is faster than register, this comes right after it.
            CompletableFuture<Void> unused = registered.thenAccept(known -> known.change(Interest.NONE));
            String text;
            try {
                text = text();
            } catch (ErrnoException e) {
                if (e.is(Errno.ENODEV)) {
                    // Its group is gone; who watches finds that out by its identity.
                    return;
                }
                throw e;
            }
            loop.schedule(PAUSE_MILLIS, () -> registered.join().change(Interest.CHANGE));
            changed.accept(text);
        }

        /** Reads from the beginning, which takes the notice away. */
        private String text() {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = calls.readAt(file, 0, piece, 0, PIECE_BYTES);
                    count > 0;
                    count = calls.readAt(file, text.size(), piece, 0, PIECE_BYTES)) {
                text.write(piece, 0, count);
            }
            return text.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            registered.join().cancel();
            file.close();
        }
    }
}
