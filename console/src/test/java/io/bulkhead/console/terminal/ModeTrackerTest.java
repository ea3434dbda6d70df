package io.bulkhead.console.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModeTrackerTest {
    private static final String[] PIECES = {
        "text ü ",
        "\n",
        "\u001b[?1049h",
        "\u001b[?1;25l",
        "\u001b[31m",
        "\u001b[0m",
        "\u001b[4h",
        "\u001b(0",
        "\u000e",
        "\u001b[2;20r",
        "\u001b]2;title\u0007",
        "\u001bPq#\u001b\\",
        "\u001b[6n",
        "\u009b?2004h",
        "\u001b=",
        "\u001b[!p",
        "\u001b[?9999h",
        "\u001b[",
        "\u001b]",
        "\u0018",
        "\u001bc",
        "\u001b[?1000;1006h"
    };

    private static String shown(String stream, boolean all) {
        ModeTracker tracker = new ModeTracker();
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        tracker.feed(bytes, 0, bytes.length);
        return new String(tracker.preamble(all), StandardCharsets.ISO_8859_1).replace("\u001b", "^");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "plain text >''",
                "^[?1049h ^[?25l >^[?25l^[?1049h",
                "^[?1049h ^[?1049l >''",
                "^[31m red ^[1m bold >^[0m^[31m^[1m",
                "^[31m red ^[m >''",
                "^[31m ^[0;32m >^[0m^[0;32m",
                "^[4h >^[4h",
                "^(0 >^(0",
                "^[3;10r >^7^[3;10r^8",
                "^= ^[?1h >^[?1h^=",
                "^[?1h ^c >''",
                "^[?25l ^[!p >''",
                "^]2;^[?1h >^[?1h",
                "^[?2048h ^[6n >''",
            })
    void knowsTheModesThatHold(String stream, String preamble) {
        assertThat(shown(stream.replace("^", "\u001b").strip(), false)).isEqualTo(preamble);
    }

    @Test
    void putsATerminalBackThatHasSeenOtherParts() {
        assertThat(shown("\u001b[?1049h\u001b[?1049l", true))
                .contains("^[?1049l")
                .contains("^[0m")
                .contains("^[4l");
    }

    /** Whatever the pieces it comes in, and whether by a copy or not, the same modes hold; and none of them asks anything. */
    @Property(tries = 500)
    void dependsOnTheStreamAlone(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        StringBuilder stream = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            stream.append(PIECES[random.nextInt(PIECES.length)]);
        }
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        ModeTracker whole = new ModeTracker();
        whole.feed(bytes, 0, bytes.length);
        ModeTracker pieces = new ModeTracker();
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(7));
            pieces = random.nextBoolean() ? pieces.copy() : pieces;
            pieces.feed(bytes, at, length);
            at += length;
        }

        assertThat(pieces.preamble(true)).isEqualTo(whole.preamble(true));
        assertThat(pieces.preamble(false)).isEqualTo(whole.preamble(false));
        assertThat(new QueryFilter().past(whole.preamble(true))).isEqualTo(whole.preamble(true));
    }
}
