package io.bulkhead.manager.console;

import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;

/** What is done with a console's master. Never waits. Safe for any thread. */
public interface ConsoleCalls {
    /** What {@link #read} and {@link #write} say when nothing can be done just now. */
    int NOT_NOW = 0;

    /** What {@link #read} and {@link #write} say while nobody holds the other side open. */
    int NOBODY = -1;

    /** How many bytes a read takes now, if that many are asked for; it may be 0 while more are on their way. */
    int available(Fd master);

    /** Reads bytes into all that remains of a direct buffer; their count, {@link #NOT_NOW} or {@link #NOBODY}. */
    int read(Fd master, ByteBuffer into);

    /** Writes bytes; their count, {@link #NOT_NOW} or {@link #NOBODY}. */
    int write(Fd master, byte[] bytes);

    void setWindowSize(Fd master, WindowSize size);

    /** The kernel's; the master is non-blocking. */
    static ConsoleCalls of(Syscalls calls) {
        return new ConsoleCalls() {
            @Override
            public int available(Fd master) {
                return calls.readableBytes(master);
            }

            @Override
            public int read(Fd master, ByteBuffer into) {
                return outcome(() -> calls.read(master, into));
            }

            @Override
            public int write(Fd master, byte[] bytes) {
                return outcome(() -> calls.write(master, bytes, 0, bytes.length));
            }

            @Override
            public void setWindowSize(Fd master, WindowSize size) {
                calls.setWindowSize(master, size);
            }

            /** EIO stands while no slave is open, pty(7): between two logins, say. Not the end. */
            private int outcome(IntSupplier call) {
                try {
                    return call.getAsInt();
                } catch (ErrnoException e) {
                    if (e.is(Errno.EAGAIN)) {
                        return NOT_NOW;
                    } else if (e.is(Errno.EIO)) {
                        return NOBODY;
                    }
                    throw e;
                }
            }
        };
    }
}
