package io.bulkhead.harness.bench;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.harness.bench.Contender.CannotRunException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the victim and the hog have, whoever keeps them apart.
 *
 * @param victimCpus whole CPUs, for the victim
 * @param pool where the hog has its part of a CPU
 * @param node the NUMA node of the victim's CPUs
 */
record PairTerms(CpuSet victimCpus, CpuSet pool, int node) {
    static final int HOG_CPU_MILLIS = 400;
    static final long HOG_MEMORY_BYTES = 128L << 20;
    static final long VICTIM_MEMORY_BYTES = 256L << 20;
    static final int TASKS = 128;
    static final long HOG_IO_BYTES_PER_SECOND = 20L << 20;
    static final long HOG_WRITES_PER_SECOND = 200;
    static final long STORAGE_BYTES = 256L << 20;
    static final long HOG_BITS_PER_SECOND = 100_000_000L;

    private static final Path CPUS = Path.of("/sys/devices/system/cpu");
    private static final int MOST_NODES = 1024;

    /** The core of the last CPU for the victim, the host's pool for the hog. */
    static PairTerms on(HostStatus host) throws CannotRunException {
        int last = host.online().stream().max().orElseThrow();
        CpuSet core = CpuSet.parse(HostLines.text(CPUS.resolve("cpu" + last + "/topology/thread_siblings_list")
                        .toString())
                .strip());
        if (core.stream().anyMatch(host.reserve().pool()::contains)) {
            throw new CannotRunException("this machine has no core to give away: the host's pool has "
                    + host.reserve().pool());
        }
        int node = 0;
        while (node < MOST_NODES && !Files.exists(CPUS.resolve("cpu" + last + "/node" + node))) {
            node++;
        }
        return new PairTerms(core, host.reserve().pool(), node == MOST_NODES ? 0 : node);
    }
}
