package io.bulkhead.manager.intrusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntrusionKeeperTest {
    private static final PartitionName DB = new PartitionName("db");
    private static final PartitionName WEB = new PartitionName("web");
    private static final CpuSet ONE = CpuSet.of(1);
    private static final CpuSet TWO = CpuSet.of(2);

    private final FakeClocks clocks = new FakeClocks();
    private final Map<PartitionName, Long> own = new HashMap<>(Map.of(DB, 0L, WEB, 0L));
    private final IntrusionKeeper keeper =
            new IntrusionKeeper(clocks, name -> Optional.ofNullable(own.get(name)), Duration.ofSeconds(10));

    @AfterEach
    void end() {
        keeper.close();
    }

    /** A host of four CPUs on which time passes only when it is told. */
    private static final class FakeClocks implements HostClocks {
        private long seconds = 100;
        private CpuSet online = CpuSet.parse("0-3");
        private final Map<Integer, Long> busyMicros = new HashMap<>();
        private int samples;

        @Override
        public CpuSet online() {
            return online;
        }

        @Override
        public Sample sample(CpuSet watched) {
            samples++;
            Map<Integer, CpuClock> cpus = new HashMap<>();
            for (int cpu : online.ids()) {
                cpus.put(cpu, new CpuClock(seconds * 1_000_000 - busyMicros.getOrDefault(cpu, 0L), 0));
            }
            return new Sample(nanos(), seconds * 1000, cpus, InterruptCounts.NONE);
        }

        @Override
        public long nanos() {
            return TimeUnit.SECONDS.toNanos(seconds);
        }
    }

    /** Lets time pass second by second, with a look after each. */
    private void pass(int seconds, Map<PartitionName, CpuSet> slices) {
        for (int i = 0; i < seconds; i++) {
            clocks.seconds++;
            keeper.look(slices);
        }
    }

    private Optional<CpuTime> total(PartitionName partition, CpuSet cpus) {
        return keeper.of(partition, cpus).map(Intrusion::total);
    }

    @Test
    void accountsASliceWindowByWindowFromTheMomentItIsBound() {
        pass(1, Map.of(DB, ONE));
        clocks.busyMicros.put(1, 3_000_000L);
        own.put(DB, 1_000_000L);
        pass(9, Map.of(DB, ONE));
        assertThat(keeper.of(DB, ONE)).isEmpty();

        pass(1, Map.of(DB, ONE));

        assertThat(total(DB, ONE)).contains(CpuTime.of(10_000_000, 1_000_000, 0, 7_000_000));
        assertThat(keeper.of(DB, ONE).orElseThrow().sinceMillis()).isEqualTo(101_000);
        assertThat(keeper.of(DB, TWO)).isEmpty();
    }

    @Test
    void looksAtTheHostOnlyWhenAWindowEndsOrASliceIsNew() {
        pass(30, Map.of());
        assertThat(clocks.samples).isZero();

        pass(31, Map.of(DB, ONE));
        assertThat(clocks.samples).isEqualTo(4);
    }

    @Test
    void joinsAFirstWindowThatIsShortWithTheNextOne() {
        pass(7, Map.of(DB, ONE));
        pass(13, Map.of(DB, ONE, WEB, TWO));
        assertThat(keeper.of(DB, ONE)).isPresent();
        assertThat(keeper.of(WEB, TWO)).isEmpty();

        pass(2, Map.of(DB, ONE, WEB, TWO));

        assertThat(total(WEB, TWO).orElseThrow().totalMicros()).isEqualTo(13_000_000);
    }

    @Test
    void beginsAnewOnOtherCpusAndForgetsWhatIsReleased() {
        pass(11, Map.of(DB, ONE));
        assertThat(keeper.of(DB, ONE)).isPresent();

        pass(1, Map.of(DB, TWO));
        assertThat(keeper.of(DB, ONE)).isEmpty();
        assertThat(keeper.of(DB, TWO)).isEmpty();
        pass(20, Map.of(DB, TWO));
        assertThat(keeper.of(DB, TWO)).isPresent();

        pass(1, Map.of());
        assertThat(keeper.of(DB, TWO)).isEmpty();
    }

    @Test
    void leavesOutAWindowInWhichACpuWentAndCameBack() {
        pass(11, Map.of(DB, ONE));
        CpuSet all = clocks.online;
        clocks.online = CpuSet.parse("0,2-3");
        // A CPU that is offline is not idle: its clock stands.
        clocks.busyMicros.put(1, 2_000_000L);
        pass(2, Map.of(DB, ONE));
        clocks.online = all;
        pass(30, Map.of(DB, ONE));

        CpuTime total = total(DB, ONE).orElseThrow();

        assertThat(total.intrusionMicros()).isZero();
        assertThat(total.totalMicros()).isLessThan(42_000_000);
    }

    @Test
    void accountsNothingWhereNobodyCountsCpuTime() {
        own.remove(DB);
        pass(25, Map.of(DB, ONE));

        assertThat(keeper.of(DB, ONE)).isEmpty();
    }
}
