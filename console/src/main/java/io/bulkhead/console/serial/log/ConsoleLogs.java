package io.bulkhead.console.serial.log;

import io.bulkhead.contract.partition.PartitionName;
import java.util.Set;

/** The logs of all consoles of one control plane, each in a directory of its own. */
public interface ConsoleLogs extends AutoCloseable {
    /**
     * Opens a console's log for writing, repairing what a crash cut; reads the newest segment, which takes some tens of
     * milliseconds. One that is open already is closed first. Where the disk does not let it, the log is there all
     * the same, in trouble, and opens itself later; its end is then not known to be more than 0.
     *
     * @param partition whose console; its name is the directory's
     * @param creation the id of the console's creation; a log of another creation is that of a partition of the same name
     *     which was deleted meanwhile, and is removed
     */
    ConsoleLog open(PartitionName partition, String creation);

    /**
     * Removes the log of a partition that was deleted, closing it first where it is open. Where the disk does not let it,
     * the directory stays until a partition of that name is made anew.
     */
    void remove(PartitionName partition);

    /** Of which partitions there are logs, so that the service can remove those of partitions that are no more. */
    Set<PartitionName> partitions();

    /** Writes what waits and closes those that are open; waits 5 seconds for the disk at most. */
    @Override
    void close();
}
