package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.mount.StoragePlan;
import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.sys.Fd;
import java.nio.file.Path;
import java.util.Optional;

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
 * @param restraints what process 1 may not do
 * @param storage what is shown beyond that directory
 * @param network the one to live in, where it was made ahead
 */
public record StartRequest(
        PartitionName name,
        Init init,
        UidRange uidRange,
        Path files,
        boolean hostOpt,
        boolean automaticLogin,
        Restraints restraints,
        StoragePlan storage,
        Optional<Network> network) {
    /**
     * A network that was made ahead.
     *
     * @param namespace that process 1 is to live in; owned by its user namespace, and not closed by the boot
     * @param hosts the lines of {@code /etc/hosts} that are ours, see {@link HostsBlock}
     */
    public record Network(Fd namespace, String hosts) {}

    /** One with nothing but its directory, and with the loopback alone. */
    public StartRequest(
            PartitionName name,
            Init init,
            UidRange uidRange,
            Path files,
            boolean hostOpt,
            boolean automaticLogin,
            Restraints restraints) {
        this(name, init, uidRange, files, hostOpt, automaticLogin, restraints, StoragePlan.NONE, Optional.empty());
    }

    /** The same with other storage. */
    public StartRequest withStorage(StoragePlan other) {
        return new StartRequest(name, init, uidRange, files, hostOpt, automaticLogin, restraints, other, network);
    }

    /** The same in a network that was made ahead. */
    public StartRequest withNetwork(Network given) {
        return new StartRequest(
                name, init, uidRange, files, hostOpt, automaticLogin, restraints, storage, Optional.of(given));
    }
}
