package io.bulkhead.manager.console;

import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;

/** The three things that are done with a console's master. Never waits. Safe for any thread. */
public interface ConsoleCalls {
    /** What {@link #read} and {@link #write} say when nothing can be done just now. */
    int NOT_NOW = 0;

    /** What {@link #read} and {@link #write} say while nobody holds the other side open. */
    int NOBODY = -1;

    /** Reads bytes; their count, {@link #NOT_NOW} or {@link #NOBODY}. */
    int read(Fd master, byte[] into);

    /** Writes bytes; their count, {@link #NOT_NOW} or {@link #NOBODY}. */
    int write(Fd master, byte[] bytes);

    void setWindowSize(Fd master, WindowSize size);

    /** The kernel's; the master is non-blocking. */
    static ConsoleCalls of(Syscalls calls) {
        return new ConsoleCalls() {
            @Override
            public int read(Fd master, byte[] into) {
                try {
                    return calls.read(master, into, 0, into.length);
                } catch (ErrnoException e) {
                    return outcome(e);
                }
            }

            @Override
            public int write(Fd master, byte[] bytes) {
                try {
                    return calls.write(master, bytes, 0, bytes.length);
                } catch (ErrnoException e) {
                    return outcome(e);
                }
            }

            @Override
            public void setWindowSize(Fd master, WindowSize size) {
                calls.setWindowSize(master, size);
            }

            /** EIO stands while no slave is open, pty(7): between two logins, say. Not the end. */
            private int outcome(ErrnoException e) {
                if (e.is(Errno.EAGAIN)) {
                    return NOT_NOW;
                } else if (e.is(Errno.EIO)) {
                    return NOBODY;
                }
                throw e;
            }
        };
    }
}
