package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.PseudoTerminal;
import java.nio.file.Path;
import java.util.Set;

/** Terminals: pty(7), ioctl_tty(2). */
final class TerminalCalls {
    private static final Path MULTIPLEXER = Path.of("/dev/ptmx");

    /** What programs take a terminal to be that has no size. */
    private static final WindowSize UNSET = new WindowSize(80, 24);

    private static final int WINDOW_MAXIMUM = 0xffff;

    /**
     * ioctl_tty(2).
     *
     * <pre>{@code
     * struct winsize { unsigned short ws_row; unsigned short ws_col; unsigned short ws_xpixel, ws_ypixel; };
     * }</pre>
     */
    static final class WinSize {
        static final int SIZE = 8;
        static final int ROWS = 0;
        static final int COLUMNS = 2;

        private WinSize() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int ioctl(int fd, int request, Pointer argument);
    }

    private TerminalCalls() {}

    static PseudoTerminal openPseudoTerminal() {
        Fd master = FileCalls.open(
                MULTIPLEXER, Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY, OpenFlag.NON_BLOCKING));
        try {
            unlock(master);
            return new PseudoTerminal(master, pseudoTerminalNumber(master));
        } catch (RuntimeException e) {
            master.close();
            throw e;
        }
    }

    private static void unlock(Fd master) {
        try (Scratch scratch = new Scratch()) {
            Pointer locked = scratch.zeroed(Integer.BYTES);
            ioctl(master, "TIOCSPTLCK", TerminalHeader.TIOCSPTLCK, locked);
        }
    }

    static int pseudoTerminalNumber(Fd master) {
        try (Scratch scratch = new Scratch()) {
            Pointer number = scratch.zeroed(Integer.BYTES);
            ioctl(master, "TIOCGPTN", TerminalHeader.TIOCGPTN, number);
            return number.getInt(0);
        }
    }

    static int readableBytes(Fd fd) {
        try (Scratch scratch = new Scratch()) {
            Pointer count = scratch.zeroed(Integer.BYTES);
            ioctl(fd, "FIONREAD", TerminalHeader.FIONREAD, count);
            return count.getInt(0);
        }
    }

    static WindowSize windowSize(Fd terminal) {
        try (Scratch scratch = new Scratch()) {
            Pointer size = scratch.zeroed(WinSize.SIZE);
            ioctl(terminal, "TIOCGWINSZ", TerminalHeader.TIOCGWINSZ, size);
            int columns = size.getShort(WinSize.COLUMNS) & WINDOW_MAXIMUM;
            int rows = size.getShort(WinSize.ROWS) & WINDOW_MAXIMUM;
            return new WindowSize(columns == 0 ? UNSET.columns() : columns, rows == 0 ? UNSET.rows() : rows);
        }
    }

    static void setWindowSize(Fd terminal, WindowSize windowSize) {
        try (Scratch scratch = new Scratch()) {
            Pointer size = scratch.zeroed(WinSize.SIZE);
            size.setShort(WinSize.ROWS, (short) windowSize.rows());
            size.setShort(WinSize.COLUMNS, (short) windowSize.columns());
            ioctl(terminal, "TIOCSWINSZ", TerminalHeader.TIOCSWINSZ, size);
        }
    }

    private static void ioctl(Fd terminal, String name, int request, Pointer argument) {
        Checked.call("ioctl", terminal + ", " + name, () -> Libc.ioctl(terminal.number(), request, argument));
    }
}
