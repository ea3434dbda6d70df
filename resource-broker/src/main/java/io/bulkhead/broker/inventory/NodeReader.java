package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The NUMA nodes: their CPUs, memory, distances and huge pages.
 *
 * <p>Sources: kernel documents {@code ABI/stable/sysfs-devices-node} and {@code admin-guide/mm/hugetlbpage}, proc(5). A
 * kernel without NUMA has node 0.
 */
final class NodeReader {
    private static final Pattern MEM_TOTAL = Pattern.compile("(?m)^(?:Node \\d+ )?MemTotal:\\s+(\\d{1,15}) kB$");
    private static final Pattern POOL = Pattern.compile("hugepages-(\\d{1,12})kB");

    private final KernelFiles files;
    private final Path directory;
    private final NodeSet told;

    NodeReader(KernelFiles files) {
        this.files = files;
        this.directory = files.at("sys/devices/system/node");
        this.told = told(directory.resolve("online"));
    }

    private NodeSet told(Path file) {
        return files.text(file)
                .map(text -> {
                    try {
                        return NodeSet.parse(text);
                    } catch (IllegalArgumentException e) {
                        throw InventoryException.malformed(file, String.valueOf(e.getMessage()), e);
                    }
                })
                .orElse(NodeSet.EMPTY);
    }

    /** The node of each of these CPUs. */
    Map<Integer, Integer> nodeOf(CpuSet online) {
        Map<Integer, Integer> nodeOf = new HashMap<>();
        if (told.isEmpty()) {
            online.stream().forEach(cpu -> nodeOf.put(cpu, 0));
            return nodeOf;
        }
        for (int node : told.ids()) {
            Path file = directory.resolve("node" + node + "/cpulist");
            for (int cpu : files.cpus(file)
                    .orElseThrow(() -> InventoryException.missing(file))
                    .ids()) {
                if (nodeOf.put(cpu, node) != null) {
                    throw InventoryException.malformed(file, "CPU " + cpu + " is listed on another node too");
                }
            }
        }
        for (int cpu : online.ids()) {
            if (!nodeOf.containsKey(cpu)) {
                throw InventoryException.malformed(
                        directory, "CPU " + cpu + " is online but in the cpulist of no node");
            }
        }
        return nodeOf;
    }

    /** The nodes with their memory and distances. */
    List<Topology.Node> nodes() {
        if (told.size() <= 1) {
            // One node has all the RAM there is, and /proc/meminfo is what the kernel goes by: the node's own file has
            // been seen to leave out memory that was plugged in later.
            int only = told.isEmpty() ? 0 : told.ids().get(0);
            return List.of(new Topology.Node(only, memTotal(files.at("proc/meminfo")), distances(only)));
        }
        return told.ids().stream()
                .map(id -> new Topology.Node(id, memTotal(directory.resolve("node" + id + "/meminfo")), distances(id)))
                .toList();
    }

    private ByteSize memTotal(Path file) {
        Matcher matcher = MEM_TOTAL.matcher(files.required(file));
        if (!matcher.find()) {
            throw InventoryException.malformed(file, "has no line 'MemTotal: … kB'");
        }
        return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1024L));
    }

    /** The kernel lists them in the order of the nodes that are online. */
    private List<Integer> distances(int node) {
        Path file = directory.resolve("node" + node + "/distance");
        Optional<String> text = files.text(file).filter(line -> !line.isEmpty());
        if (text.isEmpty()) {
            return List.of();
        }
        List<Integer> distances = new ArrayList<>();
        for (String word : text.get().split("\\s+", -1)) {
            distances.add(Math.toIntExact(Math.min(Integer.MAX_VALUE, KernelFiles.number(file, word))));
        }
        if (distances.size() != told.size()) {
            throw InventoryException.malformed(
                    file, "has " + distances.size() + " distances, there are " + told.size() + " nodes");
        }
        return distances;
    }

    /** The pools of huge pages, ascending by node and size. */
    List<Inventory.HugePages> hugePages() {
        if (told.isEmpty()) {
            return pools(0, files.at("sys/kernel/mm/hugepages"));
        }
        return told.ids().stream()
                .flatMap(node -> pools(node, directory.resolve("node" + node + "/hugepages")).stream())
                .toList();
    }

    private List<Inventory.HugePages> pools(int node, Path pools) {
        List<Inventory.HugePages> found = new ArrayList<>();
        for (String name : files.names(pools)) {
            Matcher matcher = POOL.matcher(name);
            if (matcher.matches()) {
                Path pool = pools.resolve(name);
                found.add(new Inventory.HugePages(
                        node,
                        new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1024L)),
                        count(pool.resolve("nr_hugepages")),
                        count(pool.resolve("free_hugepages"))));
            }
        }
        found.sort(Comparator.comparing(Inventory.HugePages::page));
        return found;
    }

    private long count(Path file) {
        long count = files.number(file).orElse(0L);
        if (count < 0) {
            throw InventoryException.malformed(file, count + " pages");
        }
        return count;
    }
}
