package io.bulkhead.contract.partition;

/**
 * The size of a terminal; ioctl_tty(2), TIOCSWINSZ.
 *
 * @param columns 1 to 65535
 * @param rows 1 to 65535
 */
public record WindowSize(int columns, int rows) {
    public WindowSize {
        if (columns < 1 || columns > 65_535 || rows < 1 || rows > 65_535) {
            throw new IllegalArgumentException("a terminal has 1 to 65535 columns and rows: " + columns + "x" + rows);
        }
    }
}
