package io.bulkhead.console.demo;

import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Tells the demonstration's story: headings, steps, lines with their verdicts. Keeps count of what did not hold. */
final class Report {
    private final PrintStream out;
    private final boolean colour;
    private final List<String> broken = new ArrayList<>();
    private int lines;

    Report(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    void heading(String text) {
        out.println();
        out.println(Tone.STRONG.paint(text, colour));
    }

    void say(String text) {
        out.println(text);
    }

    /** What is being done now, for those who wait. */
    void step(String text) {
        out.println(Tone.FAINT.paint("  " + text + " ...", colour));
    }

    void lines(List<Line> all) {
        Table table = new Table("WHAT", "ASKED", "KERNEL SAYS", "MEASURED", "VERDICT");
        for (Line line : all) {
            lines++;
            if (!line.held()) {
                broken.add(line.subject());
            }
            table.row(
                    Cell.of(line.subject()),
                    Cell.of(line.asked()),
                    Cell.of(line.kernel()),
                    Cell.of(line.measured()),
                    new Cell(line.held() ? "holds" : "DOES NOT HOLD", line.held() ? Tone.GOOD : Tone.BAD));
        }
        out.print(table.render(colour));
    }

    /** A line that stands by itself. */
    void line(Line line) {
        lines(List.of(line));
    }

    boolean allHeld() {
        return broken.isEmpty();
    }

    void verdict() {
        out.println();
        out.println(
                allHeld()
                        ? Tone.GOOD.paint("all " + lines + " lines hold", colour)
                        : Tone.BAD.paint(
                                broken.size() + " of " + lines + " lines do not hold: " + String.join(", ", broken),
                                colour));
    }
}
