package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.backend.CgroupBackends;
import io.bulkhead.manager.enter.Entrance;
import io.bulkhead.manager.enter.NamespaceEntrance;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A partition in real control groups of version 1; needs root and such a host. */
class SlicedPartitionIT {
    private static final Slice SLICE = new Slice(
            new CpuSlice.Part(new CpuMillis(300)), NodeSet.of(0), ByteSize.ofMebibytes(96), 128, IoSlice.UNLIMITED);

    private final Syscalls sys = new JnaSyscalls();
    private Cgroups cgroups;
    private TestGround ground;

    @BeforeEach
    void bind() {
        assumeTrue(Files.exists(Path.of("/sys/fs/cgroup/memory/tasks")), "needs the memory controller on version 1");
        HostFacts facts = new HostFacts(
                CpuSet.of(0),
                Map.of(0, CpuSet.of(0)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(4096),
                Optional.empty(),
                "any",
                Optional.empty());
        HostReserve reserve = new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256));
        cgroups = CgroupBackends.open(new InstanceName(TestGround.INSTANCE), facts, reserve, false, this::kill);
        cgroups.prepare();
        cgroups.bind(TestGround.NAME, SLICE);
        ground = new TestGround(cgroups);
    }

    private void kill(long pid) {
        try (Fd process = sys.openProcess(pid)) {
            sys.signal(process, 9);
        }
    }

    @AfterEach
    void release() {
        if (cgroups != null) {
            ground.close();
            cgroups.closePayload(TestGround.NAME);
            cgroups.release(TestGround.NAME);
            cgroups.remove();
            assertThat(TestGround.processesOfRange()).isEmpty();
        }
    }

    @Test
    void isBornInItsSliceAndCannotSeeOrRaiseIt() {
        // Given
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // Then
            assertThat(cgroups.processes(TestGround.NAME))
                    .contains(partition.init().pid(), partition.holder().pid())
                    .doesNotContain(ProcessHandle.current().pid());
            assertThat(console.run("grep -c -E ':(memory|pids|cpu|freezer):/$' /proc/1/cgroup"))
                    .startsWith("4\n");
            assertThat(console.run(
                            "echo 1G >/sys/fs/cgroup/memory/memory.limit_in_bytes; mkdir /sys/fs/cgroup/memory/x; "
                                    + "mount -o remount,rw /sys/fs/cgroup/memory"))
                    .contains("Read-only file system")
                    .contains("cannot create directory")
                    .contains("permission denied");
            assertThat(console.run("head -c 200M /dev/zero | tail >/dev/null; echo status $?"))
                    .contains("status 137");
            assertThat(cgroups.outOfMemoryKills(TestGround.NAME)).isPositive();
        }
    }

    @Test
    void holdsCommandsInTheSameSlice() {
        // Given
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        Entrance entrance = new NamespaceEntrance(sys, cgroups, name -> TestGround.restraints(new Init.Shell()));

        // When
        try (Entrance.Entered entered =
                entrance.run(TestGround.NAME, partition.init(), List.of("sleep", "100"), Map.of(), Optional.empty())) {
            // Then
            assertThat(cgroups.processes(TestGround.NAME)).contains(entered.pid());
            cgroups.killAll(TestGround.NAME);
            assertThat(Endings.await(sys, entered.process(), 10_000)).isPresent();
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> TestGround.processesOfRange().stream()
                .allMatch(process -> process.startsWith(partition.holder().pid() + " ")));
    }

    @Test
    void goesOnWhereNothingCanBeStarted() throws IOException {
        // Given a partition with as many tasks as it may have, as under a fork bomb
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        Init sleeper = new Init.Service(List.of("/usr/bin/sleep", "1000"), Init.Restart.ALWAYS);
        RunningPartition partition = ground.boot(sleeper, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");
            await().until(() -> console.run("cat /run/service.status").contains("state=running"));
            console.run("service=$(cat /run/service.pid)");
            Path limit = taskLimit(partition.init().pid());
            Files.writeString(limit, "0");

            // When what process 1 looks after ends
            console.type("kill -9 $service; exit\n");
            for (int attempt = 0; attempt < 4; attempt++) {
                console.expect("Cannot fork");
            }
            Files.writeString(limit, "128");

            // Then both are there again
            console.expect("# ");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> console.run("cat /run/service.status").contains("state=running"));
            assertThat(ground.stop(partition, sleeper)).isEqualTo(new ProcessEnd.Exited(0));
        }
    }

    private static Path taskLimit(long pid) throws IOException {
        String group = Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .map(line -> line.split(":", 3))
                .filter(words -> words[1].equals("pids"))
                .findFirst()
                .orElseThrow()[2];
        return Path.of("/sys/fs/cgroup/pids" + group + "/pids.max");
    }

    @Test
    void bootsSystemdWithAllItsGroups() {
        // Given
        assumeTrue(Files.exists(Path.of("/lib/systemd/systemd")), "needs systemd");
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, true);

        // When
        RunningPartition partition = ground.boot(new Init.Systemd(List.of("postgresql.service")), true);

        // Then
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ", Duration.ofSeconds(60));
            assertThat(console.run("systemctl is-system-running --wait")).contains("running");
            assertThat(console.run("cat /proc/1/cgroup")).contains("name=systemd:/init.scope");
        }
    }
}
