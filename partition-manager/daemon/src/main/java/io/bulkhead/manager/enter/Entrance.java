package io.bulkhead.manager.enter;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.Fd;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs commands inside running partitions. Safe for any thread. */
public interface Entrance {
    /**
     * Starts a command in all namespaces of a partition and in its payload groups. It can never have more than the
     * partition has, and ends with it.
     *
     * @param partition whose payload group it joins
     * @param init the partition's process 1
     * @param command program (searched in the partition's PATH) and arguments
     * @param environment added to the partition's own
     * @param terminal the size of a new terminal for it; three pipes without
     */
    Entered run(
            PartitionName partition,
            ProcessId init,
            List<String> command,
            Map<String, String> environment,
            Optional<WindowSize> terminal);

    /**
     * A command that runs inside a partition. Owns the descriptors.
     *
     * @param pid of the process that stands for it on the host, child of the manager
     * @param process its pidfd; ends with the command's own status
     * @param input where the command's input is written (a terminal's master, or a pipe); blocking
     * @param output where its output is read; the same as {@code input} with a terminal; blocking
     * @param errors its standard error; absent with a terminal
     * @param terminal whether it has one
     */
    record Entered(long pid, Fd process, Fd input, Fd output, Optional<Fd> errors, boolean terminal)
            implements AutoCloseable {
        @Override
        public void close() {
            process.close();
            input.close();
            output.close();
            errors.ifPresent(Fd::close);
        }
    }
}
