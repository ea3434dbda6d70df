package io.bulkhead.manager.host;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/** What the host keeps for itself, from the settings and the machine's size. Pure. */
public final class HostReserves {
    private static final CpuMillis DEFAULT_CPU = new CpuMillis(500);
    private static final ByteSize DEFAULT_MEMORY = ByteSize.ofMebibytes(1024);

    private HostReserves() {}

    /**
     * Fills in what the settings leave open: the pool is the lowest core with all its threads, the host's part of it
     * 0.5 CPU, its memory 1 GiB but at most a quarter of the machine.
     *
     * @throws IllegalArgumentException if the machine cannot keep that, with every fault in one text
     */
    public static HostReserve resolve(Settings.Host settings, HostFacts facts) {
        CpuSet pool = settings.pool().orElseGet(() -> lowestCore(facts));
        CpuMillis cpu = settings.cpu().orElse(DEFAULT_CPU);
        ByteSize memory = settings.memory().orElseGet(() -> defaultMemory(facts));
        List<String> faults = new ArrayList<>();
        if (pool.isEmpty()) {
            faults.add("host.pool names no CPU; the host needs at least one");
        }
        if (!facts.online().containsAll(pool)) {
            faults.add("host.pool has the CPUs " + pool.minus(facts.online()) + ", which are not online; online are "
                    + facts.online());
        }
        long poolMillis = 1000L * pool.size();
        if (cpu.millis() <= 0) {
            faults.add("host.cpu must be more than 0");
        } else if (cpu.millis() > poolMillis) {
            faults.add("host.cpu is " + cpu + ", but the pool " + pool + " has only " + new CpuMillis(poolMillis));
        }
        if (memory.bytes() <= 0) {
            faults.add("host.memory must be more than 0");
        } else if (memory.compareTo(facts.memory()) >= 0) {
            faults.add("host.memory is " + memory + ", which leaves nothing of the machine's " + facts.memory());
        }
        if (faults.isEmpty()
                && cpu.millis() == poolMillis
                && facts.online().minus(pool).isEmpty()) {
            faults.add("host.pool has every CPU and host.cpu all of its time, which leaves nothing for partitions");
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
        return new HostReserve(pool, cpu, memory);
    }

    private static CpuSet lowestCore(HostFacts facts) {
        int lowest = facts.online().ids().get(0);
        return facts.cores().values().stream()
                .filter(threads -> threads.contains(lowest))
                .findFirst()
                .orElseGet(() -> CpuSet.of(lowest));
    }

    /** Whole pages of 4 KiB, so that what is left can be given out to the last page. */
    private static ByteSize defaultMemory(HostFacts facts) {
        ByteSize quarter = new ByteSize(facts.memory().bytes() / 4 / 4096 * 4096);
        return quarter.compareTo(DEFAULT_MEMORY) < 0 ? quarter : DEFAULT_MEMORY;
    }
}
