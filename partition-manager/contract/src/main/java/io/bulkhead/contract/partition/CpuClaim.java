package io.bulkhead.contract.partition;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireFlag;
import java.util.Optional;

/** How CPUs are asked for: whole ones for the partition alone, or a part of one from the shared pool. */
public sealed interface CpuClaim {
    /** How the threads of a core may be divided. */
    enum Threads {
        /** A core belongs to one owner with all its threads. */
        WHOLE_CORE,
        /** Threads of one core may belong to different owners. */
        ANY
    }

    /**
     * Whole CPUs.
     *
     * @param count how many logical CPUs, 1 or more
     * @param threads how cores may be divided
     * @param node the NUMA node they must be on, if it matters
     * @param ids exactly these CPUs, if it matters; as many as {@code count}
     * @param isolated whether the kernel is to leave them alone as far as it can, also balancing no load between them:
     *     for programs that pin their threads
     */
    record Whole(
            int count,
            Threads threads,
            Optional<Integer> node,
            Optional<CpuSet> ids,
            @WireFlag boolean isolated) implements CpuClaim {
        public Whole {
            if (count < 1 || count > 8192) {
                throw new IllegalArgumentException("the count of CPUs must be 1 to 8192: " + count);
            }
            if (ids.isPresent() && ids.get().size() != count) {
                throw new IllegalArgumentException("ids names " + ids.get().size() + " CPUs, count says " + count
                        + "; leave count out or make them agree");
            }
            if (node.isPresent() && node.get() < 0) {
                throw new IllegalArgumentException("a node cannot be negative: " + node.get());
            }
        }

        /** Without isolation. */
        public Whole(int count, Threads threads, Optional<Integer> node, Optional<CpuSet> ids) {
            this(count, threads, node, ids, false);
        }

        /** Any whole cores. */
        public static Whole of(int count) {
            return new Whole(count, Threads.WHOLE_CORE, Optional.empty(), Optional.empty());
        }

        @Override
        public String toString() {
            return count
                    + (ids.map(set -> " (ids " + set + ")").orElse(""))
                    + (node.map(id -> " on node " + id).orElse(""))
                    + (threads == Threads.ANY ? ", any threads" : "")
                    + (isolated ? ", isolated" : "");
        }
    }

    /**
     * A part of a CPU, entitled from the shared pool.
     *
     * @param amount 0.01 CPU to 512 CPUs
     */
    record Part(CpuMillis amount) implements CpuClaim {
        public Part {
            if (amount.millis() < 10 || amount.millis() > 512_000) {
                throw new IllegalArgumentException("a part of a CPU must be 0.01 to 512: " + amount);
            }
        }

        @Override
        public String toString() {
            return amount.toString();
        }
    }
}
