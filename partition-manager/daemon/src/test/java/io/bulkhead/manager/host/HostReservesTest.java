package io.bulkhead.manager.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.settings.Settings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostReservesTest {
    private static final Settings.Host NOTHING_SAID = Settings.Host.OPEN;

    private static HostFacts facts(long mebibytes) {
        return new HostFacts(
                CpuSet.of(0, 1, 2, 3),
                Map.of(0, CpuSet.of(0, 2), 1, CpuSet.of(1, 3)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(mebibytes),
                Optional.empty(),
                "6.1",
                Optional.empty());
    }

    private static Settings.Host host(String pool, String cpu, String memory) {
        return new Settings.Host(
                Optional.of(CpuSet.parse(pool)),
                Optional.of(CpuMillis.parse(cpu)),
                Optional.of(ByteSize.parse(memory)),
                false,
                Optional.empty(),
                Settings.MemoryCaps.AUTO);
    }

    @Test
    void keepsTheLowestCoreHalfACpuAndOneGibibyteByDefault() {
        assertThat(HostReserves.resolve(NOTHING_SAID, facts(16_384)))
                .isEqualTo(new HostReserve(CpuSet.of(0, 2), new CpuMillis(500), ByteSize.ofMebibytes(1024)));
    }

    @Test
    void keepsAQuarterOfASmallMachine() {
        assertThat(HostReserves.resolve(NOTHING_SAID, facts(2048)).memory()).isEqualTo(ByteSize.ofMebibytes(512));
    }

    @Test
    void takesWhatTheSettingsSay() {
        assertThat(HostReserves.resolve(host("1,3", "2", "3GiB"), facts(4096)))
                .isEqualTo(new HostReserve(CpuSet.of(1, 3), new CpuMillis(2000), ByteSize.ofMebibytes(3072)));
    }

    @Test
    void tellsEveryFaultAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostReserves.resolve(host("3-5", "4", "4GiB"), facts(4096)))
                .withMessageContaining("host.pool has the CPUs 4-5, which are not online; online are 0-3")
                .withMessageContaining("host.cpu is 4, but the pool 3-5 has only 3")
                .withMessageContaining("host.memory is 4GiB, which leaves nothing of the machine's 4GiB");
    }

    @Test
    void refusesAReserveOfNothingAndOfEverything() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostReserves.resolve(host("", "0", "0B"), facts(4096)))
                .withMessageContaining("host.pool names no CPU")
                .withMessageContaining("host.cpu must be more than 0")
                .withMessageContaining("host.memory must be more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostReserves.resolve(host("0-3", "4", "1GiB"), facts(4096)))
                .withMessageContaining("leaves nothing for partitions");
    }
}
