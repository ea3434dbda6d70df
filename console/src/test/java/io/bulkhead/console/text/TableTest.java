package io.bulkhead.console.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    @Test
    void setsColumnsAsWideAsTheirWidestCellAndNumbersToTheRight() {
        String text = new Table("NAME", "SIZE>", "NOTE")
                .row("db", "1 GiB", "")
                .row("a-long-name", "96 MiB", "größer")
                .render(false);

        assertThat(text).isEqualTo("""
                        NAME           SIZE  NOTE
                        db            1 GiB
                        a-long-name  96 MiB  größer
                        """);
    }

    @Test
    void doesNotCountColourAsWidth() {
        Table table = new Table("A", "B").row(new Cell("x", Tone.BAD), Cell.of("y"));

        assertThat(table.render(true).lines().toList().get(1)).isEqualTo("\u001b[31mx\u001b[0m  y");
        assertThat(table.render(false)).doesNotContain("\u001b");
    }

    @Test
    void refusesRowsThatDoNotFit() {
        assertThatThrownBy(() -> new Table("A", "B").row("x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void breaksTheLastColumnAtBlanksWhereLinesWouldBeWiderThanTheTerminal() {
        Table table = new Table("A>", "B")
                .row(Cell.of(1), new Cell("one two three four five six seven", Tone.GOOD))
                .row(Cell.of(22), Cell.of("short"));

        assertThat(table.render(false, 28)).isEqualTo("""
                 A  B
                 1  one two three four five
                    six seven
                22  short
                """);
        assertThat(table.render(true, 28)).contains("\u001b[32msix seven\u001b[0m");
        assertThat(table.render(false, 80)).isEqualTo(table.render(false));
    }

    @Test
    void foldsTheWidestColumnsUntilTheLinesFit() {
        Table table = new Table("A", "WHAT", "SAYS")
                .row(Cell.of("x"), Cell.of("one two three four"), new Cell("five six seven eight nine", Tone.GOOD))
                .row("y", "short", "short");

        assertThat(table.fold(false, 30)).isEqualTo("""
                A  WHAT        SAYS
                x  one two     five six
                   three four  seven eight
                               nine
                y  short       short
                """);
        assertThat(table.fold(true, 30)).contains("\u001b[32mseven eight\u001b[0m");
        assertThat(table.fold(false, 80)).isEqualTo(table.render(false));
        // Words are never broken, so a line can still be longer.
        assertThat(table.fold(false, 10).lines()).allMatch(line -> line.length() <= "A  three  seven".length());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "536870912, 512 MiB",
        "1610612736, 1.5 GiB",
        "25276502016, 23.5 GiB",
        "9223372036854775807, 8192 PiB"
    })
    void roundsSizesForPeople(long bytes, String text) {
        assertThat(Words.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"999, 0s", "61000, 1m 1s", "3661000, 1h 1m", "90000000, 1d 1h", "-5, 0s"})
    void namesTheTwoLargestUnitsOfASpan(long millis, String text) {
        assertThat(Words.span(millis)).isEqualTo(text);
    }

    @Test
    void showsTimesInTheGivenZone() {
        assertThat(Words.fineTime(1, ZoneOffset.UTC)).isEqualTo("1970-01-01 00:00:00.001");
    }
}
