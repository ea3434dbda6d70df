package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCommandTest {
    @TempDir
    private Path directory;

    @Test
    void aProgramEndsWithTheThreadThatStartedIt() throws Exception {
        AtomicReference<Process> started = new AtomicReference<>();
        Thread starter = new Thread(() -> {
            try {
                started.set(HostCommand.start(List.of("sleep", "1000"), directory.resolve("log")));
                // Before that the kernel does not know yet that the two belong together.
                Path name = Path.of("/proc/" + started.get().pid() + "/comm");
                await().until(() -> Files.readString(name).strip().equals("sleep"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        starter.start();
        starter.join();

        await().atMost(Duration.ofSeconds(5)).until(() -> !started.get().isAlive());
    }

    @Test
    void aProgramThatTakesTooLongIsEnded() {
        assertThatThrownBy(() ->
                        HostCommand.run(List.of("sleep", "1000"), directory.resolve("log"), Duration.ofMillis(100)))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("sleep is not done");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .noneMatch(child -> child.info().commandLine().orElse("").contains("sleep 1000"));
    }
}
