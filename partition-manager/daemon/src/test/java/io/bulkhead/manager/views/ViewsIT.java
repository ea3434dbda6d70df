package io.bulkhead.manager.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.Init.Restart;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.v2.CgroupV2;
import io.bulkhead.manager.start.ConsoleTap;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.TestGround;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What programs inside take for the machine, whatever dies; needs root, lxcfs and control groups. */
@Alone("it has whole CPUs, which no other instance may have")
class ViewsIT {
    private static final CpuSlice HALF = new CpuSlice.Part(new CpuMillis(500));
    private static final CpuSet BOTH = CpuSet.of(0, 1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Init SHELL = new Init.Shell();

    private ViewsGround ground;

    @BeforeEach
    void look() {
        CgroupHierarchies mounted = CgroupHierarchies.read(Path.of("/"));
        assumeTrue(
                Files.exists(Path.of("/sys/fs/cgroup/memory/tasks"))
                        || mounted.unified()
                                .filter(unified -> unified.controllers().containsAll(CgroupV2.requiredControllers()))
                                .isPresent(),
                "needs the controllers of control groups");
        assumeTrue(Files.isExecutable(ViewsGround.LXCFS), "needs lxcfs");
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "needs FUSE");
    }

    @AfterEach
    void clean() throws IOException {
        if (ground != null) {
            ground.close();
            assertThat(ground.mounted()).isFalse();
        }
    }

    @Test
    void showsASliceFromTheFirstInstructionOfAService() {
        // Given
        ground = new ViewsGround(HALF, BOTH, 200);
        String look = "echo \"total $(sed -n 's/^MemTotal: *//p' /proc/meminfo) "
                + "cpus $(grep -c ^processor /proc/cpuinfo) up $(cut -d. -f1 /proc/uptime)\"";
        Init service = new Init.Service(List.of("/bin/sh", "-c", look + "; exec sleep 1000"), Restart.NEVER);

        // When
        try (ViewsWall wall = ground.wall()) {
            RunningPartition partition = ground.boot(wall, service);

            // Then
            try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
                console.expect("total 204800 kB cpus ", PATIENCE);
                console.expect(" up ", PATIENCE);
                assertThat(console.expect("\n").strip()).matches("[0-9]{1,2}");
            }
        }
    }

    @Test
    void showsAPartOfACpu() {
        // Given
        ground = new ViewsGround(HALF, BOTH, 320);
        try (ViewsWall wall = ground.wall()) {
            RunningPartition partition = ground.boot(wall, SHELL);
            try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
                console.expect("# ", PATIENCE);

                // Then
                assertThat(ground.promise(wall, partition).held()).isTrue();
                assertThat(run(console, "free -m"))
                        .containsPattern("Mem: +320 ")
                        .containsPattern("Swap: +0 ");
                assertThat(run(console, "nproc")).startsWith("2\n");
                // Where lxcfs finds the quota it is one CPU: from version 6 on, and with version 2 of groups but for
                // stat.
                assertThat(run(
                                console,
                                "grep -c ^processor /proc/cpuinfo; grep -c '^cpu[0-9]' /proc/stat;"
                                        + " cat /sys/devices/system/cpu/online"))
                        .matches("(?s)(1\n1\n0|1\n2\n0|2\n2\n0-1)\n.*");
                assertThat(run(console, "top -bn1 | head -5")).containsPattern("MiB Mem : +320\\.0 total");
                assertThat(run(console, "cat /proc/swaps")).contains("Filename").doesNotContain("/");
                assertThat(run(console, "cat /proc/diskstats; cat /proc/loadavg"))
                        .containsPattern("[0-9.]+ [0-9.]+ [0-9.]+ \\d+/\\d+ \\d+");
                assertThat(run(console, "cd /sys/fs/cgroup; echo; cat memory.max memory/memory.limit_in_bytes"))
                        .contains("\n" + 320L * 1024 * 1024 + "\n");
                assertThat(run(console, "java -XshowSettings:system -version"))
                        .contains("Memory Limit: 320.00M")
                        .contains("Effective CPU Count: 1");
                assertThat(run(console, "java -XX:+PrintFlagsFinal -version | grep ' MaxHeapSize '"))
                        .containsPattern(" = [0-9]{8,9} ");
            }
        }
    }

    @Test
    void showsWholeCpus() {
        // Given
        ground = new ViewsGround(new CpuSlice.Whole(CpuSet.of(1)), CpuSet.of(0), 200);
        try (ViewsWall wall = ground.wall()) {
            RunningPartition partition = ground.boot(wall, SHELL);
            try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
                console.expect("# ", PATIENCE);

                // Then
                assertThat(run(console, "nproc; grep -c ^processor /proc/cpuinfo; grep -c '^cpu[0-9]' /proc/stat"))
                        .startsWith("1\n1\n1\n");
                assertThat(run(console, "java -XshowSettings:system -version"))
                        .contains("Memory Limit: 200.00M")
                        .contains("Effective CPU Count: 1");
            }
        }
    }

    @Test
    void beginsToCountWithItsOwnBoot() {
        // Given
        ground = new ViewsGround(HALF, BOTH, 200);
        assumeTrue(new ProcessTable(Path.of("/proc")).knowsClocks(), "needs time namespaces");
        String host = TestGround.readOrEmpty(Path.of("/proc/sys/kernel/random/boot_id"))
                .strip();
        List<String> boots = new ArrayList<>();
        try (ViewsWall wall = ground.wall()) {
            for (int i = 0; i < 2; i++) {
                RunningPartition partition = ground.boot(wall, SHELL);
                try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
                    console.expect("# ", PATIENCE);
                    boots.add(
                            run(console, "cat /proc/sys/kernel/random/boot_id").split("\n", 2)[0]);

                    // Then
                    assertThat(run(console, "cat /proc/cmdline")).startsWith("bulkhead.partition=t-start\n");
                    assertThat(run(console, "uptime")).contains(" up 0 min");
                    assertThat(
                                    run(
                                            console,
                                            "perl -e 'use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);"
                                                    + " print clock_gettime(CLOCK_MONOTONIC) < 120 ? \"own\\n\" : \"host\\n\"'"))
                            .startsWith("own\n");
                    assertThat(run(console, "echo x >/proc/sys/kernel/random/boot_id; umount /proc/cmdline"))
                            .contains("Read-only file system")
                            .containsPattern("must be superuser|not permitted|not mounted|Invalid argument");
                }
                ground.ground.kill(partition);
            }
        }

        // Then
        assertThat(boots).doesNotHaveDuplicates().doesNotContain(host).allMatch(id -> id.matches("[0-9a-f-]{36}"));
    }

    @Test
    void isRepairedWithinASecondWhenLxcfsDies() {
        // Given
        ground = new ViewsGround(HALF, BOTH, 200);
        List<Boolean> news = Collections.synchronizedList(new ArrayList<>(List.of(true)));
        try (ViewsWall wall = ground.wall()) {
            RunningPartition partition = ground.boot(wall, SHELL);
            // The word that the first lxcfs is there may still be on its way.
            wall.onNews(() -> {
                boolean held = ground.promise(wall, partition).held();
                if (held != news.get(news.size() - 1)) {
                    news.add(held);
                }
            });
            try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
                console.expect("# ", PATIENCE);
                run(console, "sleep 1000 & echo started");

                for (int i = 1; i <= 3; i++) {
                    long before = ground.lxcfs();

                    // When
                    ground.kill(before);

                    // Then
                    int told = 1 + 2 * i;
                    await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> news.size() >= told);
                    assertThat(ground.lxcfs()).isNotEqualTo(before);
                    assertThat(run(console, "free -m; jobs"))
                            .containsPattern("Mem: +200 ")
                            .contains("sleep 1000");
                }
            }
        }
        assertThat(news).containsExactly(true, false, true, false, true, false, true);
    }

    @Test
    void goesOnUnderTheNextManagerAndIsRepairedByIt() {
        // Given
        ground = new ViewsGround(HALF, BOTH, 200);
        RunningPartition partition;
        try (ViewsWall first = ground.wall()) {
            partition = ground.boot(first, SHELL);
        }
        long lxcfs = ground.lxcfs();
        try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
            console.expect("# ", PATIENCE);
            assertThat(run(console, "free -m")).containsPattern("Mem: +200 ");

            // When
            try (ViewsWall second = ground.wall()) {
                second.recover(Set.of(TestGround.NAME));
                second.adopt(ground.record, partition);

                // Then
                assertThat(ground.lxcfs()).isEqualTo(lxcfs);
                assertThat(ground.promise(second, partition).held()).isTrue();
            }

            // When
            ground.kill(lxcfs);
            await().until(() ->
                    new ProcessTable(Path.of("/proc")).identify(lxcfs).isEmpty());
            try (ViewsWall third = ground.wall()) {
                third.adopt(ground.record, partition);

                // Then
                assertThat(ground.promise(third, partition).held()).isTrue();
                assertThat(run(console, "free -m")).containsPattern("Mem: +200 ");
                third.leave();
            }
        }
        assertThat(ground.mounted()).isFalse();
        assertThat(ground.runDirectory).isEmptyDirectory();
    }

    @Test
    void startsWithoutLxcfsAndGetsItLater() throws IOException {
        // Given
        ground = new ViewsGround(HALF, BOTH, 200);
        Path program = ground.runDirectory.resolve("program");
        try (ViewsWall wall = ground.wall(program)) {
            RunningPartition partition = ground.boot(wall, SHELL);
            Promise without = ground.promise(wall, partition);
            assertThat(without.held()).isTrue();
            assertThat(without.promised()).endsWith("boot id");
            assertThat(without.reason().orElseThrow()).contains("apt-get install lxcfs");

            // When
            Files.createSymbolicLink(program, ViewsGround.LXCFS);
            wall.adopt(ground.record, partition);

            // Then
            Promise with = ground.promise(wall, partition);
            assertThat(with.held()).isTrue();
            assertThat(with.promised()).contains("7 files of lxcfs");
            try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
                console.expect("# ", PATIENCE);
                assertThat(run(console, "free -m")).containsPattern("Mem: +200 ");
            }
        } finally {
            Files.deleteIfExists(program);
        }
    }

    @Test
    void startsWithAnLxcfsThatFailsAndSaysSo() {
        // Given
        ground = new ViewsGround(HALF, BOTH, 200);
        try (ViewsWall wall = ground.wall(Path.of("/bin/false"))) {
            // When
            RunningPartition partition = ground.boot(wall, SHELL);

            // Then
            Promise promise = ground.promise(wall, partition);
            assertThat(promise.held()).isTrue();
            assertThat(promise.reason().orElseThrow()).contains("lxcfs exited with status 1");
            assertThat(ground.mounted()).isFalse();
        }
    }

    @Test
    void isNoWayOutAndAnswersForWhatItsRootTakesAway() {
        // Given
        ground = new ViewsGround(HALF, BOTH, 200);
        try (ViewsWall wall = ground.wall()) {
            RunningPartition partition = ground.boot(wall, SHELL);
            try (ConsoleTap console = new ConsoleTap(ground.ground.sys, partition.console())) {
                console.expect("# ", PATIENCE);

                // When
                String output = run(
                        console,
                        "mount -o remount,rw,bind /sys/devices/system/cpu/online;"
                                + " sh -c 'echo 0 >/sys/devices/system/cpu/online';"
                                + " ls -d /sys/devices/system/cpu/online/..; umount /proc/meminfo; echo done");

                // Then
                assertThat(output).contains("Read-only file system").contains("Not a directory");
                Promise promise = ground.promise(wall, partition);
                assertThat(promise.held()).isFalse();
                assertThat(promise.readBack()).contains("6 files of lxcfs");
                assertThat(promise.reason().orElseThrow()).contains("its own root", "meminfo");
                wall.adopt(ground.record, partition);
                assertThat(ground.promise(wall, partition).held()).isTrue();
            }
        }
    }

    private static String run(ConsoleTap console, String command) {
        return console.run(command, PATIENCE);
    }
}
