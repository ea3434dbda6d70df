package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.harness.proof.Proves;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With {@code init: systemd} a partition is a whole OS, which manages its own groups below the slice's limits. */
@RequiresHost(cgroupV2 = true)
class SystemdInsideIT {
    private static Installation host;

    @BeforeAll
    static void boot() {
        host = Installation.up();
        host.run("define", "full", "--cpus", ThisHost.partOfCpu("0.4"), "--memory", "256MiB", "--init", "systemd")
                .expect(0);
        host.run("start", "full").expect(0);
        host.awaitConsole("full", "full login:");
        await().atMost(Patience.seconds(60)).until(() -> host.exec("full", "systemctl is-active multi-user.target")
                .out()
                .equals("active\n"));
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @Test
    @Proves("systemd inside: a unit with a limit works")
    void aUnitWithALimitIsHeldToIt() {
        Installation.Result eaten = host.exec(
                "full",
                "systemd-run --wait -p MemoryMax=32M -p MemorySwapMax=0 perl -e 'my $x = \"x\" x (100 << 20); print 1'");

        assertThat(eaten.status()).isNotZero();
        assertThat(eaten.err()).contains("oom-kill");
        assertThat(host.exec("full", "systemctl is-system-running").out()).doesNotContain("offline");
    }

    @Test
    @Proves("limits cannot be raised from inside")
    void itsOwnSystemdCannotRaiseTheSlicesLimits() {
        host.exec(
                "full",
                "systemctl set-property --runtime -- -.slice MemoryMax=infinity TasksMax=infinity CPUQuota=400%; "
                        + "for f in memory.max memory.min pids.max cpu.max cpuset.cpus cgroup.freeze; do "
                        + "echo max > /sys/fs/cgroup/$f; done; true");

        host.run("verify", "full").expect(0);
        assertThat(host.exec("full", "perl -e 'my $x = \"x\" x (400 << 20); print 1'")
                        .status())
                .isEqualTo(137);
    }
}
