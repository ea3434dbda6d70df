package io.bulkhead.console.serial.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TypedBytesTest {
    private static final int WINDOW = 64;

    @Test
    void opensTheWindowOnlyForWhatHasLeft() {
        TypedBytes typed = new TypedBytes();
        typed.credit(2);
        typed.came(5);
        typed.add("hello".getBytes(StandardCharsets.US_ASCII));

        assertThat(text(typed.next())).isEqualTo("he");
        assertThat(typed.next()).isEmpty();
        assertThat(typed.release()).isEqualTo(2);
        assertThat(typed.release()).isZero();

        typed.credit(9);
        assertThat(text(typed.next())).isEqualTo("llo");
        assertThat(typed.release()).isEqualTo(3);
    }

    @Test
    void opensTheWindowForKeysOfOurOwn() {
        TypedBytes typed = new TypedBytes();
        typed.came(2);

        assertThat(typed.release()).isEqualTo(2);
    }

    /** A client that sends whenever its window lets it, at random moments of credit: a law of conservation. */
    @Property
    void holdsNeverMoreThanAWindowAndLosesNothing(
            @ForAll @Size(max = 100) List<@IntRange(min = 1, max = 40) Integer> moves) {
        TypedBytes typed = new TypedBytes();
        ByteArrayOutputStream left = new ByteArrayOutputStream();
        int window = WINDOW;
        byte sent = 0;
        for (int move : moves) {
            if (move % 2 == 0) {
                typed.credit(move / 4);
            } else {
                byte[] piece = new byte[Math.min(move, window)];
                for (int i = 0; i < piece.length; i++) {
                    piece[i] = sent++;
                }
                window -= piece.length;
                typed.came(piece.length);
                typed.add(piece);
            }
            for (Optional<ByteBuffer> next = typed.next(); next.isPresent(); next = typed.next()) {
                left.writeBytes(bytes(next));
            }
            window += typed.release();

            assertThat(typed.waiting() + window).isEqualTo(WINDOW);
        }
        for (int i = 0; i < left.size(); i++) {
            assertThat(left.toByteArray()[i]).isEqualTo((byte) i);
        }
    }

    private static byte[] bytes(Optional<ByteBuffer> piece) {
        byte[] bytes = new byte[piece.orElseThrow().remaining()];
        piece.orElseThrow().duplicate().get(bytes);
        return bytes;
    }

    private static String text(Optional<ByteBuffer> piece) {
        return new String(bytes(piece), StandardCharsets.US_ASCII);
    }
}
