package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.restraint.Restraints;
import java.nio.file.Path;

/**
 * All that a boot needs to know.
 *
 * @param name also the hostname
 * @param init process 1
 * @param uidRange the ids on the host
 * @param files the partition's own directory with {@code etc}, {@code var}, {@code home}, {@code root}, {@code srv}
 * @param hostOpt whether the host's /opt is shown
 * @param automaticLogin whether the console logs root in by itself
 * @param restraints what process 1 may not do
 */
public record StartRequest(
        PartitionName name,
        Init init,
        UidRange uidRange,
        Path files,
        boolean hostOpt,
        boolean automaticLogin,
        Restraints restraints) {}
