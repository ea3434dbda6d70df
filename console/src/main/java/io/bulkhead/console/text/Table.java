package io.bulkhead.console.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Columns as wide as their widest cell, two blanks apart, with a heading in capitals. Lines have no blanks at their end.
 * For one thread.
 */
public final class Table {
    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<Cell>> rows = new ArrayList<>();

    /** A table with these headings; one that ends in {@code >} is of a column of numbers, set to the right. */
    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    /** Adds a row of as many cells as there are headings. */
    public Table row(Cell... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.length + " cells under " + headings.size() + " headings");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Adds a row of plain cells. */
    public Table row(String... cells) {
        return row(Arrays.stream(cells).map(Cell::of).toArray(Cell[]::new));
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** All lines with the heading, each ended by a newline. */
    public String render(boolean colour) {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = heading(column).length();
            for (List<Cell> row : rows) {
                String text = row.get(column).text();
                widths[column] = Math.max(widths[column], text.codePointCount(0, text.length()));
            }
        }
        StringBuilder out = new StringBuilder();
        List<Cell> head = new ArrayList<>();
        for (int column = 0; column < widths.length; column++) {
            head.add(new Cell(heading(column), Tone.STRONG));
        }
        line(out, head, widths, colour);
        rows.forEach(row -> line(out, row, widths, colour));
        return out.toString();
    }

    private String heading(int column) {
        String heading = headings.get(column);
        return isNumber(column) ? heading.substring(0, heading.length() - 1) : heading;
    }

    private boolean isNumber(int column) {
        return headings.get(column).endsWith(">");
    }

    private void line(StringBuilder out, List<Cell> cells, int[] widths, boolean colour) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            Cell cell = cells.get(column);
            String padding = " "
                    .repeat(widths[column]
                            - cell.text().codePointCount(0, cell.text().length()));
            String text = cell.tone().paint(cell.text(), colour);
            boolean last = column == widths.length - 1;
            line.append(isNumber(column) ? padding + text : last ? text : text + padding);
            if (!last) {
                line.append(GAP);
            }
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }
}
