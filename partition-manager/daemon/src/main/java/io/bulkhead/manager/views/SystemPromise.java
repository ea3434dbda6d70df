package io.bulkhead.manager.views;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The promise that a partition's operating system is the host's: what process 1 has on {@code /usr} is the very directory of
 * the very file system that the host has there, and nobody can write through it. The mount is locked; its own root can
 * cover it, from itself alone, and is told so. Pure.
 */
final class SystemPromise {
    private static final Path USR = Path.of("/usr");
    private static final String NOTHING = "nothing is mounted on /usr";

    private SystemPromise() {}

    static Enforcement enforcement() {
        return new Enforcement(Resource.SYSTEM, Strength.GUARANTEED, "the host's /usr, bound read-only and locked");
    }

    /**
     * Reads it back.
     *
     * @param init process 1 on the host
     * @param host where the host's lies
     * @param partition what process 1 has mounted; empty where it is gone
     */
    static Promise read(long init, Optional<MountTable.Mount> host, Optional<MountTable> partition) {
        String promised = host.map(mount -> words(mount, true)).orElse(NOTHING);
        String found = partition
                .flatMap(table -> table.on(USR))
                .map(mount -> words(mount, mount.readOnly()))
                .orElse(NOTHING);
        boolean held = found.equals(promised) && !found.equals(NOTHING);
        return new Promise(
                Resource.SYSTEM,
                promised,
                found,
                Strength.GUARANTEED,
                held,
                "/proc/" + init + "/mountinfo",
                held
                        ? Optional.empty()
                        : Optional.of("something else is on its /usr: its own root has covered it, or the host has"
                                + " another /usr since; a restart shows the host's"));
    }

    private static String words(MountTable.Mount mount, boolean readOnly) {
        return mount.root() + " of " + mount.device() + (readOnly ? ", read-only" : ", WRITABLE");
    }
}
