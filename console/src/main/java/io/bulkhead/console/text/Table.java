package io.bulkhead.console.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Columns as wide as their widest cell, two blanks apart, with a heading in capitals. Lines have no blanks at their end.
 * For one thread.
 */
public final class Table {
    private static final String GAP = "  ";

    /** What the last column gets at least, however narrow the terminal is. */
    private static final int NARROWEST = 24;

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

    /**
     * Like {@link #render(boolean)}, with the texts of the last column broken at blanks where the lines would be wider.
     *
     * @param width columns of the terminal; a word that is longer than what the other columns leave is not broken
     */
    public String render(boolean colour, int width) {
        int[] widths = widths(rows);
        int last = widths.length - 1;
        int others = Arrays.stream(widths)
                .limit(last)
                .map(each -> each + GAP.length())
                .sum();
        List<List<Cell>> broken = new ArrayList<>();
        for (List<Cell> row : rows) {
            List<String> lines = Wrapping.lines(row.get(last).text(), " ", Math.max(NARROWEST, width - others));
            for (int line = 0; line < lines.size(); line++) {
                List<Cell> cells = new ArrayList<>(line == 0 ? row : Collections.nCopies(widths.length, Cell.of("")));
                cells.set(last, new Cell(lines.get(line), row.get(last).tone()));
                broken.add(cells);
            }
        }
        return render(broken, colour);
    }

    /**
     * Like {@link #render(boolean)}, with the widest columns made narrower, and their texts broken at blanks, until the lines
     * fit.
     *
     * @param width columns of the terminal; no column becomes narrower than its heading and its longest word, so that lines
     *     can still be wider than it
     */
    public String fold(boolean colour, int width) {
        int[] widths = widths(rows);
        int[] least = longestWords();
        int spare = width - GAP.length() * (widths.length - 1);
        while (Arrays.stream(widths).sum() > spare) {
            int widest = -1;
            for (int column = 0; column < widths.length; column++) {
                if (widths[column] > least[column] && (widest < 0 || widths[column] > widths[widest])) {
                    widest = column;
                }
            }
            if (widest < 0) {
                break;
            }
            widths[widest]--;
        }
        return render(broken(widths), colour);
    }

    private int[] longestWords() {
        int[] longest = new int[headings.size()];
        for (int column = 0; column < longest.length; column++) {
            longest[column] = heading(column).length();
            for (List<Cell> row : rows) {
                for (String word : row.get(column).text().split(" ", -1)) {
                    longest[column] = Math.max(longest[column], word.codePointCount(0, word.length()));
                }
            }
        }
        return longest;
    }

    private List<List<Cell>> broken(int[] widths) {
        List<List<Cell>> broken = new ArrayList<>();
        for (List<Cell> row : rows) {
            List<List<String>> texts = new ArrayList<>();
            for (int column = 0; column < widths.length; column++) {
                texts.add(Wrapping.lines(row.get(column).text(), " ", widths[column]));
            }
            int height = texts.stream().mapToInt(List::size).max().orElse(1);
            for (int line = 0; line < height; line++) {
                List<Cell> cells = new ArrayList<>();
                for (int column = 0; column < widths.length; column++) {
                    List<String> lines = texts.get(column);
                    cells.add(new Cell(
                            line < lines.size() ? lines.get(line) : "",
                            row.get(column).tone()));
                }
                broken.add(cells);
            }
        }
        return broken;
    }

    /** All lines with the heading, each ended by a newline. */
    public String render(boolean colour) {
        return render(rows, colour);
    }

    private int[] widths(List<List<Cell>> all) {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = heading(column).length();
            for (List<Cell> row : all) {
                String text = row.get(column).text();
                widths[column] = Math.max(widths[column], text.codePointCount(0, text.length()));
            }
        }
        return widths;
    }

    private String render(List<List<Cell>> all, boolean colour) {
        int[] widths = widths(all);
        StringBuilder out = new StringBuilder();
        List<Cell> head = new ArrayList<>();
        for (int column = 0; column < widths.length; column++) {
            head.add(new Cell(heading(column), Tone.STRONG));
        }
        line(out, head, widths, colour);
        all.forEach(row -> line(out, row, widths, colour));
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
