package io.bulkhead.manager.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.InMemorySyscalls;
import io.bulkhead.manager.sys.RecordingSyscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EventChangeWatchTest {
    private static final Path FILE = Path.of("/sys/fs/cgroup/p-db/pids.events");

    private final InMemorySyscalls model = new InMemorySyscalls();
    private final RecordingSyscalls kernel = new RecordingSyscalls(model);
    private final EventLoop loop = EventLoop.start(kernel);
    private final EventChangeWatch watch = new EventChangeWatch(loop, kernel);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @AfterEach
    void nothingIsLeft() {
        loop.close();
        assertThat(kernel.leftovers()).isEmpty();
    }

    private String next() throws InterruptedException {
        return String.valueOf(told.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void tellsTheTextAfterEachChangeUntilClosed() throws Exception {
        model.change(FILE, "max 0");
        try (ChangeWatch.Watch open = watch.onChange(FILE, told::add).orElseThrow()) {
            assertThat(open.firstText()).isEqualTo("max 0");
            model.change(FILE, "max 1");
            assertThat(next()).isEqualTo("max 1");
            model.change(FILE, "max 2");
            assertThat(next()).isEqualTo("max 2");
        }
        model.change(FILE, "max 3");

        assertThat(told.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void tellsManyChangesTogetherAndTheLastForCertain() throws Exception {
        model.change(FILE, "max 0");
        try (ChangeWatch.Watch open = watch.onChange(FILE, told::add).orElseThrow()) {
            long begin = System.nanoTime();
            for (int i = 1; i <= 2000; i++) {
                model.change(FILE, "max " + i);
            }
            String last = next();
            int times = 1;
            for (; !last.equals("max 2000"); times++) {
                last = next();
            }

            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertThat(times).isLessThanOrEqualTo((int) (millis / 200) + 2);
            assertThat(open.firstText()).isEqualTo("max 0");
        }
    }

    @Test
    void fallsSilentWhenTheFileIsGone() throws Exception {
        model.change(FILE, "max 0");
        try (ChangeWatch.Watch open = watch.onChange(FILE, told::add).orElseThrow()) {
            model.change(FILE, "max 1");
            assertThat(next()).isEqualTo("max 1");
            model.vanish(FILE);

            assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
            int reads = kernel.calls("readAt").size();
            assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
            assertThat(kernel.calls("readAt")).hasSize(reads);
            assertThat(open.firstText()).isEqualTo("max 0");
        }
        assertThat(watch.onChange(FILE, told::add)).isEmpty();
    }

    @Test
    void leavesNothingOpenIfAnyCallFails() {
        model.change(FILE, "max 0");
        for (String call : new String[] {"open", "readAt", "addToPollForChanges"}) {
            kernel.failWhen(made -> made.name().equals(call), Errno.ENOMEM);

            assertThatThrownBy(() -> watch.onChange(FILE, told::add)).isInstanceOf(ErrnoException.class);
        }
    }

    @Test
    void tellsAFileFromOneThatComesAfterIt(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Object first = watch.identity(file).orElseThrow();
        assertThat(watch.identity(file)).contains(first);

        Files.move(
                Files.createFile(directory.resolve("other")), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(watch.identity(file)).isPresent().isNotEqualTo(java.util.Optional.of(first));
        assertThat(watch.identity(directory.resolve("absent"))).isEmpty();
    }
}
