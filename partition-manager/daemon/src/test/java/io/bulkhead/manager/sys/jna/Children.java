package io.bulkhead.manager.sys.jna;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** Small programs that tests start and wait for. */
final class Children {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");

    /**
     * What a program has written, and how it ended.
     *
     * @param output standard output and error
     * @param end exit or signal
     */
    record Result(String output, ProcessEnd end) {}

    private final Syscalls kernel;

    Children(Syscalls kernel) {
        this.kernel = kernel;
    }

    static SpawnRequest shell(String script, Map<Integer, Fd> descriptors) {
        return new SpawnRequest("/bin/sh", List.of("sh", "-c", script), ENVIRONMENT, descriptors);
    }

    /** Runs a script with nothing to read, to its end. */
    Result run(String script) {
        try (Pipe input = kernel.pipe();
                Pipe output = kernel.pipe()) {
            long pid =
                    kernel.spawn(shell(script, Map.of(0, input.readEnd(), 1, output.writeEnd(), 2, output.writeEnd())));
            try (Fd process = kernel.openProcess(pid)) {
                output.writeEnd().close();
                String text = readAll(output.readEnd());
                return new Result(text, waitFor(process));
            }
        }
    }

    /** Reads to the end of file. */
    String readAll(Fd fd) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[4096];
        for (int count = kernel.read(fd, some, 0, some.length);
                count >= 0;
                count = kernel.read(fd, some, 0, some.length)) {
            all.write(some, 0, count);
        }
        return all.toString(UTF_8);
    }

    ProcessEnd waitFor(Fd process) {
        AtomicReference<Optional<ProcessEnd>> end = new AtomicReference<>(Optional.empty());
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    end.set(kernel.pollEnd(process));
                    return end.get().isPresent();
                });
        return end.get().orElseThrow();
    }

    /** Runs work on a platform thread that is thrown away afterwards. */
    static <T> T onThrowAwayThread(Callable<T> work) throws Exception {
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.set(work.call());
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                },
                "throw-away");
        thread.start();
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError("on the throw-away thread", failure.get());
        }
        return result.get();
    }
}
