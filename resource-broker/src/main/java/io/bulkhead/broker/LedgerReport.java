package io.bulkhead.broker;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.WireSparse;
import java.util.List;
import java.util.Optional;

/**
 * The ledger on one page, as {@code GET /v1/ledger} answers it.
 *
 * @param mode whether it can be written
 * @param fault what is wrong with it; only where it is read-only
 * @param version the number of the last commit; 0 for none
 * @param reconciledAtMillis when it was last compared with the manager, milliseconds since 1970 UTC
 * @param accounts what everybody has: the host, what is free, the partitions
 * @param sums for every kind of resource, that host + partitions + free is the inventory
 * @param intents orders to the manager of which the end is not known yet
 * @param differences what the ledger and the manager say differently
 */
public record LedgerReport(
        Mode mode,
        Optional<Fault> fault,
        long version,
        Optional<Long> reconciledAtMillis,
        List<Holdings> accounts,
        List<Sum> sums,
        List<Intent> intents,
        List<Difference> differences) {
    /** Before anything is known of it. */
    static final LedgerReport OPENING = new LedgerReport(
            Mode.OPENING, Optional.empty(), 0, Optional.empty(), List.of(), List.of(), List.of(), List.of());

    /** Whether the ledger can be written. */
    public enum Mode {
        /** It has not been read yet, or the manager has not told yet what there is. */
        OPENING,
        /** It can. */
        READ_WRITE,
        /** It cannot: nothing that changes who has what is carried out. */
        READ_ONLY
    }

    /**
     * What is wrong.
     *
     * @param kind one word
     * @param detail with the place
     * @param remedy what the administrator can do
     */
    public record Fault(String kind, String detail, String remedy) {}

    /**
     * What one account has.
     *
     * @param account a partition's name, {@code host} or {@code free}
     * @param cpus whole CPUs; the host's are its pool
     * @param pool CPU time of the pool
     * @param memory RAM
     * @param nodes RAM by node
     * @param others what it has of everything else
     * @param uidRange a partition's ids on the host, once they are recorded
     */
    public record Holdings(
            String account,
            CpuSet cpus,
            CpuMillis pool,
            ByteSize memory,
            List<NodeMemory> nodes,
            @WireSparse List<Amount> others,
            Optional<UidRange> uidRange) {
        public Holdings {
            nodes = List.copyOf(nodes);
            others = List.copyOf(others);
        }

        /** CPUs, pool and memory alone. */
        public Holdings(String account, CpuSet cpus, CpuMillis pool, ByteSize memory, List<NodeMemory> nodes) {
            this(account, cpus, pool, memory, nodes, List.of(), Optional.empty());
        }
    }

    /**
     * An amount of something.
     *
     * @param resource {@code storage}, {@code io-read}, {@code network-in}, {@code disk/sdb} …
     * @param unit of the number
     * @param amount how much
     */
    public record Amount(String resource, String unit, long amount) {}

    /**
     * RAM of one node.
     *
     * @param node its number
     * @param memory how much
     */
    public record NodeMemory(int node, ByteSize memory) {}

    /**
     * Who has how much of one kind of resource.
     *
     * @param resource {@code cpus}, {@code pool}, {@code memory/N} of node N, {@code storage} …
     * @param unit of the numbers
     * @param inventory all of it
     * @param host the host's
     * @param partitions all partitions' together
     * @param free nobody's
     */
    public record Sum(String resource, String unit, long inventory, long host, long partitions, long free) {}

    /**
     * An order of which the end is not known yet.
     *
     * @param version of the commit that announced it
     * @param owner whose slice
     * @param before what it had
     * @param after what it was to have
     */
    public record Intent(long version, String owner, String before, String after) {}

    /**
     * What the ledger and the manager say differently.
     *
     * @param kind {@code unknown}, {@code missing}, {@code different}, {@code unclear} or {@code hardware}
     * @param owner a partition's name, {@code host} or {@code partitions}
     * @param resource what of it
     * @param ledger what the ledger says
     * @param manager what the manager says
     * @param action what will be done, or what the administrator can do
     */
    public record Difference(
            String kind, String owner, String resource, String ledger, String manager, String action) {}

    public LedgerReport {
        accounts = List.copyOf(accounts);
        sums = List.copyOf(sums);
        intents = List.copyOf(intents);
        differences = List.copyOf(differences);
    }
}
