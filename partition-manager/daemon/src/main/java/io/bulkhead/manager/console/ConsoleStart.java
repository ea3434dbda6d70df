package io.bulkhead.manager.console;

/**
 * Where a viewer begins.
 *
 * @param offset of the first byte wanted, 0 or more; negative for an amount of the newest bytes instead
 * @param history how many of the newest bytes, if so
 */
public record ConsoleStart(long offset, long history) {
    private static final long NONE = -1;

    /** At an offset; what is no longer there is told to be missed. */
    public static ConsoleStart at(long offset) {
        return new ConsoleStart(offset, 0);
    }

    /** With so many of the newest bytes, as far as they are there. */
    public static ConsoleStart withNewest(long history) {
        return new ConsoleStart(NONE, history);
    }

    boolean isNow() {
        return offset == NONE && history == 0;
    }

    /** The offset, in a stream of which some is held. */
    long resolve(long start, long end) {
        return offset == NONE ? Math.max(start, end - Math.min(history, end)) : offset;
    }
}
