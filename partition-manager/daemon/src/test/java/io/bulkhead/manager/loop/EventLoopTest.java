package io.bulkhead.manager.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.RecordingSyscalls;
import java.util.concurrent.CompletableFuture;
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
}
