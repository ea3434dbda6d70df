package io.bulkhead.harness.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A table in Markdown that can be read as it is: its columns are aligned. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... head) {
        rows.add(List.of(head));
    }

    /** Adds a row of as many cells as the head has. */
    void row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells under " + rows.get(0).size() + " heads");
        }
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        List<Integer> widths = new ArrayList<>(Collections.nCopies(rows.get(0).size(), 3));
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < rows.size(); line++) {
            append(text, rows.get(line), widths, ' ');
            if (line == 0) {
                append(text, Collections.nCopies(widths.size(), ""), widths, '-');
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> row, List<Integer> widths, char filling) {
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            text.append("| ")
                    .append(cell)
                    .append(String.valueOf(filling).repeat(widths.get(i) - cell.length()))
                    .append(' ');
        }
        text.append("|\n");
    }
}
