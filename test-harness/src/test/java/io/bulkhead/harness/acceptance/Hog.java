package io.bulkhead.harness.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Programs of the host that take all they can get; ended on close. */
final class Hog implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();

    private Hog() {}

    /** So many endless loops. */
    static Hog ofCpu(int loops) {
        Hog hog = new Hog();
        for (int i = 0; i < loops; i++) {
            hog.start(List.of("sh", "-c", "while :; do :; done"));
        }
        return hog;
    }

    /** One that touches memory until it is killed, and whom the kernel is to kill first. */
    static Hog ofMemory() {
        Hog hog = new Hog();
        hog.start(List.of(
                "sh",
                "-c",
                "echo 1000 > /proc/self/oom_score_adj; exec perl -e 'push @x, \"x\" x (8 << 20) . $i++ while 1'"));
        return hog;
    }

    private void start(List<String> command) {
        try {
            processes.add(new ProcessBuilder(command).inheritIO().start());
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    Process process() {
        return processes.get(0);
    }

    @Override
    public void close() {
        processes.forEach(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }
}
