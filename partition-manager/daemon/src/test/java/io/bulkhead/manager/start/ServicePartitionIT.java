package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.Init.Restart;
import io.bulkhead.manager.sys.ProcessEnd;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A supervised service on this machine's kernel; needs root. */
class ServicePartitionIT {
    private static final Init SLEEPER = new Init.Service(
            List.of(
                    "/bin/sh",
                    "-c",
                    "trap 'echo saved >/var/saved; exit 0' TERM; echo it\\'s up; while :; do sleep 0.1; done"),
            Restart.ALWAYS);

    private final TestGround ground = new TestGround();

    @AfterEach
    void clean() {
        ground.close();
        assertThat(TestGround.processesOfRange()).isEmpty();
    }

    @Test
    void startsAServiceAgainThatWasKilled() {
        // Given
        RunningPartition partition = ground.boot(SLEEPER, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("it's up");
            assertThat(console.run("cat /run/service.status"))
                    .contains("state=running")
                    .contains("starts=1 status=-");

            // When
            console.run("kill -9 $(cat /run/service.pid)");

            // Then
            console.expect("it's up");
            String status = console.run("cat /run/service.status; ps -o sid= -p $(cat /run/service.pid)");
            assertThat(status).contains("state=running").contains("starts=2 status=137");
        }
    }

    @Test
    void stopsTheServiceFirst() {
        // Given
        RunningPartition partition = ground.boot(SLEEPER, false);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("it's up");

            // When
            ProcessEnd end = ground.stop(partition, SLEEPER);

            // Then
            assertThat(end).isEqualTo(new ProcessEnd.Exited(0));
            assertThat(ground.files.resolve("var/saved")).hasContent("saved");
        }
    }

    @Test
    void leavesAServiceAloneThatMayNotRunAgain() {
        // Given
        Init once = new Init.Service(List.of("/bin/sh", "-c", "exit 3"), Restart.NEVER);
        RunningPartition partition = ground.boot(once, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // Then
            await().atMost(Duration.ofSeconds(5)).until(() -> console.run("cat /run/service.status")
                    .contains("state=ended pid=- starts=1 status=3"));
        }
    }

    @Test
    void doesNotRepeatAServiceThatEndedWell() {
        // Given
        Init task = new Init.Service(List.of("/bin/true"), Restart.ON_FAILURE);
        RunningPartition partition = ground.boot(task, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // Then
            await().atMost(Duration.ofSeconds(5)).until(() -> console.run("cat /run/service.status")
                    .contains("state=ended pid=- starts=1 status=0"));
        }
    }

    @Test
    void givesTheServiceUnspoiltSignals() {
        // Given: dash ignores SIGINT and SIGQUIT in what it starts in the background
        Init curious = new Init.Service(
                List.of("/bin/sh", "-c", "grep -e SigIgn -e SigBlk /proc/self/status; exec sleep 1000"),
                Restart.ALWAYS);
        RunningPartition partition = ground.boot(curious, false);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            // Then
            console.expect("SigBlk:\t0000000000000000");
            console.expect("SigIgn:\t");
            // 32 and 33 are glibc's own, which no program can set.
            assertThat(console.expect("\r\n")).matches("0000000[01][08]0000000");
        }
    }
}
