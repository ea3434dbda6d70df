package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.State;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Bulkhead installed as a service, from the units in {@code configs/systemd}. The lab runs the tests tagged {@code installed},
 * restarts the guest, and runs those tagged {@code restarted}.
 */
@Alone("it is the installation of the whole host")
@RequiresHost(cgroupV2 = true, disposable = true, cpus = 2)
class InstalledIT {
    /** What stays over the restart. */
    private static final Path CPUS_BEFORE = Path.of("/var/lib/cpus-before");

    private static final Path SEEN_BY_OTHER_WORK = Path.of("/var/lib/seen-by-other-work");

    private final Installation host = Installation.ofTheSystem();

    @Test
    @Tag("installed")
    @Proves("installed as a service it comes up and confines itself")
    void theUnitsBringBothProcessesUp() throws IOException {
        await().atMost(Patience.seconds(20)).until(() -> host.run("status").status() == 0);
        assertThat(active("bulkhead-manager")).isEqualTo("active");
        assertThat(active("bulkhead-control-plane")).isEqualTo("active");

        host.run("define", "critical", "--cpus", ThisHost.oneCore(), "--memory", "64MiB", "--autostart")
                .expect(0);
        host.run("start", "critical").expect(0);
        host.run("verify", "critical").expect(0);
        Files.writeString(CPUS_BEFORE, host.wholeCpus("critical").toString());

        // An ordinary service that looks, when it starts, at what it may run on.
        Files.writeString(Path.of("/etc/systemd/system/other-work.service"), """
                [Service]
                Type=oneshot
                ExecStart=/bin/sh -c 'grep Cpus_allowed_list /proc/self/status > %s'
                [Install]
                WantedBy=multi-user.target
                """.formatted(SEEN_BY_OTHER_WORK));
        Commands.run(List.of("systemctl", "enable", "other-work"), "", Patience.seconds(20))
                .expect(0);
    }

    @Test
    @Tag("installed")
    @Proves("a daemon-reload or a restart of the units disturbs no partition")
    void aRestartOfTheUnitsDisturbsNoPartition() {
        await().atMost(Patience.seconds(20)).until(() -> host.run("status").status() == 0);
        host.run("define", "calm", "--cpus", "0.1", "--memory", "32MiB").expect(0);
        host.run("start", "calm").expect(0);
        long init = host.show("calm").pid().orElseThrow();

        Commands.run(
                        List.of("systemctl", "restart", "bulkhead-manager", "bulkhead-control-plane"),
                        "",
                        Patience.seconds(30))
                .expect(0);

        await().atMost(Patience.seconds(20)).until(() -> host.run("list").status() == 0);
        assertThat(host.show("calm").pid()).contains(init);
        host.run("stop", "calm").expect(0);
        host.run("delete", "calm", "--yes").expect(0);
    }

    @Test
    @Tag("restarted")
    @Proves("after a restart of the host partitions come back on their CPUs, before other work")
    void autostartPartitionsComeBackOnTheirCpus() throws IOException {
        CpuSet before = CpuSet.parse(Files.readString(CPUS_BEFORE));

        await().atMost(Patience.seconds(30)).until(() -> host.run("list").status() == 0);
        await().atMost(Patience.seconds(30)).until(() -> host.show("critical").state() == State.RUNNING);

        assertThat(host.wholeCpus("critical")).isEqualTo(before);
        host.run("verify", "critical").expect(0);
        CpuSet seen = CpuSet.parse(
                ThisHost.line(SEEN_BY_OTHER_WORK, "Cpus_allowed_list:").get(1));
        assertThat(seen.intersects(before))
                .as("a service could run on %s", seen)
                .isFalse();
    }

    private static String active(String unit) {
        return Commands.run(List.of("systemctl", "is-active", unit), "", Patience.seconds(10))
                .out()
                .strip();
    }
}
