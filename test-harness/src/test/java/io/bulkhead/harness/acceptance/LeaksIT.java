package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is started and stopped leaves nothing behind, however often. */
@Alone("it compares what the whole host has before and after")
class LeaksIT {
    private static final int ROUNDS = 200;

    /** What the manager process itself holds. */
    record Held(long descriptors, long threads) {
        static Held by(long pid) throws IOException {
            return new Held(count(Path.of("/proc/" + pid + "/fd")), count(Path.of("/proc/" + pid + "/task")));
        }

        private static long count(Path directory) throws IOException {
            try (Stream<Path> entries = Files.list(directory)) {
                return entries.count();
            }
        }
    }

    @Test
    @NotInTheLab("two hundred rounds take half an hour there")
    @Proves("nothing is left behind")
    void twoHundredRoundsOfStartAndStopLeaveEveryCountWhereItWas() throws IOException {
        try (Installation host = Installation.up()) {
            host.run("define", "round", "--cpus", "0.3", "--memory", "64MiB").expect(0);
            // The first rounds load classes and fill caches that stay by design.
            for (int i = 0; i < 10; i++) {
                round(host);
            }
            HostSnapshot before = host.snapshot();
            Held heldBefore = Held.by(host.managerPid());

            for (int i = 0; i < ROUNDS; i++) {
                round(host);
            }

            assertThat(host.snapshot()).isEqualTo(before);
            assertThat(Held.by(host.managerPid()).descriptors()).isEqualTo(heldBefore.descriptors());
            assertThat(Held.by(host.managerPid()).threads()).isLessThanOrEqualTo(heldBefore.threads());
        }
    }

    @Test
    @Proves("nothing is left behind")
    void downLeavesTheHostAsItWas() {
        Installation host = Installation.create();
        HostSnapshot before = host.snapshot();
        try {
            host.run("up").expect(0);
            host.run("define", "one", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                    .expect(0);
            host.run("define", "two", "--cpus", "0.2", "--memory", "64MiB", "--io-read", "10MiB/s")
                    .expect(0);
            host.run("start", "one", "two").expect(0);
            host.run("pause", "two").expect(0);

            host.run("down", "--yes").expect(0);

            assertThat(host.snapshot()).isEqualTo(before);
            host.run("status").expect(7);

            // And the definitions are still on record
            host.run("up").expect(0);
            assertThat(host.run("list").out()).contains("one").contains("two");
        } finally {
            host.close();
        }
        assertThat(host.snapshot()).isEqualTo(before);
    }

    private static void round(Installation host) {
        host.post("round", "start");
        host.post("round", "stop");
    }
}
