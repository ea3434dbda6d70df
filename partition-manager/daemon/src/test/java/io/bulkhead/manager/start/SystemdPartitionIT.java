package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.enter.Entrance;
import io.bulkhead.manager.enter.NamespaceEntrance;
import io.bulkhead.manager.init.Departure;
import io.bulkhead.manager.sys.ProcessEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The host's systemd as process 1, with a group of its own in its version 1 hierarchy; needs root. */
class SystemdPartitionIT {
    private static final Path HIERARCHY = Path.of("/sys/fs/cgroup/systemd");
    private static final Path GROUP = HIERARCHY.resolve(TestGround.INSTANCE);
    private static final Init SYSTEMD = new Init.Systemd(List.of("postgresql.service"));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TestGround ground;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.exists(HIERARCHY.resolve("tasks")), "needs the name=systemd hierarchy of version 1");
        assumeTrue(Files.exists(Path.of("/lib/systemd/systemd")), "needs systemd");
        Files.createDirectories(GROUP);
        TestGround.command("chown", "-R", TestGround.RANGE.base() + ":" + TestGround.RANGE.base(), GROUP.toString());
        ground = new TestGround(new SystemdGroup());
    }

    @AfterEach
    void clean() {
        if (ground != null) {
            ground.close();
            assertThat(TestGround.processesOfRange()).isEmpty();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(SystemdPartitionIT::removeGroups);
        }
    }

    private static boolean removeGroups() {
        TestGround.command("find", GROUP.toString(), "-depth", "-type", "d", "-exec", "rmdir", "{}", ";");
        return !Files.exists(GROUP);
    }

    @Test
    void bootsToItsLoginPromptWithoutAFailedUnit() {
        // Given
        RunningPartition partition = ground.boot(SYSTEMD, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            // When
            String first = console.expect("\n");
            console.expect("# ", PATIENCE);
            String state = console.run("systemctl is-system-running --wait; systemctl --failed --no-legend --plain");

            // Then
            assertThat(first).startsWith("Partition t-start: ");
            assertThat(state).contains("running").doesNotContain("failed");
            assertThat(console.run("systemctl is-enabled systemd-udevd postgresql"))
                    .contains("masked");
            assertThat(console.run("find /etc/systemd -lname /dev/null")).isBlank();
            assertThat(console.run("systemd-run --wait -q -p ProtectProc=invisible -p ProcSubset=pid"
                            + " -p ProtectKernelTunables=yes -p ProtectControlGroups=yes true; echo $?"))
                    .as("a service that wants a /proc of its own")
                    .startsWith("0");
            assertThat(console.run("journalctl -b -o export -n 1 | sed -n s/^_BOOT_ID=//p"))
                    .isEqualTo(console.run("tr -d - </proc/sys/kernel/random/boot_id"))
                    .isNotBlank();
            assertThat(console.run("systemctl show -P UserspaceTimestampMonotonic"))
                    .containsPattern("(?<!\\d)\\d{1,8}(?!\\d)");
        }
    }

    @Test
    void asksForANameWithoutAutomaticLoginAndHaltsOnItsSignal() {
        // Given
        RunningPartition partition = ground.boot(SYSTEMD, false);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("t-start login: ", PATIENCE);

            // When
            ProcessEnd end = ground.stop(partition, SYSTEMD);

            // Then
            assertThat(Departure.of(SYSTEMD, end)).as(end.toString()).isEqualTo(Departure.HALTED);
        }
    }

    @Test
    void aCommandThatRunsDoesNotHoldUpTheStop() {
        // Given
        SystemdGroup groups = new SystemdGroup();
        RunningPartition partition = ground.boot(SYSTEMD, false);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("t-start login: ", PATIENCE);
            try (Entrance.Entered entered = new NamespaceEntrance(
                            ground.sys, groups, name -> TestGround.restraints(SYSTEMD))
                    .run(TestGround.NAME, partition.init(), List.of("sleep", "1000"), Map.of(), Optional.empty())) {
                // When
                ground.stop(partition, SYSTEMD);

                // Then
                assertThat(Endings.await(ground.sys, entered.process(), 10_000)).isPresent();
            }
        }
    }

    /** Nothing but the named hierarchy, where systemd keeps its book of processes. */
    private static final class SystemdGroup extends GrouplessCgroups {
        @Override
        public synchronized void enterCurrentThread(PartitionName partition) {
            try {
                Files.writeString(GROUP.resolve("tasks"), "0");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public List<CgroupMount> mountsInside(boolean delegateToSystemd) {
            return List.of(
                    new CgroupMount("", "tmpfs", "mode=755", false),
                    new CgroupMount("systemd", "cgroup", "none,name=systemd", true));
        }
    }
}
