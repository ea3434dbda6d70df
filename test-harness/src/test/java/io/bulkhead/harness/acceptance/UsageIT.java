package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What partitions use is measured, and so is what others take of their CPUs. */
@Alone("it measures who uses a CPU")
class UsageIT {
    /** A slice is taken up within a second, and its first window may be joined with the next one. */
    private static final Duration TWO_WINDOWS = Duration.ofSeconds(45);

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

    private static PartitionUsage usage(String partition) {
        return io.bulkhead.console.client.ApiClient.decode(
                        Reply.Measured.class, host.api().get("/v1/usage"))
                .partitions()
                .stream()
                .filter(each -> each.partition().value().equals(partition))
                .findFirst()
                .orElseThrow();
    }

    /** The account after the first window that lies wholly behind a moment. */
    private static Intrusion windowAfter(String partition, long beginMillis) {
        return await().atMost(Patience.of(TWO_WINDOWS))
                .pollInterval(Duration.ofMillis(500))
                .until(
                        () -> host.show(partition).intrusion(),
                        known -> known.isPresent() && begin(known.get()) >= beginMillis)
                .orElseThrow();
    }

    private static long begin(Intrusion intrusion) {
        return intrusion.untilMillis()
                - intrusion.window().totalMicros() / 1000 / intrusion.cpus().size();
    }

    @Test
    @Proves("what others take of a slice's CPUs is accounted")
    void whatOthersTakeOfWholeCpusIsAccountedOrCannotHappen() throws IOException {
        // Given an idle partition on a whole CPU
        host.run("define", "till", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                .expect(0);
        host.run("start", "till").expect(0);
        PartitionStatus status = host.show("till");
        CpuSlice.Whole slice =
                (CpuSlice.Whole) status.slice().map(held -> held.cpus()).orElseThrow();
        boolean exclusive = status.promises().stream()
                .anyMatch(promise -> promise.resource() == Resource.CPUS && promise.strength() == Strength.EXCLUSIVE);

        // When somebody of the host wants that CPU, or, where the kernel lets nobody, all CPUs that there are
        Process hog = exclusive
                ? new ProcessBuilder(
                                "perl",
                                "-e",
                                "fork for 1 .. 2; alarm 120; my $p = getppid; while (1) { exit if getppid != $p }")
                        .start()
                : new ProcessBuilder("taskset", "-c", slice.cpus().toString(), "perl", "-e", "while (1) {}").start();
        Intrusion intrusion;
        try {
            intrusion = windowAfter("till", System.currentTimeMillis());
        } finally {
            hog.destroyForcibly().onExit().join();
        }

        // Then it is charged with all of it, or with nothing
        assertThat(intrusion.cpus()).isEqualTo(slice.cpus());
        if (exclusive) {
            // No task of the host, that is; the kernel's calls from CPU to CPU still come, and cost more where it is
            // emulated.
            assertThat(intrusion.window().intrusionMicros())
                    .as(intrusion.toString())
                    .isLessThan(Patience.of(Duration.ofMillis(100)).toMillis() * 1000);
        } else {
            assertThat(intrusion.window().intrusionPerMille())
                    .as(intrusion.toString())
                    .isGreaterThan(950);
            assertThat(intrusion.highestMicros()).isGreaterThan(9_000_000);
            assertThat(host.run("show", "till").expect(0).out())
                    .containsPattern("intrusion +(9|10)\\d\\d‰ in the last window");
        }
        assertThat(metrics()).contains("bulkhead_partition_intrusion_seconds_total{partition=\"till\"} ");
    }

    @Test
    @Proves("a partition's own work is never charged to others")
    void whatAPartitionUsesIsItsOwnAndNoIntrusion() throws IOException {
        // Given a partition whose only work is its own, on every CPU that it has
        host.run("define", "busy", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                .expect(0);
        host.run("start", "busy").expect(0);
        host.exec(
                        "busy",
                        "for cpu in $(seq $(nproc)); do sh -c 'while :; do :; done' </dev/null >/dev/null 2>&1 & done")
                .expect(0);

        Intrusion intrusion = windowAfter("busy", System.currentTimeMillis());

        // Then whatever it did not get, others had: nobody was idle, and its own is not charged to it
        long error = intrusion.errorMicros();
        assertThat(intrusion.window().idleMicros()).as(intrusion.toString()).isLessThan(error + 200_000);
        assertThat(intrusion.window().intrusionMicros())
                .as(intrusion.toString())
                .isBetween(
                        -error,
                        intrusion.window().totalMicros() - intrusion.window().partitionMicros() + error);
        assertThat(intrusion.window().partitionMicros()).isGreaterThan(500_000);
        assertThat(usage("busy").cpuMicros().orElseThrow())
                .isGreaterThanOrEqualTo(intrusion.total().partitionMicros());

        // And top shows it
        String top = host.run("top", "--once", "--interval", "1").expect(0).out();
        assertThat(top)
                .containsPattern("busy +running +\\d{1,3}\\.\\d% +"
                        + intrusion.cpus().size() + " \\(" + intrusion.cpus() + "\\)");
        assertThat(metrics()).containsPattern("bulkhead_partition_cpu_seconds_total\\{partition=\"busy\"} [1-9.]");
    }

    @Test
    @Proves("a fork bomb is an event, and does not flood the journal")
    void aForkBombIsAnEventOnceAndIsCounted() {
        host.run("define", "bomb", "--cpus", "0.2", "--memory", "128MiB", "--tasks", "40")
                .expect(0);
        host.run("start", "bomb").expect(0);
        long before = exhaustions();
        long start = System.nanoTime();

        host.exec(
                "bomb",
                "perl -e 'my @kids; for (1 .. 150) { my $p = fork; if (defined $p && !$p) { sleep 30; exit }"
                        + " push @kids, $p if $p } kill 9, @kids'");

        await().atMost(Patience.seconds(2)).until(() -> exhaustions() > before);
        // One at once, then one in ten seconds
        long most = 2 + Duration.ofNanos(System.nanoTime() - start).toSeconds() / 10;
        assertThat(exhaustions() - before).isBetween(1L, most);
        // Kernels before 6.11 count where it was refused; that group has gone with the command.
        if (!ThisHost.hasCgroupV2() || Files.exists(host.groupOf("bomb").resolve("pids.events.local"))) {
            assertThat(usage("bomb").tasksRefused()).isGreaterThan(80);
        }
        assertThat(usage("bomb").tasks().orElseThrow())
                .as(() -> host.run("show", "bomb").out()
                        + host.run("logs", "bomb").out())
                .isBetween(1L, 40L);
        assertThat(usage("bomb").intrusion()).isEqualTo(Optional.empty());
    }

    /** How many events have told that the bomb has as many tasks as it may have. */
    private static long exhaustions() {
        return host.run("events")
                .expect(0)
                .out()
                .lines()
                .filter(line -> line.contains("partition-tasks-exhausted") && line.contains("bomb"))
                .count();
    }

    private static String metrics() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(host.apiSocket()));
            channel.write(ByteBuffer.wrap("GET /metrics HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
