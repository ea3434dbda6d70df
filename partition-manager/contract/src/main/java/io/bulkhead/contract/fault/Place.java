package io.bulkhead.contract.fault;

import java.util.OptionalInt;

/**
 * Where something was written: {@code bulkhead.conf:12}, {@code demo.yaml:4:9}, {@code --override host.cpus}.
 *
 * @param source the file, or what stands for one
 * @param line counted from 1; empty where the source has no lines
 * @param column counted from 1 in characters; empty where the line as a whole is meant
 */
public record Place(String source, OptionalInt line, OptionalInt column) {
    public Place {
        if ((line.isPresent() && line.getAsInt() < 1) || (column.isPresent() && column.getAsInt() < 1)) {
            throw new IllegalArgumentException("lines and columns are counted from 1: " + line + ", " + column);
        }
        if (column.isPresent() && line.isEmpty()) {
            throw new IllegalArgumentException("a column needs a line: " + column);
        }
    }

    public static Place of(String source) {
        return new Place(source, OptionalInt.empty(), OptionalInt.empty());
    }

    public static Place of(String source, int line) {
        return new Place(source, OptionalInt.of(line), OptionalInt.empty());
    }

    public static Place of(String source, int line, int column) {
        return new Place(source, OptionalInt.of(line), OptionalInt.of(column));
    }

    @Override
    public String toString() {
        return source
                + (line.isPresent() ? ":" + line.getAsInt() : "")
                + (column.isPresent() ? ":" + column.getAsInt() : "");
    }
}
