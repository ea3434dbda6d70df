package io.bulkhead.console.map;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.console.text.Words;
import io.bulkhead.console.text.Wrapping;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.unit.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Bars of what is the host's, what the partitions', and what is free: of the pool, the memory, each node, the volumes. */
public final class MemoryBars {
    private static final int WIDEST = 48;
    private static final int NARROWEST = 8;

    private final HostView host;
    private final InventoryFile file;
    private final int width;

    /**
     * @param host with the sums
     * @param file with the slices and the huge pages
     * @param width columns of the terminal
     */
    public MemoryBars(HostView host, InventoryFile file, int width) {
        this.host = host;
        this.file = file;
        this.width = width;
    }

    /** All bars, each with its numbers below or behind it. */
    public String render() {
        HostView.Pool pool = host.pool();
        HostView.Memory memory = host.memory();
        StringBuilder out = new StringBuilder();
        out.append(line(
                        "pool",
                        bar(
                                pool.host().millis(),
                                pool.partitions().millis(),
                                0,
                                pool.free().millis())))
                .append(below("CPUs " + pool.cpus() + ": host " + pool.host() + " + partitions " + pool.partitions()
                        + " + free " + pool.free() + " = " + pool.total() + " CPU"));
        out.append(line(
                        "memory",
                        bar(
                                memory.host().bytes(),
                                memory.partitions().bytes(),
                                0,
                                memory.free().bytes())))
                .append(below("host " + Words.size(memory.host()) + " + partitions " + Words.size(memory.partitions())
                        + " + free " + Words.size(memory.free()) + " = " + Words.size(memory.total())));
        if (host.topology().nodes().size() > 1) {
            nodes().forEach(out::append);
        }
        hugePages().forEach(out::append);
        host.storage().ifPresent(storage -> out.append(line(
                        "volumes",
                        bar(
                                storage.host().bytes(),
                                storage.partitions().bytes(),
                                0,
                                storage.free().bytes())))
                .append(below("host " + Words.size(storage.host()) + " + partitions "
                        + Words.size(storage.partitions()) + " + free " + Words.size(storage.free()) + " = "
                        + Words.size(storage.total()))));
        return out.toString();
    }

    // ---- nodes

    /**
     * What partitions hold of a node.
     *
     * @param memory all of it
     * @param held by slices that lie on it alone
     * @param perhaps what slices that lie on other nodes too may take of it: where it is taken is not settled before
     * @param by whom, in words
     */
    private record NodeLine(ByteSize memory, ByteSize held, ByteSize perhaps, String by) {}

    /** One bar for each node; nodes beside each other of which the same can be said are one. */
    private List<String> nodes() {
        List<String> lines = new ArrayList<>();
        List<Topology.Node> nodes = host.topology().nodes();
        for (int first = 0; first < nodes.size(); ) {
            NodeLine line = nodeLine(nodes.get(first));
            int end = first + 1;
            while (end < nodes.size() && nodeLine(nodes.get(end)).equals(line)) {
                end++;
            }
            int from = nodes.get(first).id();
            int to = nodes.get(end - 1).id();
            long free = Math.max(
                    0,
                    line.memory().bytes() - line.held().bytes() - line.perhaps().bytes());
            lines.add(line(
                            label(from, to),
                            bar(0, line.held().bytes(), line.perhaps().bytes(), free))
                    + below(Words.size(line.memory())
                            + (from == to ? "" : " each")
                            + (line.by().isEmpty() ? ", nothing of it held" : ": " + line.by())));
            first = end;
        }
        return lines;
    }

    private NodeLine nodeLine(Topology.Node node) {
        ByteSize held = ByteSize.ZERO;
        ByteSize spread = ByteSize.ZERO;
        List<String> by = new ArrayList<>();
        for (InventoryFile.Holding each : file.holdings()) {
            ByteSize memory = each.slice().memory();
            if (!each.slice().memoryNodes().contains(node.id())) {
                continue;
            }
            if (each.slice().memoryNodes().size() == 1) {
                held = held.plus(memory);
                by.add(each.name() + " " + Words.size(memory));
            } else {
                spread = spread.plus(memory);
                by.add("a part of " + each.name() + " " + Words.size(memory));
            }
        }
        long rest = Math.max(0, node.memory().bytes() - held.bytes());
        return new NodeLine(node.memory(), held, new ByteSize(Math.min(rest, spread.bytes())), String.join(", ", by));
    }

    // ---- huge pages

    private List<String> hugePages() {
        Map<ByteSize, List<Inventory.HugePages>> bySize = file.inventory().hugePages().stream()
                .filter(pool -> pool.total() > 0)
                .collect(Collectors.groupingBy(Inventory.HugePages::page, TreeMap::new, Collectors.toList()));
        List<String> lines = new ArrayList<>();
        bySize.forEach((size, pools) -> lines.add(wrapped(
                "huge pages of " + Words.size(size) + ": "
                        + pools.stream()
                                .map(pool -> pool.total() + " on node " + pool.node() + " (" + pool.free() + " free)")
                                .collect(Collectors.joining(", ")),
                2)));
        return lines;
    }

    // ---- lines

    private int barWidth() {
        return Math.max(NARROWEST, Math.min(WIDEST, width - labelWidth() - 3));
    }

    private int labelWidth() {
        List<Topology.Node> nodes = host.topology().nodes();
        int last = nodes.get(nodes.size() - 1).id();
        int widest =
                nodes.size() == 1 ? "memory".length() : label(last, last + 1).length();
        return host.storage().isPresent() ? Math.max("volumes".length(), widest) : widest;
    }

    private static String label(int from, int to) {
        return from == to ? "node " + from : "nodes " + from + "-" + to;
    }

    private String line(String label, String bar) {
        return label + " ".repeat(Math.max(0, labelWidth() - label.length())) + " [" + bar + "]\n";
    }

    private String below(String text) {
        return " ".repeat(labelWidth() + 1) + wrapped(text, labelWidth() + 1);
    }

    private String wrapped(String text, int indent) {
        return Wrapping.indented(text, " ", width, indent) + "\n";
    }

    /**
     * {@code #} the host's, {@code =} the partitions', {@code -} perhaps theirs, {@code .} free; what is not nothing gets a
     * column.
     */
    private String bar(long host, long partitions, long perhaps, long free) {
        int columns = barWidth();
        long total = Math.max(1, Math.addExact(Math.addExact(host, partitions), Math.addExact(perhaps, free)));
        StringBuilder bar = new StringBuilder();
        append(bar, "#", columns(host, total, columns), columns);
        append(bar, "=", columns(partitions, total, columns), columns);
        append(bar, "-", columns(perhaps, total, columns), columns);
        append(bar, ".", columns, columns);
        return bar.toString();
    }

    private static void append(StringBuilder bar, String sign, int count, int columns) {
        bar.append(sign.repeat(Math.min(count, columns - bar.length())));
    }

    private static int columns(long part, long total, int all) {
        if (part == 0 || part == total) {
            return part == 0 ? 0 : all;
        }
        return (int) Math.max(1, Math.min(all - 1L, Math.round((double) part * all / total)));
    }
}
