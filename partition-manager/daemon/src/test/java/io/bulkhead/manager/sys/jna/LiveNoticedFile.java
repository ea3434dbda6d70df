package io.bulkhead.manager.sys.jna;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.manager.sys.SyscallsContract.NoticedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** The events of a control group of version 2, of our own, which change when a process comes or goes. */
final class LiveNoticedFile implements NoticedFile {
    private final Path group;
    private Optional<Process> inside = Optional.empty();

    private LiveNoticedFile(Path group) {
        this.group = group;
    }

    static NoticedFile make() throws IOException {
        Optional<Path> mount = Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(words -> words[2].equals("cgroup2"))
                .map(words -> Path.of(words[1]))
                .findFirst();
        assumeTrue(mount.isPresent(), "cgroup v2 is mounted nowhere");
        return new LiveNoticedFile(Files.createTempDirectory(mount.get(), "bulkhead-test-notices-"));
    }

    @Override
    public Path path() {
        return group.resolve("cgroup.events");
    }

    @Override
    public void change() throws IOException {
        if (inside.isPresent()) {
            inside.get().destroyForcibly().onExit().join();
            inside = Optional.empty();
        } else {
            Process process = new ProcessBuilder(List.of("sleep", "60")).start();
            inside = Optional.of(process);
            Files.writeString(group.resolve("cgroup.procs"), process.pid() + "\n");
        }
    }

    @Override
    public void close() throws IOException {
        if (inside.isPresent()) {
            change();
        }
        // A process that was reaped may still be in its group for a moment.
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .ignoreExceptions()
                .until(() -> Files.deleteIfExists(group) || !Files.exists(group));
    }
}
