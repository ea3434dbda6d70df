package io.bulkhead.broker.ledger;

import io.bulkhead.contract.unit.WireText;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One thing that is counted on the books. Text: {@code cpu/5}, {@code pool}, {@code memory/0}, {@code storage}, {@code
 * disk/sdb}.
 *
 * @param kind what it is, with its unit
 * @param id the logical CPU or the NUMA node; otherwise 0
 * @param name the device; empty for what is no device
 */
@WireText
public record ResourceKey(Kind kind, int id, String name) implements Comparable<ResourceKey> {
    // Before the keys below, which are checked by it.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!._@-]{0,32}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

    /** CPU time of the host's pool, in thousandths of one CPU. */
    public static final ResourceKey POOL = of(Kind.POOL);

    /** Space of the file system that has the partitions' volumes. */
    public static final ResourceKey STORAGE = of(Kind.STORAGE);

    private static final Comparator<ResourceKey> ORDER = Comparator.comparing(ResourceKey::kind)
            .thenComparingInt(ResourceKey::id)
            .thenComparing(ResourceKey::name);

    /** How a kind is told from others of its kind. */
    private enum Form {
        ONE,
        NUMBERED,
        NAMED
    }

    /** What is counted, and in which unit. */
    public enum Kind {
        /** One logical CPU (hardware thread): 1 or 0. */
        CPU("cpu", Form.NUMBERED),
        /** Thousandths of one CPU. */
        POOL("pool", Form.ONE),
        /** Bytes of one NUMA node. */
        MEMORY("memory", Form.NUMBERED),
        /** Bytes of the file system of the volumes. */
        STORAGE("storage", Form.ONE),
        /** Bytes per second. */
        IO_READ("io-read", Form.ONE),
        /** Bytes per second. */
        IO_WRITE("io-write", Form.ONE),
        /** Operations per second. */
        IO_READ_OPERATIONS("io-read-ops", Form.ONE),
        /** Operations per second. */
        IO_WRITE_OPERATIONS("io-write-ops", Form.ONE),
        /** Bits per second. */
        NETWORK_IN("network-in", Form.ONE),
        /** Bits per second. */
        NETWORK_OUT("network-out", Form.ONE),
        /** One whole disk: 1 or 0. */
        DISK("disk", Form.NAMED),
        /** One whole network interface: 1 or 0. */
        NIC("nic", Form.NAMED);

        private final String word;
        private final Form form;

        Kind(String word, Form form) {
            this.word = word;
            this.form = form;
        }
    }

    public ResourceKey {
        if (id < 0 || (kind.form != Form.NUMBERED && id != 0)) {
            throw new IllegalArgumentException("there is no " + kind + " number " + id);
        }
        if (name.isEmpty() == (kind.form == Form.NAMED) || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("there is no " + kind + " named '" + name + "'");
        }
    }

    /** What there is one of. */
    public static ResourceKey of(Kind kind) {
        return new ResourceKey(kind, 0, "");
    }

    public static ResourceKey cpu(int id) {
        return new ResourceKey(Kind.CPU, id, "");
    }

    /** Bytes of RAM of a node. */
    public static ResourceKey memory(int node) {
        return new ResourceKey(Kind.MEMORY, node, "");
    }

    /** A whole disk. */
    public static ResourceKey disk(String name) {
        return new ResourceKey(Kind.DISK, 0, name);
    }

    /** A whole network interface. */
    public static ResourceKey nic(String name) {
        return new ResourceKey(Kind.NIC, 0, name);
    }

    /** Whether it is a thing that one account has or has not. */
    public boolean isUnit() {
        return kind == Kind.CPU || kind.form == Form.NAMED;
    }

    /** Whether an account has of it what its grants say, whatever is left of the hardware: all but CPUs, pool and memory. */
    public boolean isPlain() {
        return kind.compareTo(Kind.STORAGE) >= 0;
    }

    /** Reads the text; throws {@link IllegalArgumentException} with a text for the user. */
    public static ResourceKey parse(String text) {
        String[] parts = text.split("/", 2);
        for (Kind kind : Kind.values()) {
            if (!kind.word.equals(parts[0])) {
                continue;
            }
            if (parts.length == 1 && kind.form == Form.ONE) {
                return of(kind);
            } else if (parts.length == 2
                    && kind.form == Form.NUMBERED
                    && NUMBER.matcher(parts[1]).matches()) {
                return new ResourceKey(kind, Integer.parseInt(parts[1]), "");
            } else if (parts.length == 2 && kind.form == Form.NAMED && !parts[1].isEmpty()) {
                return new ResourceKey(kind, 0, parts[1]);
            }
        }
        List<String> known = Stream.of(Kind.values())
                .map(kind -> switch (kind.form) {
                    case ONE -> kind.word;
                    case NUMBERED -> kind.word + "/N";
                    case NAMED -> kind.word + "/NAME";
                })
                .toList();
        throw new IllegalArgumentException(
                "'" + text + "' is not a resource of the ledger; there are " + String.join(", ", known));
    }

    @Override
    public int compareTo(ResourceKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return switch (kind.form) {
            case ONE -> kind.word;
            case NUMBERED -> kind.word + "/" + id;
            case NAMED -> kind.word + "/" + name;
        };
    }
}
