package io.bulkhead.console.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What escape sequences do to text that is shown later, or to somebody else. */
class EscapesTest {
    private static final String ESC = "\u001b";
    private static final String COLOURED = ESC + "[1;31mred" + ESC + "[0m";

    @Test
    void takesEverySequenceAndControlOutOfHarmlessText() {
        String harmless = harmless("a" + COLOURED + "b" + ESC + "]0;title\u0007c\r\n\td\u0007e" + ESC + "(B" + ESC
                + "P$q\"p" + ESC + "\\f" + ESC + "cg\u007fh");

        assertThat(harmless).isEqualTo("aredbc\n\tdefgh");
    }

    @Test
    void keepsUtf8ButTakesEncodedControlsOut() {
        assertThat(harmless("grüße → 日本 \u009b31mx\u009d0;t\u009cy\u0085z")).isEqualTo("grüße → 日本 xyz");
    }

    @Test
    void givesTheSameWhateverThePiecesAre() {
        byte[] whole = ("ü" + COLOURED + ESC + "]52;c;?" + ESC + "\\end\u009b6nx").getBytes(StandardCharsets.UTF_8);
        HarmlessText text = new HarmlessText();
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();

        for (byte each : whole) {
            pieces.writeBytes(text.pass(new byte[] {each}));
        }

        assertThat(pieces.toString(StandardCharsets.UTF_8)).isEqualTo("üredendx");
    }

    @Test
    void isNotHeldUpByASequenceWithoutEnd() {
        assertThat(harmless(ESC + "]0;" + "x".repeat(100_000) + "\u0018after")).isEqualTo("after");
        assertThat(harmless(ESC + "[12" + ESC + "[1mafter")).isEqualTo("after");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[6n",
                "[?6n",
                "[5n",
                "[c",
                "[0c",
                "[>c",
                "[=c",
                "[>q",
                "[?2026$p",
                "[4$p",
                "[?u",
                "[18t",
                "[21t",
                "[x",
                "[?1;1S",
                "[1;1;1;1;1;1*y",
                "Z",
                "]10;?\u0007",
                "]4;1;?\u0007",
                "]52;c;?\u0007",
                "]52;c;aGk=\u0007",
                "P$qm\u001b\\",
                "P+q544e\u001b\\",
                "_Gi=1,a=q\u001b\\",
                // As terminals read numbers: with zeros before them.
                "[021t",
                "[0014;2t",
                "[21:1t",
                "]052;c;aGk=\u0007",
                "]01337;ReportCellSize\u0007",
                "]1337;CopyToClipboard=general\u0007",
                "]21;foreground=?\u001b\\",
                "]60\u001b\\",
                "]99;i=1:p=?;\u001b\\",
                "]5113;ac=send\u001b\\",
                "[?4m",
                "[?1g",
                "[#R",
                "[1;1;2;2#|",
                "[1$u",
                "[&u",
                "[\"v",
                "[?2048h",
                "[?25;02048h",
                // Where some terminals see the end of a string, and then a query.
                "]2;title\u0005\u0007",
                "^private\u009b6n\u001b\\",
                "Xstart of\u0005string\u001b\\"
            })
    void takesEveryQueryOutOfThePast(String query) {
        assertThat(past("before" + ESC + query + "after")).isEqualTo("beforeafter");
    }

    @Test
    void takesTheAnswerbackEnquiryOutOfThePast() {
        assertThat(past("a\u0005b")).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[2J",
                "[1;31m",
                "[?1049h",
                "[10;20H",
                "[2 q",
                "[!p",
                "[u",
                "[2S",
                "[8;24;80t",
                "7",
                "(0",
                "[22;0t",
                "[?25h",
                "[2;3H",
                "]0;ä title\u001b\\",
                "[1;2;3;4;5;6;7;8$v",
                "[R"
            })
    void leavesWhatIsSeenInThePast(String sequence) {
        assertThat(past("a" + ESC + sequence + "b")).isEqualTo("a" + ESC + sequence + "b");
    }

    @Test
    void leavesThePresentAsItIsButForTheEndOfAQueryThatBeganInThePast() {
        QueryFilter filter = new QueryFilter();

        String past = text(filter.past(bytes("old" + ESC + "[6")));
        String present = text(filter.present(bytes("nnew" + ESC + "[6n")));

        assertThat(past).isEqualTo("old");
        assertThat(present).isEqualTo("new" + ESC + "[6n");
    }

    @Test
    void undoesModesOnlyWhereThereWereSequences() {
        QueryFilter plain = new QueryFilter();
        QueryFilter touched = new QueryFilter();

        plain.present(bytes("only text\r\n"));
        touched.present(bytes(ESC + "[?1049h" + ESC + "[?1000h"));

        assertThat(plain.reset()).isEmpty();
        assertThat(text(touched.reset())).startsWith(ESC + "[?1049l").contains("1000", ESC + "[0m");
    }

    private static String harmless(String text) {
        return text(new HarmlessText().pass(bytes(text)));
    }

    private static String past(String text) {
        return text(new QueryFilter().past(bytes(text)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
