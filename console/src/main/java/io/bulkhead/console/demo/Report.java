package io.bulkhead.console.demo;

import io.bulkhead.console.demo.Line.Verdict;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Wrapping;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The demonstration's page: what is done, and a table of what came of it, as wide as the terminal. For one thread. */
final class Report {
    private static final String INDENT = "  ";

    private final PrintStream out;
    private final boolean colour;
    private final int width;
    private final List<String> broken = new ArrayList<>();
    private final List<String> notHere = new ArrayList<>();
    private int lines;

    /**
     * @param width columns of a line
     */
    Report(PrintStream out, boolean colour, int width) {
        this.out = out;
        this.colour = colour;
        this.width = width;
    }

    void heading(String text) {
        out.println();
        out.println(Tone.STRONG.paint(text, colour));
    }

    void say(String text) {
        String indent = text.startsWith(INDENT) ? INDENT : "";
        Wrapping.lines(text.strip(), " ", width - indent.length()).forEach(line -> out.println(indent + line));
    }

    /** What is being done now, for those who wait. */
    void step(String text) {
        out.println(Tone.FAINT.paint(INDENT + text + " ...", colour));
    }

    void lines(List<Line> all) {
        Table table = new Table("WHAT", "ASKED", "KERNEL SAYS", "MEASURED", "VERDICT");
        for (Line line : all) {
            lines++;
            if (line.verdict() == Verdict.BROKEN) {
                broken.add(line.subject());
            } else if (line.verdict() == Verdict.NOT_HERE) {
                notHere.add(line.subject());
            }
            table.row(
                    Cell.of(line.subject()),
                    Cell.of(line.asked()),
                    Cell.of(line.kernel()),
                    Cell.of(line.measured()),
                    verdict(line.verdict()));
        }
        out.print(table.fold(colour, width));
    }

    private static Cell verdict(Verdict verdict) {
        return switch (verdict) {
            case HOLDS -> new Cell("holds", Tone.GOOD);
            case BROKEN -> new Cell("DOES NOT HOLD", Tone.BAD);
            case NOT_HERE -> new Cell("not here", Tone.WARN);
        };
    }

    /** A line that stands by itself. */
    void line(Line line) {
        lines(List.of(line));
    }

    /** Whether nothing that was measured is broken. */
    boolean allHeld() {
        return broken.isEmpty();
    }

    void verdict() {
        out.println();
        if (!broken.isEmpty()) {
            paint(Tone.BAD, broken.size() + " of " + lines + " lines do not hold: " + String.join(", ", broken));
        } else if (notHere.isEmpty()) {
            paint(Tone.GOOD, "all " + lines + " lines hold");
        } else {
            paint(Tone.GOOD, lines - notHere.size() + " of " + lines + " lines hold");
        }
        if (!notHere.isEmpty()) {
            paint(Tone.WARN, "not to be shown on this host: " + String.join(", ", notHere));
        }
    }

    private void paint(Tone tone, String text) {
        Wrapping.lines(text, " ", width).forEach(line -> out.println(tone.paint(line, colour)));
    }
}
