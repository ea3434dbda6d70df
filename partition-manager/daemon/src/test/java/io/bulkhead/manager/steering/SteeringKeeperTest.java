package io.bulkhead.manager.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.StuckInterrupt;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.FailingFiles;
import io.bulkhead.manager.record.BootRecord;
import io.bulkhead.manager.record.RecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SteeringKeeperTest {
    private static final CpuSet NONE = CpuSet.EMPTY;
    private static final String DEFAULT = "proc/irq/default_smp_affinity";
    private static final String WORKQUEUES = "sys/devices/virtual/workqueue/cpumask";

    @TempDir
    private Path directory;

    private FakeAffinities kernel;
    private Path state;
    private final List<String> disturbances = new ArrayList<>();

    @BeforeEach
    void aHostWithFourCpus() {
        kernel = new FakeAffinities(directory.resolve("kernel"), CpuSet.parse("0-3"));
        kernel.interrupt(9, "", "0-3");
        kernel.interrupt(24, "eth0", "0-3");
        kernel.interrupt(25, "ahci", "2");
        kernel.managedInterrupt(33, "nvme0q3", "2");
        kernel.interrupt(40, "rtc", "0");
        state = directory.resolve("state");
    }

    private SteeringKeeper keeper() {
        return keeper(kernel, "steering.json", "boot-1");
    }

    private SteeringKeeper keeper(CgroupFiles files, String record, String bootId) {
        return new SteeringKeeper(
                files,
                directory.resolve("kernel"),
                new BootRecord<>(state.resolve(record), SteeringRecord.class),
                bootId,
                CpuSet.of(0),
                disturbances::add);
    }

    @Test
    void keepsInterruptsAndWorkersOffASlice() {
        keeper().steer(CpuSet.of(2));

        assertThat(kernel.affinity(24)).isEqualTo("0-1,3");
        assertThat(kernel.says(DEFAULT)).isEqualTo("b");
        assertThat(kernel.says(WORKQUEUES)).isEqualTo("b");
    }

    @Test
    void sendsWhatWantedOnlyTakenCpusToTheHostsOwn() {
        keeper().steer(CpuSet.of(2));

        assertThat(kernel.affinity(25)).isEqualTo("0");
    }

    @Test
    void leavesAloneWhatNobodyHandlesAndWhatIsElsewhere() {
        keeper().steer(CpuSet.of(2));

        assertThat(kernel.affinity(9)).isEqualTo("0-3");
        assertThat(kernel.affinity(40)).isEqualTo("0");
        assertThat(kernel.writes).noneMatch(write -> write.contains("/9/") || write.contains("/40/"));
    }

    @Test
    void listsWhatTheKernelRefuses() {
        SteeringReport report = keeper().steer(CpuSet.of(2));

        assertThat(report.stuck())
                .containsExactly(new StuckInterrupt(33, "nvme0q3", CpuSet.of(2), "Operation not permitted"));
        assertThat(report.workqueues()).contains(CpuSet.parse("0-1,3"));
    }

    @Test
    void putsEverythingBackAndForgetsIt() {
        Map<String, String> before = kernel.snapshot();
        SteeringKeeper keeper = keeper();
        keeper.steer(CpuSet.of(2, 3));

        keeper.steer(NONE);

        assertThat(kernel.snapshot()).isEqualTo(before);
        assertThat(keeper.holdsAnything()).isFalse();
        assertThat(state.resolve("steering.json")).doesNotExist();
    }

    @Test
    void givesBackOneSliceOfTwo() {
        SteeringKeeper keeper = keeper();
        keeper.steer(CpuSet.of(2, 3));

        keeper.steer(CpuSet.of(3));

        assertThat(kernel.affinity(24)).isEqualTo("0-2");
        assertThat(kernel.affinity(25)).isEqualTo("2");
        assertThat(kernel.says(WORKQUEUES)).isEqualTo("7");
    }

    @Test
    void writesNothingWhereNothingHasChanged() {
        SteeringKeeper keeper = keeper();
        keeper.steer(CpuSet.of(2));
        kernel.writes.clear();

        keeper.steer(CpuSet.of(2));

        assertThat(kernel.writes).isEmpty();
    }

    @Test
    void bringsBackWhatSomebodyHasMovedOntoTheSlice() {
        SteeringKeeper keeper = keeper();
        keeper.steer(CpuSet.of(2));
        kernel.somebodyWrites("proc/irq/24/smp_affinity_list", "1-2");
        kernel.somebodyWrites("proc/irq/25/smp_affinity_list", "2");

        keeper.steer(CpuSet.of(2));

        assertThat(kernel.affinity(24)).isEqualTo("1");
        assertThat(kernel.affinity(25)).isEqualTo("0");
        assertThat(disturbances)
                .containsExactly(
                        "interrupt 24 (eth0) had been moved from CPUs 0-1,3 to 1-2",
                        "interrupt 25 (ahci) had been moved from CPUs 0 to 2");
    }

    @Test
    void steersADeviceThatComesLater() {
        SteeringKeeper keeper = keeper();
        keeper.steer(CpuSet.of(2));
        kernel.interrupt(50, "usb", "2-3");

        keeper.steer(CpuSet.of(2));

        assertThat(kernel.affinity(50)).isEqualTo("3");
    }

    @Test
    void forgetsADeviceThatIsGone() {
        SteeringKeeper keeper = keeper();
        keeper.steer(CpuSet.of(2));
        kernel.remove(24);
        keeper.steer(CpuSet.of(2));
        kernel.interrupt(24, "other", "1");

        keeper.steer(NONE);

        assertThat(kernel.affinity(24)).isEqualTo("1");
    }

    @Test
    void leavesWorkersToAKernelThatIsolatesByItself() {
        kernel.isolate(CpuSet.of(2));

        keeper().steer(CpuSet.of(2));

        assertThat(kernel.writes).noneMatch(write -> write.startsWith(WORKQUEUES));
        assertThat(kernel.says(WORKQUEUES)).isEqualTo("b");
    }

    @Test
    void keepsWorkersOffABalancedSliceBesideAnIsolatedOne() {
        kernel.isolate(CpuSet.of(2));
        SteeringKeeper keeper = keeper();
        keeper.steer(CpuSet.of(2, 3));
        assertThat(kernel.says(WORKQUEUES)).isEqualTo("3");

        kernel.isolate(NONE);
        keeper.steer(NONE);

        assertThat(kernel.says(WORKQUEUES)).isEqualTo("f");
    }

    @Test
    void neverLeavesAnInterruptWithoutACpuThatIsOnline() {
        kernel.interrupt(60, "mlx", "2-3");
        kernel.setOnline(CpuSet.parse("0-2"));

        keeper().steer(CpuSet.of(2));

        assertThat(kernel.affinity(60)).isEqualTo("0");
    }

    @Test
    void givesBackAfterTheManagerWasKilled() {
        Map<String, String> before = kernel.snapshot();
        keeper().steer(CpuSet.of(2));

        keeper().steer(NONE);

        assertThat(kernel.snapshot()).isEqualTo(before);
    }

    @Test
    void believesNoRecordOfAnotherBoot() {
        keeper().steer(CpuSet.of(2));
        Map<String, String> fresh = kernel.snapshot();

        SteeringKeeper next = keeper(kernel, "steering.json", "boot-2");
        next.steer(NONE);

        assertThat(kernel.snapshot()).isEqualTo(fresh);
    }

    @Test
    void setsADamagedRecordAside() throws IOException {
        keeper().steer(CpuSet.of(2));
        Files.writeString(state.resolve("steering.json"), "{");

        assertThat(keeper().holdsAnything()).isFalse();
        try (var files = Files.list(state)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .singleElement()
                    .asString()
                    .startsWith("steering.json.damaged-");
        }
    }

    @Test
    void givesBackWhateverWriteHasFailedOnTheWay() {
        Map<String, String> before = kernel.snapshot();
        int failed = 0;
        for (int k = 1; failed < k; k++) {
            FailingFiles failing = new FailingFiles(kernel);
            SteeringKeeper keeper = keeper(failing, "steering.json", "boot-1");
            failing.failAt(k);
            SteeringReport report = keeper.steer(CpuSet.of(2));
            failed = failing.changes();

            if (k <= failed) {
                assertThat(report.stuck().stream()
                                        .filter(each -> each.reason().equals("Input/output error"))
                                        .count()
                                + (report.workqueues().equals(Optional.of(CpuSet.parse("0-3"))) ? 1 : 0)
                                + (kernel.says(DEFAULT).equals("f") ? 1 : 0)
                                + (report.stuck().size() == 1 ? 1 : 0))
                        .as("write %s was refused and is told, or was the one that the kernel refuses anyway", k)
                        .isPositive();
            }
            failing.failAt(-1);
            keeper.steer(NONE);
            assertThat(kernel.snapshot()).as("after write %s had failed", k).isEqualTo(before);
            assertThat(state.resolve("steering.json")).doesNotExist();
        }
    }

    @Test
    void triesAgainWhatFailedOnTheWayBack() {
        Map<String, String> before = kernel.snapshot();
        FailingFiles failing = new FailingFiles(kernel);
        SteeringKeeper keeper = keeper(failing, "steering.json", "boot-1");
        keeper.steer(CpuSet.of(2));
        failing.failAt(1);
        keeper.steer(NONE);

        keeper().steer(NONE);

        assertThat(kernel.snapshot()).isEqualTo(before);
    }

    @Test
    void touchesNothingThatCannotBePutOnRecord() throws IOException {
        Map<String, String> before = kernel.snapshot();
        // A file where the directory would be made.
        Files.writeString(state, "");

        assertThatThrownBy(() -> keeper().steer(CpuSet.of(2))).isInstanceOf(RecordException.class);

        assertThat(kernel.snapshot()).isEqualTo(before);
    }

    @Test
    void looksWithoutTouchingAnything() {
        SteeringReport report = keeper().look(CpuSet.of(2));

        assertThat(kernel.writes).isEmpty();
        assertThat(report.stuck())
                .containsExactly(
                        new StuckInterrupt(25, "ahci", CpuSet.of(2), "it may fire on CPUs 2"),
                        new StuckInterrupt(33, "nvme0q3", CpuSet.of(2), "it may fire on CPUs 2"));
    }
}
