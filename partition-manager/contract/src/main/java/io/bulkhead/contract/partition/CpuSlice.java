package io.bulkhead.contract.partition;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireSparse;

/** The CPUs that a partition holds. */
public sealed interface CpuSlice {
    /**
     * Whole CPUs that no other partition has.
     *
     * @param cpus at least one
     * @param isolated whether the kernel balances no load between them and keeps its own work away
     */
    record Whole(CpuSet cpus, @WireSparse boolean isolated) implements CpuSlice {
        public Whole {
            if (cpus.isEmpty()) {
                throw new IllegalArgumentException("a whole-CPU slice has at least one CPU");
            }
        }

        /** Without isolation. */
        public Whole(CpuSet cpus) {
            this(cpus, false);
        }

        @Override
        public String toString() {
            return cpus.size() + (cpus.size() == 1 ? " CPU (" : " CPUs (") + cpus + ")"
                    + (isolated ? ", isolated" : "");
        }
    }

    /**
     * A part of the shared pool's CPU time.
     *
     * @param entitlement at least 0.01 CPU
     */
    record Part(CpuMillis entitlement) implements CpuSlice {
        public Part {
            if (entitlement.millis() < 10) {
                throw new IllegalArgumentException("a part of a CPU must be at least 0.01: " + entitlement);
            }
        }

        @Override
        public String toString() {
            return entitlement + " CPU of the pool";
        }
    }
}
