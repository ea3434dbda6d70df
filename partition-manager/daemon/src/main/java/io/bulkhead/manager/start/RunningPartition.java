package io.bulkhead.manager.start;

import io.bulkhead.manager.sys.Fd;
import java.util.List;

/**
 * The processes and descriptors of a partition that runs. Owns the descriptors.
 *
 * @param holder P0: parent of process 1, keeps the console's master open when the manager is not
 * @param holderFd its pidfd
 * @param init process 1, in the host's numbering
 * @param initFd its pidfd
 * @param console the console's master, non-blocking
 */
public record RunningPartition(ProcessId holder, Fd holderFd, ProcessId init, Fd initFd, Fd console)
        implements AutoCloseable {
    /**
     * A process that cannot be mistaken for a later one with the same number.
     *
     * @param pid its number on the host
     * @param startTicks when it started, in clock ticks since boot; field 22 of /proc/PID/stat, proc(5)
     */
    public record ProcessId(long pid, long startTicks) {}

    @Override
    public void close() {
        List.of(holderFd, initFd, console).forEach(Fd::close);
    }
}
