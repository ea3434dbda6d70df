package io.bulkhead.manager.admission;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.host.HostFacts;
import java.util.Collections;
import java.util.Optional;

/** What the host keeps for itself. Pure. */
public final class ReserveRules {
    private static final CpuMillis DEFAULT_CPU = new CpuMillis(500);
    private static final ByteSize DEFAULT_MEMORY = ByteSize.ofMebibytes(1024);
    private static final long PAGE = 4096;

    private ReserveRules() {}

    /**
     * The reserve as it was set, with the defaults where it was not: the lowest core, half a CPU of it, and 1 GiB of RAM
     * but at most a quarter of the machine. Throws {@link Refusal} where the machine does not have what was set.
     */
    public static HostReserve choose(
            HostFacts facts, Optional<CpuSet> pool, Optional<CpuMillis> cpu, Optional<ByteSize> memory) {
        CpuSet chosenPool = pool.orElseGet(() -> facts.cores().get(Collections.min(facts.cores().keySet())));
        CpuMillis chosenCpu = cpu.orElse(DEFAULT_CPU);
        ByteSize chosenMemory = memory.orElseGet(() -> quarter(facts.memory()));
        if (chosenPool.isEmpty() || !facts.online().containsAll(chosenPool)) {
            throw refused("the host's pool is CPUs " + chosenPool + ", but online are " + facts.online(), "host.pool");
        }
        if (chosenCpu.millis() > 1000L * chosenPool.size()) {
            throw refused(
                    "the host keeps " + chosenCpu + " CPU of a pool that has " + chosenPool.size() + " CPUs", "host.cpu");
        }
        if (chosenMemory.compareTo(facts.memory()) >= 0) {
            throw refused("the host keeps " + chosenMemory + " of " + facts.memory() + " RAM", "host.memory");
        }
        return new HostReserve(chosenPool, chosenCpu, chosenMemory);
    }

    private static ByteSize quarter(ByteSize memory) {
        long quarter = memory.bytes() / 4 / PAGE * PAGE;
        return quarter < DEFAULT_MEMORY.bytes() ? new ByteSize(quarter) : DEFAULT_MEMORY;
    }

    private static Refusal refused(String detail, String key) {
        return Refusal.of(ProblemCode.INVALID_REQUEST, detail, "change " + key + " in the settings");
    }
}
