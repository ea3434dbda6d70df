package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads what a machine is: its {@link Topology}, or its whole {@link Inventory}.
 *
 * <p>What a kernel does not tell is left out: one without {@code topology/} has one core per CPU, one without NUMA has node
 * 0, one that tells no caches has one per node. A file that says something else than the kernel's documents allow is an
 * {@link InventoryException}; so is a missing one that every kernel has. Reads some files per core and changes nothing: a
 * few milliseconds where there are 64 CPUs. Safe for any thread.
 */
public final class InventoryReader {
    private final Path root;
    private final String architecture;

    /**
     * @param root where {@code sys} and {@code proc} are found: {@code /} on the live machine
     */
    public InventoryReader(Path root) {
        this(root, System.getProperty("os.arch", "unknown"));
    }

    /**
     * @param architecture of this process, by the JVM's word: what counts where the kernel (before 6.1) does not say
     */
    InventoryReader(Path root, String architecture) {
        this.root = root;
        this.architecture = architecture.equals("amd64") ? "x86_64" : architecture;
    }

    /** Reads the topology anew. */
    public Topology read() {
        return new Reading(new KernelFiles(root)).topology();
    }

    /** Reads everything anew. */
    public Inventory readInventory() {
        KernelFiles files = new KernelFiles(root);
        Reading reading = new Reading(files);
        Mounts mounts = Mounts.read(files);
        ControlGroupReader groups = new ControlGroupReader(files, mounts);
        List<Inventory.BlockDevice> devices = new BlockReader(files, mounts).devices();
        return new Inventory(
                files.text(files.at("proc/sys/kernel/osrelease")).orElse("unknown"),
                files.text(files.at("proc/sys/kernel/arch")).orElse(architecture),
                reading.topology(),
                reading.caches,
                reading.cpus.offline(reading.online),
                reading.cpus.isolated(),
                reading.cpus.tickless(),
                reading.nodes.hugePages(),
                devices,
                new FileSystemReader(files, mounts, groups).fileSystems(devices),
                new NicReader(files).nics(),
                groups.kind(),
                new AbilityReader(files, groups).abilities());
    }

    /** What the parts of the topology have in common. */
    private static final class Reading {
        private final CpuReader cpus;
        private final NodeReader nodes;
        private final CpuSet online;
        private final Map<Integer, Integer> nodeOf;
        private final List<Inventory.Cache> caches;
        private final Map<Integer, Topology.CoreType> types;

        Reading(KernelFiles files) {
            cpus = new CpuReader(files);
            nodes = new NodeReader(files);
            online = cpus.online();
            nodeOf = nodes.nodeOf(online);
            caches = new CacheReader(files).caches(online);
            types = new CoreTypeReader(files).types(online);
        }

        Topology topology() {
            return new Topology(
                    cpus.cpus(online, nodeOf, CacheReader.cacheOf(caches, online, nodeOf), types), nodes.nodes());
        }
    }
}
