package io.bulkhead.console.serial.log;

import io.bulkhead.contract.partition.PartitionName;

/** The logs of all consoles of one control plane, each in a directory of its own. */
public interface ConsoleLogs extends AutoCloseable {
    /**
     * Opens a console's log for writing, repairing what a crash cut. Where the disk does not let it, the log is there all
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

    /** Closes those that are open. */
    @Override
    void close();
}
