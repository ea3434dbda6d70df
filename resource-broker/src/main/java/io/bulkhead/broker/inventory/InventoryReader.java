package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the {@link Topology} of a machine: its online CPUs with their packages and cores, and its NUMA nodes with their
 * memory.
 *
 * <p>Sources: kernel documents {@code admin-guide/cputopology.rst} and {@code ABI/stable/sysfs-devices-node}, proc(5). A
 * kernel without {@code topology/} has one core per CPU; one without NUMA has node 0.
 */
public final class InventoryReader {
    private static final Pattern MEM_TOTAL = Pattern.compile("(?m)^(?:Node \\d+ )?MemTotal:\\s+(\\d{1,15}) kB$");

    private final Path cpuDirectory;
    private final Path nodeDirectory;
    private final Path memInfo;

    /**
     * A CPU as the kernel tells it.
     *
     * @param id logical CPU
     * @param packageId physical package, 0 where the machine does not say
     * @param coreId the kernel's number, which some machines repeat in another die of the package
     * @param firstSibling the lowest online CPU of the same core
     */
    private record RawCpu(int id, int packageId, int coreId, int firstSibling) {}

    /**
     * @param root where {@code sys} and {@code proc} are found: {@code /} on the live machine
     */
    public InventoryReader(Path root) {
        this.cpuDirectory = root.resolve("sys/devices/system/cpu");
        this.nodeDirectory = root.resolve("sys/devices/system/node");
        this.memInfo = root.resolve("proc/meminfo");
    }

    /** Reads everything anew; {@link InventoryException} where a file is missing or not understood. */
    public Topology read() {
        CpuSet online = cpuList(cpuDirectory.resolve("online"));
        if (online.isEmpty()) {
            throw new InventoryException(cpuDirectory.resolve("online"), "no CPU is online");
        }
        List<RawCpu> raw = online.ids().stream().map(id -> rawCpu(id, online)).toList();
        boolean coreIdsAreUnique = coreIdsAreUnique(raw);
        NodeSet nodes = nodes();
        Map<Integer, Integer> nodeOf = nodes.isEmpty() ? Map.of() : nodeOfCpu(nodes);
        List<Topology.Cpu> cpus = raw.stream()
                .map(cpu -> new Topology.Cpu(
                        cpu.id(),
                        cpu.packageId(),
                        coreIdsAreUnique ? cpu.coreId() : cpu.firstSibling(),
                        nodes.isEmpty() ? 0 : nodeOf(cpu.id(), nodeOf)))
                .toList();
        return new Topology(cpus, nodesWithMemory(nodes));
    }

    private RawCpu rawCpu(int id, CpuSet online) {
        Path topology = cpuDirectory.resolve("cpu" + id).resolve("topology");
        if (!Files.isDirectory(topology)) {
            return new RawCpu(id, 0, id, id);
        }
        // core_cpus_list is the name since Linux 5.3, thread_siblings_list the older one that is still there.
        CpuSet siblings = Optional.of(topology.resolve("core_cpus_list"))
                .filter(Files::exists)
                .or(() -> Optional.of(topology.resolve("thread_siblings_list")).filter(Files::exists))
                .map(file -> cpuList(file).intersection(online))
                .orElse(CpuSet.of(id));
        int firstSibling = siblings.contains(id) ? siblings.ids().get(0) : id;
        return new RawCpu(
                id,
                Math.max(0, number(topology.resolve("physical_package_id"))),
                number(topology.resolve("core_id")),
                firstSibling);
    }

    /** Whether package and core_id say the same as the lists of siblings: 0 or more, and one number per core. */
    private static boolean coreIdsAreUnique(List<RawCpu> cpus) {
        record Key(int packageId, int coreId) {}
        Map<Key, Integer> siblingOf = new HashMap<>();
        Map<Integer, Key> keyOf = new HashMap<>();
        for (RawCpu cpu : cpus) {
            Key key = new Key(cpu.packageId(), cpu.coreId());
            Integer sibling = siblingOf.putIfAbsent(key, cpu.firstSibling());
            Key other = keyOf.putIfAbsent(cpu.firstSibling(), key);
            if (cpu.coreId() < 0
                    || sibling != null && sibling != cpu.firstSibling()
                    || other != null && !other.equals(key)) {
                return false;
            }
        }
        return true;
    }

    private NodeSet nodes() {
        Path file = nodeDirectory.resolve("online");
        if (!Files.exists(file)) {
            return NodeSet.EMPTY;
        }
        try {
            return NodeSet.parse(text(file));
        } catch (IllegalArgumentException e) {
            throw new InventoryException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private Map<Integer, Integer> nodeOfCpu(NodeSet nodes) {
        Map<Integer, Integer> nodeOf = new HashMap<>();
        for (int node : nodes.ids()) {
            Path file = nodeDirectory.resolve("node" + node).resolve("cpulist");
            for (int cpu : cpuList(file).ids()) {
                if (nodeOf.put(cpu, node) != null) {
                    throw new InventoryException(file, "CPU " + cpu + " is listed on another node too");
                }
            }
        }
        return nodeOf;
    }

    private int nodeOf(int cpu, Map<Integer, Integer> nodeOf) {
        Integer node = nodeOf.get(cpu);
        if (node == null) {
            throw new InventoryException(nodeDirectory, "CPU " + cpu + " is online but in the cpulist of no node");
        }
        return node;
    }

    private List<Topology.Node> nodesWithMemory(NodeSet nodes) {
        if (nodes.size() <= 1) {
            // One node has all the RAM there is, and /proc/meminfo is what the kernel goes by: the node's own file has
            // been seen to leave out memory that was plugged in later.
            int only = nodes.isEmpty() ? 0 : nodes.ids().get(0);
            return List.of(new Topology.Node(only, memTotal(memInfo)));
        }
        return nodes.ids().stream()
                .map(id -> new Topology.Node(
                        id, memTotal(nodeDirectory.resolve("node" + id).resolve("meminfo"))))
                .toList();
    }

    private static ByteSize memTotal(Path file) {
        Matcher matcher = MEM_TOTAL.matcher(text(file));
        if (!matcher.find()) {
            throw new InventoryException(file, "has no line 'MemTotal: … kB'");
        }
        return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1024L));
    }

    private static CpuSet cpuList(Path file) {
        try {
            return CpuSet.parse(text(file));
        } catch (IllegalArgumentException e) {
            throw new InventoryException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static int number(Path file) {
        String text = text(file).strip();
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InventoryException(file, "'" + text + "' is not a number", e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            throw new InventoryException(file, "is missing", e);
        } catch (IOException e) {
            throw new InventoryException(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
