package io.bulkhead.manager.mount;

import io.bulkhead.contract.partition.UidRange;
import java.nio.file.Path;

/**
 * What differs from partition to partition.
 *
 * @param ids the partition's ids on the host
 * @param files the partition's own directory with {@code etc}, {@code var}, {@code home}, {@code root}, {@code srv}
 * @param hostOpt whether the host's /opt is shown
 * @param console the slave of the console's terminal, on the host
 * @param storage what else is shown
 */
public record RootRequest(UidRange ids, Path files, boolean hostOpt, Path console, StoragePlan storage) {
    /** One with nothing but the partition's directory. */
    public RootRequest(UidRange ids, Path files, boolean hostOpt, Path console) {
        this(ids, files, hostOpt, console, StoragePlan.NONE);
    }
}
