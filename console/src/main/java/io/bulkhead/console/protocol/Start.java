package io.bulkhead.console.protocol;

/**
 * Where a viewer begins.
 *
 * @param kind how the amount is meant
 * @param amount an offset, bytes or lines; 0 where it means nothing
 */
public record Start(Kind kind, long amount) {
    /** How {@link Start#amount} is meant. */
    public enum Kind {
        /** With what comes next. */
        NOW,
        /** At an offset of the stream. */
        OFFSET,
        /** So many bytes before the end. */
        BYTES,
        /** So many lines before the end. */
        LINES,
        /** Where the partition's present run began, as far as it is known; otherwise as early as there is anything. */
        RUN
    }

    public Start {
        if (amount < 0) {
            throw new IllegalArgumentException("a start lies at 0 or more: " + amount);
        }
    }

    public static Start now() {
        return new Start(Kind.NOW, 0);
    }

    public static Start at(long offset) {
        return new Start(Kind.OFFSET, offset);
    }

    public static Start bytes(long bytes) {
        return new Start(Kind.BYTES, bytes);
    }

    public static Start lines(long lines) {
        return new Start(Kind.LINES, lines);
    }

    public static Start run() {
        return new Start(Kind.RUN, 0);
    }
}
