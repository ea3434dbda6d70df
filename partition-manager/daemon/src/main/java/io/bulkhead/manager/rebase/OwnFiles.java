package io.bulkhead.manager.rebase;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.sys.Fd;
import java.io.IOException;

/**
 * Where the files of a partition are that are its own: the directory that holds its {@code etc}, {@code var}, {@code home},
 * {@code root} and {@code srv}, wherever that is mounted. All there is to know for whoever compares or rebases them.
 */
@FunctionalInterface
public interface OwnFiles {
    /**
     * Opens that directory; the caller closes it. Only root may change what it itself holds: a partition sees what is in the
     * five, never the directory above them.
     *
     * @throws IOException if the files cannot be had now
     */
    Fd open(PartitionName name) throws IOException;
}
