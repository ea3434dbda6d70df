package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole CPUs belong to their partition alone, from the moment that they are bound. */
@Alone("it measures who uses a CPU")
@RequiresHost(cgroupV2 = true, cpus = 2)
class ExclusiveCpusIT {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    /** Field 39 of proc_pid_stat(5), counted behind the name: the CPU that a task ran on last. */
    private static final int PROCESSOR = 36;

    private static Installation host;

    @BeforeAll
    static void install() {
        host = Installation.up();
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @AfterEach
    void deletePartitions() {
        host.deletePartitions();
    }

    @Test
    @Proves("host tasks leave a slice's CPUs when it is bound")
    void aHogOnTheHostHasLessThanHalfAPercentOfABoundSlice() {
        try (Hog hog = Hog.ofCpu(ThisHost.onlineCpus().size())) {
            host.run("define", "kept", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                    .expect(0);
            CpuSet slice = host.wholeCpus("kept");

            CpuClock onSlice = CpuClock.over(WINDOW, slice);

            CpuClock elsewhere =
                    CpuClock.over(Duration.ofSeconds(2), ThisHost.onlineCpus().minus(slice));
            assertThat(elsewhere.perMille()).as("the hog runs: %s", elsewhere).isGreaterThan(500);
            assertThat(onSlice.perMille()).as("on CPUs %s: %s", slice, onSlice).isLessThan(5);
            assertThat(hog.process().isAlive()).isTrue();
        }
    }

    @Test
    @Proves("a partition's tasks run on its own CPUs only")
    void aHogInAPartitionAppearsOnNoOtherCpu() throws IOException {
        host.run("define", "hog", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                .expect(0);
        host.run("start", "hog").expect(0);
        CpuSet slice = host.wholeCpus("hog");
        try (FrameStream stream = host.open("hog", "for i in 1 2 3 4; do while :; do :; done & done; echo on; wait")) {
            stream.receive();
            CpuClock inside = CpuClock.over(Duration.ofSeconds(3), slice);
            assertThat(inside.perMille()).as("the hog runs: %s", inside).isGreaterThan(800);

            for (int i = 0; i < 20; i++) {
                for (long pid : host.processesOf("hog")) {
                    assertThat(slice.contains(lastCpu(pid))).as("pid %d", pid).isTrue();
                    assertThat(slice.containsAll(allowed(pid)))
                            .as("pid %d", pid)
                            .isTrue();
                }
                CpuClock.letPass(Duration.ofMillis(50));
            }
        }
    }

    @Test
    @Proves("host tasks leave a slice's CPUs when it is bound")
    void theHostCannotPinATaskToASlice() {
        host.run("define", "kept", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                .expect(0);
        String cpu = Integer.toString(host.wholeCpus("kept").ids().get(0));

        Installation.Result pinned = Commands.run(List.of("taskset", "-c", cpu, "true"), "", Patience.seconds(10));

        assertThat(pinned.status()).isNotZero();
        assertThat(pinned.err()).contains("Invalid argument");
    }

    @Test
    @Proves("released CPUs go back to the host")
    void releaseGivesTheCpusBackToTheHost() {
        host.run("define", "kept", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                .expect(0);
        CpuSet slice = host.wholeCpus("kept");

        host.run("release", "kept", "--yes").expect(0);

        await().atMost(Patience.seconds(5))
                .until(() -> CpuSet.parse(ThisHost.text(Path.of("/sys/fs/cgroup/cpuset.cpus.effective")))
                        .containsAll(slice));
    }

    private static int lastCpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[PROCESSOR]);
    }

    private static CpuSet allowed(long pid) {
        return CpuSet.parse(ThisHost.line(Path.of("/proc/" + pid + "/status"), "Cpus_allowed_list:")
                .get(1));
    }
}
