package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What others do to the CPUs and groups of a partition is noticed, shown with its reason, and repaired where it can be. */
@Alone("it has whole CPUs, which no other instance may have")
@RequiresHost(cgroupV2 = true, disposable = true, cpus = 2)
class DriftIT {
    /** A service and its slice that have nothing to do with Bulkhead. */
    private static final String STRANGER = "stranger";

    private static Installation host;

    private CpuSet slice = CpuSet.EMPTY;

    @BeforeAll
    static void install() {
        host = Installation.up();
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @BeforeEach
    void startPartition() {
        host.run("define", "drifting", "--cpus", ThisHost.oneCore(), "--memory", "64MiB")
                .expect(0);
        host.run("start", "drifting").expect(0);
        slice = host.wholeCpus("drifting");
    }

    @AfterEach
    void deletePartitions() {
        host.deletePartitions();
    }

    @Test
    @Proves("a CPU that goes offline is noticed")
    void aCpuThatGoesOfflineDegradesAndOneThatComesBackIsRepaired() throws IOException {
        Path online = Path.of("/sys/devices/system/cpu/cpu" + slice.ids().get(0) + "/online");
        try {
            long before = degradations();
            Files.writeString(online, "0");

            await().atMost(Patience.seconds(3))
                    .until(() -> !host.show("drifting").degraded().isEmpty());
            assertThat(degradations()).isGreaterThan(before);
            host.run("verify", "drifting").expect(10);
        } finally {
            Files.writeString(online, "1");
        }

        awaitRepair();
        assertThat(host.exec("drifting", "nproc").out().strip()).isEqualTo(Integer.toString(slice.size()));
    }

    @Test
    @Proves("what the kernel gives notice of is an event within a second")
    void whatTheKernelGivesNoticeOfIsAnEventWithinASecond() throws IOException {
        Path partition = host.groupOf("drifting").resolve("cpuset.cpus.partition");
        String before = ThisHost.text(partition);

        // Several times, since the look each second would be as fast by chance
        for (int round = 0; round < 3; round++) {
            long sequence = lastSequence();
            long written = System.currentTimeMillis();
            Files.writeString(partition, "member");

            EventRecord degraded = await().atMost(Patience.seconds(3))
                    .until(
                            () -> eventsAfter(sequence)
                                    .filter(each -> each.event() instanceof Event.PartitionDegraded)
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();

            assertThat(degraded.timeMillis() - written).isBetween(0L, 1000L);
            awaitRepair();
            assertThat(ThisHost.text(partition)).isEqualTo(before);
        }
    }

    private static long lastSequence() {
        return eventsAfter(0).mapToLong(EventRecord::sequence).max().orElse(0);
    }

    private static Stream<EventRecord> eventsAfter(long sequence) {
        Json answer = host.api().get("/v1/events?follow=false&after=" + sequence);
        return ((Json.Array) ((Json.Obj) answer).members().get("events"))
                .items().stream().map(each -> ApiClient.decode(EventRecord.class, each));
    }

    @Test
    @Proves("a foreign write into the cpuset tree is noticed and repaired")
    void aForeignWriteIntoTheCpusetTreeIsNoticedAndRepaired() throws IOException {
        Path partition = host.groupOf("drifting").resolve("cpuset.cpus.partition");
        String before = ThisHost.text(partition);

        long notices = degradations();

        Files.writeString(partition, "member");

        await().atMost(Patience.seconds(3)).until(() -> degradations() > notices);
        awaitRepair();
        assertThat(ThisHost.text(partition)).isEqualTo(before);
    }

    @Test
    @Proves("a process that is moved out of its partition's groups is noticed")
    void aProcess1ThatIsMovedAwayIsNoticed() throws IOException {
        long pid = host.show("drifting").pid().orElseThrow();

        Files.writeString(Path.of("/sys/fs/cgroup/cgroup.procs"), Long.toString(pid));

        await().atMost(Patience.seconds(3))
                .until(() -> host.show("drifting").degraded().toString().contains("was moved to the control group /"));
        host.run("verify", "drifting").expect(10);
        host.run("restart", "drifting").expect(0);
        host.run("verify", "drifting").expect(0);
    }

    @Test
    @Proves("systemd on the host does not take a slice's CPUs back silently")
    void neitherADaemonReloadNorASliceWithAllCpusTakesThemBack() {
        // A slice of the test's own: systemd 252 does not undo what it has set on one that stays.
        try {
            systemd("systemd-run", "--unit=" + STRANGER, "--slice=" + STRANGER, "sleep", "infinity");
            systemd("systemctl", "daemon-reload");
            systemd(
                    "systemctl",
                    "set-property",
                    "--runtime",
                    STRANGER + ".slice",
                    "AllowedCPUs=" + ThisHost.onlineCpus());

            Path cpus = Path.of("/sys/fs/cgroup", STRANGER + ".slice", "cpuset.cpus.effective");
            await().atMost(Patience.seconds(3)).until(() -> {
                boolean degraded = !host.show("drifting").degraded().isEmpty();
                boolean kept = !CpuSet.parse(ThisHost.text(cpus)).intersects(slice);
                return kept != degraded && host.run("verify", "drifting").status() == (kept ? 0 : 10);
            });
        } finally {
            systemd("systemctl", "stop", STRANGER + ".service", STRANGER + ".slice");
            systemd("systemctl", "revert", STRANGER + ".slice");
        }
        awaitRepair();
    }

    /** A running partition is brought back by itself, unless the kernel wants a CPU lent for it and there is none. */
    private void awaitRepair() {
        boolean exclusive = Files.exists(host.groupOf("drifting").resolve("cpuset.cpus.exclusive"));
        if (!exclusive && ThisHost.onlineCpus().size() <= slice.size() + 1) {
            host.run("stop", "drifting").expect(0);
        }
        await().atMost(Patience.seconds(5))
                .until(() -> host.run("verify", "drifting").status() == 0);
        assertThat(host.show("drifting").degraded()).isEmpty();
        host.run("start", "drifting").expect(0);
    }

    /** How often an event has told that the partition is degraded. */
    private static long degradations() {
        return host.run("events")
                .out()
                .lines()
                .filter(line -> line.contains("partition-degraded") && line.contains("drifting"))
                .count();
    }

    private static void systemd(String... command) {
        Commands.run(List.of(command), "", Patience.seconds(20)).expect(0);
    }
}
