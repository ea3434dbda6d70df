package io.bulkhead.manager.start;

import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.Syscalls;

/**
 * A pipe on which the process that becomes process 1 says how far it is: a byte when it is there, and one when it is restrained.
 * They only end a wait: who waits looks for himself then, once, and not again and again. One thread at a time.
 */
final class BirthSigns implements AutoCloseable {
    private final Syscalls sys;
    private final Pipe pipe;

    BirthSigns(Syscalls sys) {
        this.sys = sys;
        this.pipe = sys.pipe();
    }

    /** The end to write to, for the holder. */
    Fd writeEnd() {
        return pipe.writeEnd();
    }

    /** The holder has its own now; with it and its child gone, nobody waits any longer. */
    void handedOver() {
        pipe.writeEnd().close();
    }

    /**
     * Waits for the next sign.
     *
     * @return false if there is none after the time, or nobody left to give one
     */
    boolean await(long timeoutMillis) {
        try (Fd poll = sys.createPoll()) {
            sys.addToPoll(poll, pipe.readEnd(), 0, true, false);
            return !sys.awaitReady(poll, Math.toIntExact(timeoutMillis)).isEmpty()
                    && sys.read(pipe.readEnd(), new byte[1], 0, 1) == 1;
        }
    }

    @Override
    public void close() {
        pipe.close();
    }
}
