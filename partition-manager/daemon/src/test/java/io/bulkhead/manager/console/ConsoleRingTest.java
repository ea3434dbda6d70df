package io.bulkhead.manager.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConsoleRingTest {
    /** Whatever is appended in whatever pieces: the ring holds exactly the newest bytes at their offsets. */
    @Property(tries = 300)
    void holdsTheNewestBytesAtTheirOffsets(
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 9000) Integer> pieces,
            @ForAll @IntRange(min = 1, max = 20_000) int maximum) {
        ConsoleRing ring = new ConsoleRing(maximum);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int length : pieces) {
            byte[] piece = new byte[length + 3];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = (byte) (all.size() + i * 31);
            }
            ring.append(piece, 3, length);
            all.write(piece, 3, length);
        }

        assertThat(ring.end()).isEqualTo(all.size());
        assertThat(ring.end() - ring.start()).isEqualTo(Math.min(all.size(), maximum));
        assertThat(ring.read(ring.start(), Integer.MAX_VALUE))
                .isEqualTo(Arrays.copyOfRange(all.toByteArray(), (int) ring.start(), all.size()));
    }

    @Test
    void readsNoMoreThanAskedAndNothingAtTheEnd() {
        ConsoleRing ring = new ConsoleRing(10);
        ring.append("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, 5);

        assertThat(ring.read(1, 3)).asString().isEqualTo("ell");
        assertThat(ring.read(5, 3)).isEmpty();
    }

    @Test
    void refusesWhatIsForgottenOrYetToCome() {
        ConsoleRing ring = new ConsoleRing(2);
        ring.append(new byte[5], 0, 5);

        assertThatThrownBy(() -> ring.read(2, 1)).hasMessage("offset 2 is not in 3 to 5");
        assertThatThrownBy(() -> ring.read(6, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
