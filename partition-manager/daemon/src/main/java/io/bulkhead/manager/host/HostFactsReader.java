package io.bulkhead.manager.host;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@link HostFacts} from proc(5) and sysfs(5). Each call reads anew; a file that must be there and is not is an
 * {@link UncheckedIOException}. Any thread.
 */
public final class HostFactsReader {
    private static final Pattern MEM_TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");

    private final Path root;

    /**
     * For the kernel, or for a tree that imitates it.
     *
     * @param root the directory that has {@code proc} and {@code sys}
     */
    public HostFactsReader(Path root) {
        this.root = root;
    }

    /**
     * Reads everything.
     *
     * @param directory whose disk is looked for: the state directory, or the nearest ancestor of it that is there
     */
    public HostFacts read(Path directory) {
        CpuSet online = CpuSet.parse(text("sys/devices/system/cpu/online"));
        NodeSet nodes = nodes();
        ByteSize memory = memory();
        return new HostFacts(
                online,
                cores(online),
                nodes,
                nodeMemory(nodes, memory),
                memory,
                disk(directory).disk(),
                text("proc/sys/kernel/osrelease").strip(),
                fileSystem(directory));
    }

    /** The disk under a directory, or why there is none. */
    public DiskFinder.Answer disk(Path directory) {
        return new DiskFinder(root).under(directory);
    }

    /** The type of the file system that a directory, or the nearest ancestor that is there, is on. */
    private static Optional<String> fileSystem(Path directory) {
        Path there = directory.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return Optional.of(Files.getFileStore(there).type());
        } catch (IOException e) {
            // The mounts do not show it, as in some chroots.
            return Optional.empty();
        }
    }

    private Map<Integer, CpuSet> cores(CpuSet online) {
        Map<Integer, CpuSet> cores = new TreeMap<>();
        for (int cpu : online.ids()) {
            Path siblings = root.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list");
            CpuSet threads =
                    Files.exists(siblings) ? CpuSet.parse(content(siblings)).intersection(online) : CpuSet.of(cpu);
            cores.put(threads.ids().get(0), threads);
        }
        return Map.copyOf(cores);
    }

    private NodeSet nodes() {
        Path withMemory = root.resolve("sys/devices/system/node/has_memory");
        // A kernel without NUMA has no such file and puts everything on node 0.
        return Files.exists(withMemory) ? NodeSet.parse(content(withMemory)) : NodeSet.of(0);
    }

    /** One node has all the RAM there is; where one of several does not tell, none is known. */
    private Map<Integer, ByteSize> nodeMemory(NodeSet nodes, ByteSize all) {
        if (nodes.size() == 1) {
            return Map.of(nodes.ids().get(0), all);
        }
        Map<Integer, ByteSize> memory = new TreeMap<>();
        for (int node : nodes.ids()) {
            Path file = root.resolve("sys/devices/system/node/node" + node + "/meminfo");
            Matcher total = Files.exists(file) ? MEM_TOTAL.matcher(content(file)) : MEM_TOTAL.matcher("");
            if (!total.find()) {
                return Map.of();
            }
            memory.put(node, new ByteSize(Math.multiplyExact(Long.parseLong(total.group(1)), 1024)));
        }
        return memory;
    }

    /** MemTotal, which proc(5) gives in KiB. */
    private ByteSize memory() {
        return text("proc/meminfo")
                .lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .map(line -> line.substring("MemTotal:".length()).strip().split(" ", -1)[0])
                .map(kibibytes -> new ByteSize(Math.multiplyExact(Long.parseLong(kibibytes), 1024)))
                .findFirst()
                .orElseThrow(() -> new UncheckedIOException(
                        new IOException(root.resolve("proc/meminfo") + " does not say MemTotal")));
    }

    private String text(String path) {
        return content(root.resolve(path));
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
