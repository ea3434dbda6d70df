package io.bulkhead.contract.partition;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireSparse;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** How CPUs are asked for: whole ones for the partition alone, or a part of one from the shared pool. */
public sealed interface CpuClaim {
    /** How the threads of a core may be divided. */
    enum Threads {
        /** A core belongs to one owner with all its threads. */
        WHOLE_CORE,
        /** Threads of one core may belong to different owners. */
        ANY
    }

    /** Whether it keeps others off its cores. */
    default boolean wantsWholeCores() {
        return this instanceof Whole whole && whole.threads() == Threads.WHOLE_CORE;
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
     * @param oneCache whether they must all have the same last-level cache
     * @param coreType what their cores must be built for, if it matters; never {@link CoreType#UNIFORM}
     * @param near the disk or network interface whose node they are to be close to, as /sys names it
     */
    record Whole(
            int count,
            Threads threads,
            Optional<Integer> node,
            Optional<CpuSet> ids,
            @WireSparse boolean isolated,
            @WireSparse boolean oneCache,
            Optional<CoreType> coreType,
            Optional<String> near)
            implements CpuClaim {
        /** What names of disks and network interfaces are made of; a slash in a name is an exclamation mark in /sys. */
        private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:@!-]{0,62}");

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
            if (coreType.filter(CoreType.UNIFORM::equals).isPresent()) {
                throw new IllegalArgumentException("a type of cores is performance or efficiency");
            }
            if (near.isPresent() && !DEVICE.matcher(near.get()).matches()) {
                throw new IllegalArgumentException(
                        "'" + near.get() + "' is not the name of a disk or network interface");
            }
            if (near.isPresent() && (node.isPresent() || ids.isPresent())) {
                throw new IllegalArgumentException("near says where the CPUs are to be, and so does "
                        + (ids.isPresent() ? "ids" : "node") + "; leave one of them out");
            }
        }

        /** Without a wish for a cache, a type of cores or a device. */
        public Whole(int count, Threads threads, Optional<Integer> node, Optional<CpuSet> ids, boolean isolated) {
            this(count, threads, node, ids, isolated, false, Optional.empty(), Optional.empty());
        }

        /** Without isolation. */
        public Whole(int count, Threads threads, Optional<Integer> node, Optional<CpuSet> ids) {
            this(count, threads, node, ids, false);
        }

        /** Any whole cores. */
        public static Whole of(int count) {
            return new Whole(count, Threads.WHOLE_CORE, Optional.empty(), Optional.empty());
        }

        /** The same in one last-level cache. */
        public Whole inOneCache() {
            return new Whole(count, threads, node, ids, isolated, true, coreType, near);
        }

        /** The same on cores that were built for this. */
        public Whole ofType(CoreType type) {
            return new Whole(count, threads, node, ids, isolated, oneCache, Optional.of(type), near);
        }

        /** The same close to a disk or network interface. */
        public Whole near(String device) {
            return new Whole(count, threads, node, ids, isolated, oneCache, coreType, Optional.of(device));
        }

        @Override
        public String toString() {
            return count
                    + (ids.map(set -> " (ids " + set + ")").orElse(""))
                    + (node.map(id -> " on node " + id).orElse(""))
                    + (oneCache ? " in one cache" : "")
                    + (coreType.map(type -> ", " + type.name().toLowerCase(Locale.ROOT) + " cores")
                            .orElse(""))
                    + (near.map(device -> ", near " + device).orElse(""))
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
