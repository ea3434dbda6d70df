package io.bulkhead.console.text;

import java.util.ArrayList;
import java.util.List;

/** Breaks long texts where they may be broken. */
public final class Wrapping {
    private Wrapping() {}

    /**
     * Lines of at most so many characters, broken behind a separator; a piece that is longer stays whole.
     *
     * @param separator what pieces end in, like {@code ","}; it stays at the end of a line, without white space behind it
     */
    public static List<String> lines(String text, String separator, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int found = text.indexOf(separator, at);
            int end = found < 0 ? text.length() : found + separator.length();
            String piece = text.substring(at, end);
            if (!line.isEmpty() && line.length() + piece.stripTrailing().length() > width) {
                lines.add(line.toString().stripTrailing());
                line.setLength(0);
            }
            line.append(piece);
            at = end;
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }

    /** One text of several lines, each but the first behind so many blanks. */
    public static String indented(String text, String separator, int width, int indent) {
        return String.join("\n" + " ".repeat(indent), lines(text, separator, Math.max(1, width - indent)));
    }
}
