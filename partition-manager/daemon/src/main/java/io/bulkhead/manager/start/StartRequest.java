package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.mount.StoragePlan;
import java.nio.file.Path;

/**
 * All that a boot needs to know.
 *
 * @param name also the hostname
 * @param init process 1
 * @param uidRange the ids on the host
 * @param files the partition's own directory with {@code etc}, {@code var}, {@code home}, {@code root}, {@code srv}, unless
 *     they are on a volume
 * @param hostOpt whether the host's /opt is shown
 * @param automaticLogin whether the console logs root in by itself
 * @param storage what is shown beyond that directory
 */
public record StartRequest(
        PartitionName name,
        Init init,
        UidRange uidRange,
        Path files,
        boolean hostOpt,
        boolean automaticLogin,
        StoragePlan storage) {
    /** One with nothing but its directory. */
    public StartRequest(
            PartitionName name, Init init, UidRange uidRange, Path files, boolean hostOpt, boolean automaticLogin) {
        this(name, init, uidRange, files, hostOpt, automaticLogin, StoragePlan.NONE);
    }

    /** The same with other storage. */
    public StartRequest withStorage(StoragePlan other) {
        return new StartRequest(name, init, uidRange, files, hostOpt, automaticLogin, other);
    }
}
