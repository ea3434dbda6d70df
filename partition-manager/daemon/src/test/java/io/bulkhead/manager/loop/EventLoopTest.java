package io.bulkhead.manager.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.InMemorySyscalls;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.RecordingSyscalls;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop on a kernel in memory. */
@Timeout(30)
class EventLoopTest {
    private final RecordingSyscalls kernel = new RecordingSyscalls();

    @Test
    void startThatFailsAtAnyCallLeavesNothingOpen() {
        for (int k = 1; k <= 3; k++) {
            kernel.failCall(k, Errno.EMFILE);

            assertThatThrownBy(() -> EventLoop.start(kernel)).isInstanceOf(ErrnoException.class);

            assertThat(kernel.leftovers()).isEmpty();
        }
        EventLoop.start(kernel).close();
        assertThat(kernel.leftovers()).isEmpty();
    }

    @Test
    void registrationThatFailsIsForgotten() throws Exception {
        try (EventLoop loop = EventLoop.start(kernel);
                Pipe pipe = kernel.pipe()) {
            kernel.failWhen(call -> call.name().equals("addToPoll"), Errno.ENOMEM);

            assertThatThrownBy(() -> loop.register(pipe.readEnd(), Interest.READ, ready -> {}))
                    .hasMessageContaining("ENOMEM");

            CompletableFuture<String> alive = new CompletableFuture<>();
            loop.execute(() -> alive.complete("yes"));
            assertThat(alive.get(10, TimeUnit.SECONDS)).isEqualTo("yes");
        }
    }

    @Test
    void restsWhileThereIsNothingToDo() throws Exception {
        try (EventLoop loop = EventLoop.start(kernel)) {
            CompletableFuture<Integer> waits = new CompletableFuture<>();
            loop.schedule(300, () -> waits.complete(kernel.calls("awaitReady").size()));

            // One before the timer was known, one for the wake-up, one until it is due, one for the edge.
            assertThat(waits.get(10, TimeUnit.SECONDS)).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void tellsOfAChangedFileOnceForEachChange() throws Exception {
        InMemorySyscalls model = new InMemorySyscalls();
        Path path = Path.of("/sys/fs/cgroup/p-db/memory.events");
        model.change(path, "oom_kill 0");
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (EventLoop loop = EventLoop.start(model);
                Fd file = model.open(path, Set.of())) {
            Registration registration = loop.register(file, Interest.CHANGE, ready -> {
                byte[] text = new byte[64];
                told.add(ready.changed() + " " + new String(text, 0, model.readAt(file, 0, text, 0, 64), US_ASCII));
            });
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("true oom_kill 0");

            model.change(path, "oom_kill 1");
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("true oom_kill 1");

            // Not while it is not wanted, and then what has come meanwhile.
            registration.change(Interest.NONE);
            model.change(path, "oom_kill 2");
            assertThat(told.poll(100, TimeUnit.MILLISECONDS)).isNull();
            registration.change(Interest.CHANGE);
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("true oom_kill 2");
            assertThat(told.poll(100, TimeUnit.MILLISECONDS)).isNull();
            registration.cancel();
        }
    }

    @Test
    void changesFromReadingToChangesAndBack() throws Exception {
        try (EventLoop loop = EventLoop.start(kernel);
                Pipe pipe = kernel.pipe()) {
            CountDownLatch read = new CountDownLatch(1);
            Registration registration = loop.register(pipe.readEnd(), Interest.CHANGE, ready -> {
                kernel.read(pipe.readEnd(), new byte[1], 0, 1);
                read.countDown();
            });
            kernel.write(pipe.writeEnd(), new byte[1], 0, 1);
            assertThat(read.await(100, TimeUnit.MILLISECONDS)).isFalse();

            registration.change(Interest.READ);

            assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
            registration.cancel();
        }
    }
}
