package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What programs inside see, while lxcfs and the manager die, through the whole product. */
@Alone("it compares what the whole host has before and after")
class ViewsInsideIT {
    private static final String TOTAL = "sed -n 's/^MemTotal: *//p' /proc/meminfo";

    private Installation host;
    private HostSnapshot before;

    @BeforeEach
    void install() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/lxcfs")), "needs lxcfs");
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "needs FUSE");
        host = Installation.create();
        before = host.snapshot();
        host.run("up").expect(0);
        host.run("define", "seen", "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "96MiB")
                .expect(0);
        host.run("start", "seen").expect(0);
    }

    @AfterEach
    void remove() {
        host.close();
    }

    private long lxcfs() throws IOException {
        return Long.parseLong(Files.readString(host.file("lxcfs.pid")).strip());
    }

    @Test
    @Proves("what a partition sees is its slice, whatever dies")
    void isItsSliceWhateverDiesAndNothingIsLeft() throws IOException {
        assertThat(host.exec("seen", TOTAL).out()).isEqualTo("98304 kB\n");
        assertThat(host.exec("seen", "uptime").out()).contains(" up 0 min");
        assertThat(host.run("verify", "seen").expect(0).out()).contains("files of lxcfs");

        // When lxcfs dies
        long first = lxcfs();
        Installation.kill(first);

        // Then it is told, and repaired
        await().pollInSameThread().atMost(Patience.seconds(60)).untilAsserted(() -> assertThat(
                        host.run("events").out())
                .contains("partition-degraded", "partition-repaired"));
        assertThat(host.exec("seen", TOTAL).out()).isEqualTo("98304 kB\n");
        long second = lxcfs();
        assertThat(second).isNotEqualTo(first);

        // When the manager dies, the same lxcfs serves the next one
        Installation.kill(host.managerPid());
        host.run("up").expect(0);
        assertThat(lxcfs()).isEqualTo(second);
        host.run("verify", "seen").expect(0);

        // When both die
        Installation.kill(host.managerPid());
        Installation.kill(second);
        host.run("up").expect(0);
        assertThat(host.exec("seen", TOTAL).out()).isEqualTo("98304 kB\n");
        host.run("verify", "seen").expect(0);

        // Then nothing is left after down, though one more manager had died
        Installation.kill(host.managerPid());
        host.run("up").expect(0);
        host.run("down", "--yes").expect(0);
        HostSnapshot after = host.snapshot();
        assertThat(before.mounts()).containsAll(after.mounts());
        assertThat(after.processes()).isEqualTo(before.processes());
        assertThat(after.groups()).isEqualTo(before.groups());
    }
}
