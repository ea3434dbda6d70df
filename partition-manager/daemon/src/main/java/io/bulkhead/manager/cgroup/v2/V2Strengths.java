package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How strongly version 2 holds each resource, and the exceptions that are told with every promise. Pure. */
final class V2Strengths {
    /** File systems that tell the kernel whose a page is that is written back (SB_I_CGROUPWB). */
    private static final Set<String> TELL_WHOSE_PAGE = Set.of("ext2", "ext4", "btrfs", "xfs", "f2fs", "bcachefs");

    private static final String MEMORY_EXCEPTION = "protected is what it has used; what it has not, and all of it"
            + " while it is stopped, is admitted and left free where the host's own groups are capped";
    private static final String NOT_HANDED_DOWN = "protection ends where a systemd inside makes groups of its own: the"
            + " host mounts cgroup2 without memory_recursiveprot (remedy: mount -o"
            + " remount,nsdelegate,memory_recursiveprot /sys/fs/cgroup)";

    private final boolean recursiveProtection;
    private final Optional<String> fileSystem;

    /**
     * @param recursiveProtection whether cgroup2 is mounted with {@code memory_recursiveprot}
     * @param fileSystem the type of the one that the partitions' files are on
     */
    V2Strengths(boolean recursiveProtection, Optional<String> fileSystem) {
        this.recursiveProtection = recursiveProtection;
        this.fileSystem = fileSystem;
    }

    Strength memory() {
        return recursiveProtection ? Strength.GUARANTEED : Strength.CAPPED;
    }

    String memoryException() {
        return recursiveProtection ? MEMORY_EXCEPTION : NOT_HANDED_DOWN + "; " + MEMORY_EXCEPTION;
    }

    /** What a bound on block I/O does not hold. */
    Optional<String> ioException() {
        boolean told = fileSystem.map(TELL_WHOSE_PAGE::contains).orElse(false);
        return told
                ? Optional.empty()
                : Optional.of("direct and synced I/O only; " + fileSystem.orElse("the file system")
                        + " does not tell whose buffered writes are");
    }

    List<Enforcement> table(String kernelWay) {
        return List.of(
                new Enforcement(
                        Resource.CPUS,
                        Strength.EXCLUSIVE,
                        "whole CPUs: a cpuset partition each, " + kernelWay
                                + ", so the kernel keeps every other group off; part of a CPU: entitled by cpu.max on"
                                + " the pool"),
                new Enforcement(
                        Resource.MEMORY,
                        memory(),
                        "memory.max and memory.min, above it too, no swap; " + memoryException()),
                new Enforcement(Resource.MEMORY_NODES, Strength.CAPPED, "cpuset.mems"),
                new Enforcement(Resource.TASKS, Strength.CAPPED, "pids.max"),
                io(Resource.IO_READ, "rbps"),
                io(Resource.IO_WRITE, "wbps"),
                io(Resource.IO_READ_OPERATIONS, "riops"),
                io(Resource.IO_WRITE_OPERATIONS, "wiops"));
    }

    private Enforcement io(Resource resource, String key) {
        String how = "io.max " + key;
        return new Enforcement(
                resource,
                Strength.CAPPED,
                ioException().map(words -> how + ": " + words).orElse(how));
    }
}
