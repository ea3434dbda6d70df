package io.bulkhead.broker.ledger;

import io.bulkhead.contract.unit.WireText;
import java.util.Comparator;

/**
 * One thing that is counted on the books. Text: {@code cpu/5}, {@code pool}, {@code memory/0}.
 *
 * @param kind what it is, with its unit
 * @param id the logical CPU or the NUMA node; 0 for the pool
 */
@WireText
public record ResourceKey(Kind kind, int id) implements Comparable<ResourceKey> {
    /** CPU time of the host's pool, in thousandths of one CPU. */
    public static final ResourceKey POOL = new ResourceKey(Kind.POOL, 0);

    private static final Comparator<ResourceKey> ORDER =
            Comparator.comparing(ResourceKey::kind).thenComparingInt(ResourceKey::id);

    /** What is counted, and in which unit. */
    public enum Kind {
        /** One logical CPU (hardware thread): 1 or 0. */
        CPU,
        /** Thousandths of one CPU. */
        POOL,
        /** Bytes of one NUMA node. */
        MEMORY
    }

    public ResourceKey {
        if (id < 0 || (kind == Kind.POOL && id != 0)) {
            throw new IllegalArgumentException("there is no " + kind + " number " + id);
        }
    }

    public static ResourceKey cpu(int id) {
        return new ResourceKey(Kind.CPU, id);
    }

    /** Bytes of RAM of a node. */
    public static ResourceKey memory(int node) {
        return new ResourceKey(Kind.MEMORY, node);
    }

    /** Reads the text; throws {@link IllegalArgumentException} with a text for the user. */
    public static ResourceKey parse(String text) {
        if (text.equals("pool")) {
            return POOL;
        }
        String[] parts = text.split("/", -1);
        if (parts.length == 2 && parts[1].matches("\\d{1,6}")) {
            if (parts[0].equals("cpu")) {
                return cpu(Integer.parseInt(parts[1]));
            }
            if (parts[0].equals("memory")) {
                return memory(Integer.parseInt(parts[1]));
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a resource of the ledger; there are cpu/N, pool and memory/N (of node N)");
    }

    @Override
    public int compareTo(ResourceKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case CPU -> "cpu/" + id;
            case POOL -> "pool";
            case MEMORY -> "memory/" + id;
        };
    }
}
