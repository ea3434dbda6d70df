package io.bulkhead.harness.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.harness.bench.Bulkhead.FirstByte;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BulkheadTest {
    private final FirstByte first = new FirstByte(new PartitionName("bench"));

    private void take(String text, long now) {
        first.take(text.getBytes(StandardCharsets.UTF_8), now);
    }

    @Test
    void doesNotTakeTheManagersOwnMarkForTheFirstByte() throws IOException {
        take("\r\n-- bench has ended: killed --\r\n", 1);
        take("\r\n-- bench starts --", 2);
        take("\r\n", 3);
        take("P", 4);
        take("artition", 5);

        assertThat(first.nanoTime()).isEqualTo(4);
    }

    @Test
    void takesAByteThatComesInOnePieceWithTheMark() throws IOException {
        take("\r\n-- bench starts --\r\nP", 7);

        assertThat(first.nanoTime()).isEqualTo(7);
    }

    @Test
    void tellsThatTheStreamBroke() {
        first.fail(new IOException("gone"));

        assertThatThrownBy(first::nanoTime).isInstanceOf(IOException.class).hasRootCauseMessage("gone");
    }
}
