package io.bulkhead.manager.caps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.HostStatus.MemoryCap;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.FailingFiles;
import io.bulkhead.manager.record.BootRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryCapsTest {
    private static final ByteSize NOTHING = ByteSize.ZERO;
    /** Of 8 GiB, with 512 MiB left to the kernel and 4 GiB sliced. */
    private static final String CAP = String.valueOf(ByteSize.ofMebibytes(3584).bytes());

    private static final ByteSize SLICES = ByteSize.parse("4GiB");

    @TempDir
    private Path directory;

    private FakeHostGroups kernel;
    private final List<String> disturbances = new ArrayList<>();

    @BeforeEach
    void aHostWithSystemd() {
        kernel = new FakeHostGroups(directory.resolve("cgroup"));
        kernel.group("init.scope", "8MiB", "2MiB");
        kernel.group("system.slice", "1GiB", "512MiB");
        kernel.group("user.slice", "128MiB", "0MiB");
        kernel.group("b", "1GiB", "0MiB");
        kernel.group("b.pool", "0MiB", "0MiB");
    }

    private MemoryCaps caps() {
        return caps(kernel, "b");
    }

    private MemoryCaps caps(CgroupFiles files, String instance) {
        return new MemoryCaps(
                files,
                directory.resolve("cgroup"),
                new InstanceName(instance),
                ByteSize.parse("8GiB"),
                ByteSize.parse("512MiB"),
                new BootRecord<>(directory.resolve(instance + "-caps.json"), CapRecord.class),
                "boot-1",
                disturbances::add);
    }

    @Test
    void capsEachOfTheHostsGroupsAndNoneOfOurs() {
        HostStatus.MemoryCaps report = caps().settle(SLICES);

        assertThat(kernel.limits())
                .isEqualTo(
                        Map.of("init.scope", CAP, "system.slice", CAP, "user.slice", CAP, "b", "max", "b.pool", "max"));
        assertThat(report.cap()).contains(ByteSize.ofMebibytes(3584));
        assertThat(report.groups())
                .contains(new MemoryCap(
                        "user.slice",
                        Limit.of(ByteSize.ofMebibytes(3584)),
                        Limit.unlimited(),
                        ByteSize.ofMebibytes(128),
                        Optional.empty()));
    }

    @Test
    void putsEverythingBackWithTheLastSlice() {
        kernel.somebodyWrites("user.slice", "memory.max", "1073741824");
        Map<String, String> before = kernel.limits();
        MemoryCaps caps = caps();
        caps.settle(SLICES);
        caps.settle(ByteSize.parse("1GiB"));

        caps.settle(NOTHING);

        assertThat(kernel.limits()).isEqualTo(before);
        assertThat(directory.resolve("b-caps.json")).doesNotExist();
    }

    @Test
    void putsBackWhatAKilledManagerHasSet() {
        Map<String, String> before = kernel.limits();
        caps().settle(SLICES);

        caps().settle(NOTHING);

        assertThat(kernel.limits()).isEqualTo(before);
    }

    @Test
    void leavesATighterLimitOfTheAdministratorAlone() {
        kernel.somebodyWrites("user.slice", "memory.max", "1073741824");

        HostStatus.MemoryCaps report = caps().settle(SLICES);

        assertThat(kernel.max("user.slice")).isEqualTo("1073741824");
        assertThat(report.groups().get(2).remark()).contains("the host's own limit is tighter");
    }

    @Test
    void followsTheSlices() {
        MemoryCaps caps = caps();
        caps.settle(SLICES);

        caps.settle(ByteSize.parse("2GiB"));

        assertThat(kernel.max("system.slice"))
                .isEqualTo(String.valueOf(ByteSize.ofMebibytes(5632).bytes()));
    }

    @Test
    void capsAgainWhatSystemdHasSetBack() {
        MemoryCaps caps = caps();
        caps.settle(SLICES);
        kernel.somebodyWrites("system.slice", "memory.max", "max");

        caps.settle(SLICES);

        assertThat(kernel.max("system.slice")).isEqualTo(CAP);
        assertThat(disturbances)
                .containsExactly("the cap on the memory of system.slice had been changed from 3584MiB to unlimited");
    }

    @Test
    void keepsWhatAnAdministratorSetsMeanwhile() {
        MemoryCaps caps = caps();
        caps.settle(SLICES);
        kernel.somebodyWrites("user.slice", "memory.max", "536870912");

        caps.settle(SLICES);
        caps.settle(NOTHING);

        assertThat(kernel.max("user.slice")).isEqualTo("536870912");
        assertThat(kernel.max("system.slice")).isEqualTo("max");
    }

    @Test
    void capsAGroupThatComesLaterAndForgetsOneThatGoes() {
        MemoryCaps caps = caps();
        caps.settle(SLICES);
        kernel.remove("user.slice");
        kernel.group("machine.slice", "64MiB", "0MiB");

        caps.settle(SLICES);
        assertThat(kernel.max("machine.slice")).isEqualTo(CAP);
        kernel.group("user.slice", "64MiB", "0MiB");
        kernel.somebodyWrites("user.slice", "memory.max", "67108864");
        caps.settle(NOTHING);

        assertThat(kernel.max("machine.slice")).isEqualTo("max");
        assertThat(kernel.max("user.slice")).isEqualTo("67108864");
    }

    @Test
    void takesCachesRatherThanKills() {
        kernel.group("system.slice", "1GiB", "6GiB");

        caps().settle(SLICES);

        assertThat(kernel.max("system.slice")).isEqualTo(CAP);
    }

    @Test
    void neverCapsBelowWhatAGroupUses() {
        kernel.group("system.slice", "4GiB", "0MiB");
        MemoryCaps caps = caps();

        HostStatus.MemoryCaps report = caps.settle(SLICES);

        assertThat(Long.parseLong(kernel.max("system.slice")))
                .isEqualTo(ByteSize.ofMebibytes(4352).bytes());
        assertThat(report.groups().get(1).remark())
                .hasValueSatisfying(remark -> assertThat(remark).contains("it used more than the cap when it was set"));
    }

    @Test
    void comesDownWithItsUseAndNeverGoesUp() {
        kernel.group("system.slice", "4GiB", "0MiB");
        MemoryCaps caps = caps();
        caps.settle(SLICES);
        kernel.group("system.slice", "4300MiB", "0MiB");
        caps.settle(SLICES);
        assertThat(kernel.max("system.slice"))
                .isEqualTo(String.valueOf(ByteSize.ofMebibytes(4352).bytes()));
        kernel.group("system.slice", "1GiB", "0MiB");

        caps.settle(SLICES);

        assertThat(kernel.max("system.slice")).isEqualTo(CAP);
    }

    @Test
    void refusesASliceWhoseMemoryTheHostHolds() {
        kernel.group("system.slice", "3500MiB", "8GiB");

        assertThatThrownBy(() -> caps().requireRoom(SLICES))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the host's own groups hold")
                .hasMessageContaining("system.slice holds 3500MiB");
        assertThat(kernel.max("system.slice")).isEqualTo("max");
    }

    @Test
    void hasRoomWhereTheHostHoldsCachesOnly() {
        kernel.group("system.slice", "3GiB", "8GiB");

        caps().requireRoom(SLICES);
    }

    @Test
    void countsTheSlicesOfAnotherInstance() {
        kernel.group("c", "0MiB", "0MiB");
        kernel.group("c.pool", "0MiB", "0MiB");
        kernel.somebodyWrites(
                "c", "memory.min", String.valueOf(ByteSize.parse("1GiB").bytes()));

        caps().settle(ByteSize.parse("3GiB"));

        assertThat(kernel.max("system.slice")).isEqualTo(CAP);
        assertThat(kernel.max("c")).isEqualTo("max");
    }

    @Test
    void leavesTheCapsToTheInstanceThatComesFirst() {
        Map<String, String> before = kernel.limits();
        MemoryCaps later = caps(kernel, "b");
        later.settle(SLICES);
        kernel.group("a", "0MiB", "0MiB");
        kernel.group("a.pool", "0MiB", "0MiB");
        MemoryCaps first = caps(kernel, "a");
        first.settle(SLICES);

        HostStatus.MemoryCaps report = later.settle(SLICES);
        assertThat(report.reason()).contains("the instance a sets them");
        first.settle(SLICES);
        assertThat(kernel.max("system.slice")).isNotEqualTo("max");
        first.putBack();
        kernel.remove("a");
        kernel.remove("a.pool");

        assertThat(kernel.limits()).isEqualTo(before);
    }

    @Test
    void putsBackWhateverWriteHasFailedOnTheWay() {
        Map<String, String> before = kernel.limits();
        int changes = 0;
        for (int k = 1; k == 1 || k <= changes; k++) {
            FailingFiles failing = new FailingFiles(kernel);
            MemoryCaps caps = caps(failing, "b");
            failing.failAt(k);
            assertThatThrownBy(() -> caps.settle(SLICES)).isInstanceOf(CgroupException.class);
            changes = failing.changes();

            failing.failAt(-1);
            caps.settle(NOTHING);

            assertThat(kernel.limits()).as("after write %s had failed", k).isEqualTo(before);
            assertThat(directory.resolve("b-caps.json")).doesNotExist();
        }
        assertThat(changes).isEqualTo(3);
    }
}
