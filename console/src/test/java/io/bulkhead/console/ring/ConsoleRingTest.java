package io.bulkhead.console.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.protocol.LagPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ConsoleRingTest {
    private final Counting counting = new Counting();
    private final ConsoleRing<Long> ring = new ConsoleRing<>(4 * ConsoleRing.BLOCK_BYTES, 100, counting);

    /** Knows how many bytes have passed. */
    private static final class Counting implements Recorder<Long> {
        private long passed;

        @Override
        public Long state() {
            return passed;
        }

        @Override
        public void passed(byte[] bytes, int from, int length) {
            passed += length;
        }

        @Override
        public void lost() {
            passed += 1_000_000;
        }
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ring.append(bytes, 0, bytes.length);
    }

    private void write(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 'x');
        ring.append(bytes, 0, count);
    }

    @Test
    void keepsTheNewestBlocks() {
        write(10 * ConsoleRing.BLOCK_BYTES + 5);

        assertThat(ring.end()).isEqualTo(100 + 10 * ConsoleRing.BLOCK_BYTES + 5);
        assertThat(ring.start()).isEqualTo(100 + 7L * ConsoleRing.BLOCK_BYTES);
        assertThat(ring.memoryBytes()).isEqualTo(4 * ConsoleRing.BLOCK_BYTES);
        assertThatThrownBy(() -> ring.read(100, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesMemoryAsItFills() {
        assertThat(ring.memoryBytes()).isZero();
        write("a");
        assertThat(ring.memoryBytes()).isEqualTo(ConsoleRing.BLOCK_BYTES);
    }

    @Test
    void givesBytesThatNeverChangeAgain() {
        write("first");
        Piece.Bytes piece = (Piece.Bytes) ring.read(100, 100);

        write(20 * ConsoleRing.BLOCK_BYTES);

        assertThat(StandardCharsets.UTF_8.decode(piece.bytes()).toString()).isEqualTo("first");
        assertThat(piece.bytes().isReadOnly()).isTrue();
    }

    @Test
    void tellsOfHoles() {
        write("ab");
        ring.skipTo(150);
        assertThat(ring.read(101, 10)).isInstanceOf(Piece.Bytes.class);
        assertThat(ring.read(102, 10)).isEqualTo(new Piece.Hole(102, 150));
        assertThat(ring.read(130, 10)).isEqualTo(new Piece.Hole(130, 150));
        write("cd");
        assertThat(ring.read(102, 10)).isEqualTo(new Piece.Hole(102, 150));
        assertThat(ring.read(152, 10)).isEqualTo(new Piece.End());
        assertThatThrownBy(() -> ring.skipTo(151)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knowsWhatHeldAtOrBeforeEachPlace() {
        write(ConsoleRing.BLOCK_BYTES + 10);
        ring.skipTo(ring.end() + 7);
        write("z");

        assertThat(ring.checkpoint(100 + ConsoleRing.BLOCK_BYTES + 3))
                .isEqualTo(new ConsoleRing.Checkpoint<>(100 + ConsoleRing.BLOCK_BYTES, (long) ConsoleRing.BLOCK_BYTES));
        assertThat(ring.checkpoint(ring.end() - 1).state()).isEqualTo(ConsoleRing.BLOCK_BYTES + 10 + 1_000_000L);
    }

    @Test
    void findsTheLastLines() {
        write("one\ntwo\nthree\n");

        assertThat(ring.lineStart(0)).isEqualTo(114);
        assertThat(ring.lineStart(1)).isEqualTo(108);
        assertThat(ring.lineStart(2)).isEqualTo(104);
        assertThat(ring.lineStart(3)).isEqualTo(100);
        assertThat(ring.lineStart(99)).isEqualTo(100);
        write("four");
        assertThat(ring.lineStart(1)).isEqualTo(114);
    }

    @Test
    void jumpsToTheStartOfALine() {
        ViewerCursor cursor = new ViewerCursor(LagPolicy.FOLLOW, 100, 100);
        write("y".repeat(70_000) + "\n" + "z".repeat(3_000));

        assertThat(cursor.next(ring, 10, 0)).isInstanceOfSatisfying(Step.Skip.class, skip -> {
            assertThat(skip.to()).isEqualTo(70_101);
            assertThat(skip.jump()).isTrue();
        });
    }

    @Test
    void whoTypesIsShownTheEffectAtOnce() {
        ConsoleRing<Long> large = new ConsoleRing<>(1 << 20, 0, new Counting());
        ViewerCursor cursor = new ViewerCursor(LagPolicy.INTERACTIVE, 0, 0);
        large.append(new byte[100_000], 0, 100_000);
        assertThat(cursor.next(large, 10, 0)).isInstanceOf(Step.Deliver.class);

        cursor.typed(ByteBuffer.wrap(new byte[] {3}), 0);
        assertThat(cursor.next(large, 10, 0)).isInstanceOf(Step.Skip.class);

        // And for a while after a key that interrupts, until what was under way has passed
        large.append(new byte[60_000], 0, 60_000);
        assertThat(cursor.next(large, 10, 500)).isInstanceOf(Step.Skip.class);
        large.append(new byte[60_000], 0, 60_000);
        assertThat(cursor.next(large, 10, 1_500)).isInstanceOf(Step.Deliver.class);
    }
}
