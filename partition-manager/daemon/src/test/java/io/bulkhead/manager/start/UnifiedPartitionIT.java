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
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.backend.CgroupBackends;
import io.bulkhead.manager.cgroup.v2.CgroupV2;
import io.bulkhead.manager.enter.Entrance;
import io.bulkhead.manager.enter.NamespaceEntrance;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.host.HostFactsReader;
import io.bulkhead.manager.init.Departure;
import io.bulkhead.manager.sys.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A partition in real control groups of version 2; needs root and such a host. */
@Alone("it has whole CPUs, which no other instance may have")
@Tag("special")
class UnifiedPartitionIT {
    private static final Slice SLICE = new Slice(
            new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), ByteSize.ofMebibytes(256), 256, IoSlice.UNLIMITED);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private Cgroups cgroups;
    private TestGround ground;
    private Path outer = Path.of("/");

    @BeforeEach
    void bind() {
        CgroupHierarchies mounted = CgroupHierarchies.read(Path.of("/"));
        assumeTrue(
                mounted.unified()
                        .filter(unified -> unified.controllers().containsAll(CgroupV2.requiredControllers()))
                        .isPresent(),
                "needs the controllers of control groups on version 2");
        HostFacts facts = new HostFactsReader(Path.of("/")).read(Path.of(System.getProperty("java.io.tmpdir")));
        assumeTrue(facts.online().contains(1), "needs CPU 1");
        HostReserve reserve = new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(256));
        cgroups = CgroupBackends.open(new InstanceName(TestGround.INSTANCE), facts, reserve, false, pid -> {});
        cgroups.prepare();
        cgroups.bind(TestGround.NAME, SLICE);
        outer = mounted.unified().orElseThrow().mount().resolve(TestGround.INSTANCE + "/p-" + TestGround.NAME);
        ground = new TestGround(cgroups);
    }

    @AfterEach
    void release() {
        if (cgroups != null) {
            // First of all: a partition that did not stop would keep its CPU from the tests that follow.
            cgroups.killAll(TestGround.NAME);
            try {
                ground.close();
            } finally {
                cgroups.closePayload(TestGround.NAME);
                cgroups.release(TestGround.NAME);
                cgroups.remove();
            }
            assertThat(TestGround.processesOfRange()).isEmpty();
        }
    }

    @Test
    void isBornInItsSliceAndCannotSeeOrRaiseIt() throws IOException {
        // Given
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ", PATIENCE);

            // Then
            assertThat(cgroups.processes(TestGround.NAME))
                    .contains(partition.init().pid(), partition.holder().pid());
            assertThat(Files.readString(outer.resolve("holder/cgroup.procs")).strip())
                    .isEqualTo(String.valueOf(partition.holder().pid()));
            assertThat(console.run("cat /proc/1/cgroup; nproc"))
                    .contains("0::/\n")
                    .contains("1\n");
            assertThat(console.run("cat /sys/fs/cgroup/cgroup.procs; ls -d /sys/fs/cgroup/p-* /sys/fs/cgroup/holder"))
                    .startsWith("1\n")
                    .contains("No such file");
            assertThat(console.run("echo max >/sys/fs/cgroup/memory.max; mkdir /sys/fs/cgroup/x; "
                            + "mount -o remount,rw /sys/fs/cgroup; mount -t cgroup2 none /mnt; echo 1 >/mnt/pids.max"))
                    .contains("Read-only file system")
                    .contains("cannot create directory")
                    .contains("permission denied");
            assertThat(Files.readString(outer.resolve("in/pids.max")).strip()).isEqualTo("max");
            assertThat(console.run("head -c 300M /dev/zero | tail >/dev/null; echo status $?", PATIENCE))
                    .contains("status 137");
            assertThat(cgroups.outOfMemoryKills(TestGround.NAME)).isPositive();
        }
    }

    @Test
    void holdsCommandsInTheSameSlice() {
        // Given
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        Entrance entrance = new NamespaceEntrance(ground.sys, cgroups, name -> TestGround.restraints(new Init.Shell()));

        // When
        try (Entrance.Entered entered =
                entrance.run(TestGround.NAME, partition.init(), List.of("sleep", "100"), Map.of(), Optional.empty())) {
            // Then
            assertThat(cgroups.processes(TestGround.NAME)).contains(entered.pid());
            cgroups.killAll(TestGround.NAME);
            assertThat(Endings.await(ground.sys, entered.process(), 10_000)).isPresent();
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> TestGround.processesOfRange().stream()
                .allMatch(process -> process.startsWith(partition.holder().pid() + " ")));
    }

    @Test
    void bootsSystemdWithATreeOfItsOwnWhoseLimitsItCannotRaise() throws IOException {
        // Given
        assumeTrue(Files.exists(Path.of("/lib/systemd/systemd")), "needs systemd");
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, true);
        Init systemd = new Init.Systemd(List.of("postgresql.service"));

        // When
        RunningPartition partition = ground.boot(systemd, true);

        // Then
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ", PATIENCE);
            assertThat(console.run("systemctl is-system-running --wait", PATIENCE))
                    .contains("running");
            assertThat(console.run("cat /proc/1/cgroup; cat /sys/fs/cgroup/cgroup.subtree_control"))
                    .contains("0::/init.scope")
                    .contains("memory");
            assertThat(console.run(
                            "systemd-run --wait --pipe -q -p MemoryMax=20M sh -c "
                                    + "'cat /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/memory.max'",
                            PATIENCE))
                    .contains("20971520");
            assertThat(console.run("for f in memory.max pids.max cpuset.cpus.partition cgroup.freeze; do "
                            + "echo 1 >/sys/fs/cgroup/$f && echo RAISED; done"))
                    .doesNotContain("RAISED\n");
            Entrance entrance =
                    new NamespaceEntrance(ground.sys, cgroups, name -> TestGround.restraints(new Init.Shell()));
            try (Entrance.Entered entered = entrance.run(
                    TestGround.NAME, partition.init(), List.of("sleep", "1000"), Map.of(), Optional.empty())) {
                assertThat(Files.readAllLines(outer.resolve("in/exec/cgroup.procs")))
                        .contains(String.valueOf(entered.pid()));
                assertThat(cgroups.readBack(TestGround.NAME, SLICE))
                        .allSatisfy(p -> assertThat(p.held()).as(p.toString()).isTrue());
                // A command that still runs does not hold up the stop.
                ProcessEnd end = ground.stop(partition, systemd);
                assertThat(Departure.of(systemd, end)).as(end.toString()).isEqualTo(Departure.HALTED);
                assertThat(Endings.await(ground.sys, entered.process(), 10_000)).isPresent();
            }
        }
    }
}
