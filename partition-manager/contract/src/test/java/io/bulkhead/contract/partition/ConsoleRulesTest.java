package io.bulkhead.contract.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsoleRulesTest {
    private static final ByteSize MEMORY = ByteSize.ofMebibytes(64);

    @Test
    void aConsoleHasBounds() {
        assertThatThrownBy(() -> new ConsoleSlice(Limit.of(new ByteRate(1023)), Optional.empty()))
                .hasMessage("a console's rate is 1KiB/s or more: 1023B/s");
        assertThatThrownBy(() -> new ConsoleSlice(Limit.unlimited(), Optional.of(new ByteSize(4095))))
                .hasMessage("a console's history is 4KiB to 64MiB: 4095B");
        assertThatThrownBy(() -> new ConsoleSlice(Limit.unlimited(), Optional.of(new ByteSize((64 << 20) + 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new ConsoleSlice(Limit.of(new ByteRate(1024)), Optional.of(new ByteSize(4096))))
                .isNotNull();
    }

    @Test
    void theUsualConsoleIsNeverWritten() {
        Claim claim = new Claim(CpuClaim.Whole.of(1), MEMORY, 64, IoSlice.UNLIMITED);

        assertThat(claim.withConsole(ConsoleSlice.DEFAULT)).isEqualTo(claim);
        assertThat(ConsoleSlice.DEFAULT.rate()).isEqualTo(Limit.of(ByteRate.parse("4MiB/s")));
    }

    @Test
    void anOffsetGoesWithoutHistory() {
        PartitionName name = new PartitionName("db");

        assertThatThrownBy(() -> new Order.OpenConsole(name, "me", false, false, 1, true, Optional.of(5L)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Order.OpenConsole(name, "me", false, false, 0, true, Optional.of(-1L)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMarksDetailIsOneShortLine() {
        assertThatThrownBy(() -> new Mark(0, 0, Mark.Kind.RESIZED, "a\nb"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mark(0, 0, Mark.Kind.RESIZED, "é".repeat(101)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Mark(0, 0, Mark.Kind.RESIZED, "é".repeat(100))).isNotNull();
    }
}
