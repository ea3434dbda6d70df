package io.bulkhead.manager.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.unit.ByteRate;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    /** However it is asked: what passes in any time is the burst and the rate's worth, to the byte. */
    @Property
    void letsNoMoreThanBurstAndRatePassAndNoLess(
            @ForAll @LongRange(min = 1, max = 10L << 30) long rate,
            @ForAll @LongRange(min = 1, max = 1 << 20) long most,
            @ForAll @Size(max = 50) List<@LongRange(min = 0, max = 10_000_000) Long> pauses,
            @ForAll @LongRange long start) {
        TokenBucket bucket = new TokenBucket(rate, most, start);
        long elapsed = 0;
        long taken = 0;
        boolean everFull = false;
        for (long pause : pauses) {
            elapsed += pause;
            long available = bucket.available(start + elapsed);
            everFull |= available == most && elapsed > 0;
            bucket.take(available);
            taken += available;
        }

        long earned = Math.floorDiv(Math.multiplyHigh(elapsed, rate) == 0 ? elapsed * rate : Long.MAX_VALUE, SECOND);
        if (!pauses.isEmpty()) {
            assertThat(taken).isLessThanOrEqualTo(most + earned);
            if (!everFull) {
                assertThat(taken).isEqualTo(most + earned);
            }
        }
    }

    /** Who waits as long as it says finds what was wanted, and a nanosecond before does not. */
    @Property
    void saysExactlyHowLongToWait(
            @ForAll @LongRange(min = 1, max = 1L << 40) long rate,
            @ForAll @LongRange(min = 2, max = 1 << 20) long most,
            @ForAll @LongRange(min = 1, max = 1 << 20) long wanted) {
        TokenBucket bucket = new TokenBucket(rate, most, 0);
        bucket.take(most);

        long nanos = bucket.nanosUntil(wanted, 0);

        assertThat(bucket.available(nanos - 1)).isLessThan(Math.min(wanted, most));
        assertThat(bucket.available(nanos)).isGreaterThanOrEqualTo(Math.min(wanted, most));
    }

    @Test
    void isNotConfusedByAClockThatWraps() {
        TokenBucket bucket = new TokenBucket(10, 100, Long.MAX_VALUE - SECOND);
        bucket.take(100);

        assertThat(bucket.available(Long.MIN_VALUE + SECOND - 1)).isEqualTo(20);
        assertThatThrownBy(() -> bucket.take(21)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aConsoleWaitsForSomethingWorthWhile() {
        RateBucket slow = new RateBucket(new ByteRate(1024), 0);
        assertThat(slow.available(0)).isEqualTo(4096);
        slow.take(4096);
        assertThat(slow.untilWorthwhile(0)).isEqualTo(Duration.ofMillis(250));

        RateBucket usual = new RateBucket(new ByteRate(4 << 20), 0);
        assertThat(usual.available(0)).isEqualTo(419_430);
        usual.take(419_430);
        assertThat(usual.untilWorthwhile(0)).isEqualTo(Duration.ofMillis(10));
    }
}
