package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.sys.KernelText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** What tells one boot of a partition from another, and it from the host. Any thread that sees the host's /proc. */
final class Identity {
    /** A new random id at each reading, in the form of boot_id; random(4). */
    private static final Path RANDOM = Path.of("/proc/sys/kernel/random/uuid");

    private Identity() {}

    /**
     * Texts in place of the kernel's own, by path inside: a boot id for this boot, by which journald and others tell boots
     * apart, and a command line, since the host's may name its disks and hold its secrets.
     */
    static Map<String, String> shown(PartitionName name) {
        try {
            return Map.of(
                    "/proc/sys/kernel/random/boot_id",
                    KernelText.read(RANDOM),
                    "/proc/cmdline",
                    "bulkhead.partition=" + name + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("there is no boot id to be had: " + e.getMessage(), e);
        }
    }
}
