package io.bulkhead.contract.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    private static final CpuClaim ONE = CpuClaim.Whole.of(1);

    @ParameterizedTest
    @ValueSource(strings = {"a", "db", "web-1", "abcdefghijklmnopqrstuvwxyz012345"})
    void takesHostnamesAsNames(String name) {
        assertThat(PartitionName.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1a",
                "-a",
                "a-",
                "A",
                "a_b",
                "a.b",
                "../a",
                "a/b",
                "host",
                "free",
                "abcdefghijklmnopqrstuvwxyz0123456",
                "ä"
            })
    void refusesWhatCouldNotBeAHostname(String name) {
        assertThatThrownBy(() -> PartitionName.parse(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesIdsThatDisagreeWithTheCount() {
        assertThatThrownBy(
                        () -> new CpuClaim.Whole(2, CpuClaim.Threads.ANY, Optional.empty(), Optional.of(CpuSet.of(1))))
                .hasMessageContaining("ids names 1");
    }

    @Test
    void refusesAPlaceThatIsSaidTwice() {
        CpuClaim.Whole one = CpuClaim.Whole.of(1);

        assertThatThrownBy(() -> new CpuClaim.Whole(1, CpuClaim.Threads.ANY, Optional.of(0), Optional.empty(), false)
                        .near("nvme0n1"))
                .hasMessage("near says where the CPUs are to be, and so does node; leave one of them out");
        assertThatThrownBy(() -> one.near("a disk")).hasMessageContaining("'a disk' is not the name of a disk");
        assertThatThrownBy(() -> one.ofType(CoreType.UNIFORM)).hasMessageContaining("performance or efficiency");
    }

    @Test
    void saysEverythingThatAClaimAsks() {
        assertThat(CpuClaim.Whole.of(4).inOneCache().ofType(CoreType.EFFICIENCY).near("eth0"))
                .hasToString("4 in one cache, efficiency cores, near eth0");
    }

    @Test
    void refusesMemoryThatIsNotWholePages() {
        assertThatThrownBy(() -> new Claim(ONE, new ByteSize((64L << 20) + 1), 64, IoSlice.UNLIMITED))
                .hasMessageContaining("4KiB");
        assertThatThrownBy(() -> new Claim(ONE, ByteSize.ofMebibytes(15), 64, IoSlice.UNLIMITED))
                .hasMessageContaining("at least 16MiB");
    }

    @Test
    void refusesTooFewTasksToBoot() {
        assertThatThrownBy(() -> new Claim(ONE, ByteSize.ofMebibytes(64), 15, IoSlice.UNLIMITED))
                .hasMessageContaining("tasks");
    }

    @Test
    void refusesACpuPartBelowTheKernelsGrain() {
        assertThatThrownBy(() -> new CpuClaim.Part(new CpuMillis(9))).hasMessageContaining("0.01");
    }

    @Test
    void refusesAServiceWithoutAbsolutePath() {
        assertThatThrownBy(() -> new Init.Service(List.of("redis-server"), Init.Restart.ALWAYS))
                .hasMessageContaining("absolute path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cron", "../x.service", "a b.service", ".service"})
    void refusesWhatIsNoUnit(String unit) {
        assertThatThrownBy(() -> new Init.Systemd(List.of(unit))).hasMessageContaining("unit");
    }

    @Test
    void knowsWhenUidRangesOverlap() {
        UidRange range = new UidRange(1_048_576);

        assertThat(range.overlaps(new UidRange(1_048_576 + 65_535))).isTrue();
        assertThat(range.overlaps(new UidRange(1_048_576 + 65_536))).isFalse();
    }

    @Test
    void refusesListsThatWouldMakeTheListOfPartitionsTooLargeForAMessage() {
        String tooLong = "x".repeat(Init.MAX_LIST_BYTES);

        assertThatThrownBy(() -> new Init.Service(List.of("/bin/echo", tooLong), Init.Restart.ALWAYS))
                .hasMessageContaining("at most 4096");
        assertThatThrownBy(() -> new Init.Systemd(Collections.nCopies(1000, "cron.service")))
                .hasMessageContaining("at most 4096");
    }

    @Test
    void aStartOrderIsForThoseThatStartWithTheManager() {
        Claim claim = new Claim(ONE, ByteSize.ofMebibytes(64), 64, IoSlice.UNLIMITED);

        assertThatThrownBy(() -> startingAt(claim, false, 5)).hasMessageContaining("starts with the manager");
        assertThatThrownBy(() -> startingAt(claim, true, 1001)).hasMessageContaining("0 to 1000");
        assertThatThrownBy(() -> startingAt(claim, true, -1)).hasMessageContaining("0 to 1000");
        assertThat(startingAt(claim, true, 5).startTurn()).isEqualTo(5);
        assertThat(startingAt(claim, true, PartitionSpec.DEFAULT_START_ORDER).startOrder())
                .isEmpty();
    }

    private static PartitionSpec startingAt(Claim claim, boolean autostart, int order) {
        return new PartitionSpec(
                new PartitionName("a"),
                claim,
                new Init.Shell(),
                autostart,
                false,
                1000,
                Optional.empty(),
                Optional.of(order));
    }
}
