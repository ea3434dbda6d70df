package io.bulkhead.broker.testing;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes the files of {@code /sys} and {@code /proc} that describe a machine, under a directory of a test. */
public final class SysTree {
    private static final String CPUS = "sys/devices/system/cpu/";

    private final Path root;
    private final Set<Path> made = new HashSet<>();

    public SysTree(Path root) {
        this.root = root;
    }

    /** One socket with two CPUs of one thread each, as small virtual machines are: no node directory at all. */
    public static SysTree oneSocketTwoCpu(Path root) {
        return new SysTree(root)
                .file("sys/devices/system/cpu/online", "0-1")
                .cpu(0, 0, 0, "0")
                .cpu(1, 0, 1, "1")
                .memInfo("proc/meminfo", "", 4_000_000);
    }

    /** Two sockets, one node each, eight cores of two threads; siblings are n and n+8. */
    public static SysTree twoSocketTwoNodeSmtEightCore(Path root) {
        SysTree tree = new SysTree(root).file("sys/devices/system/cpu/online", "0-15");
        for (int core = 0; core < 8; core++) {
            tree.cpu(core, core / 4, core % 4, core + "," + (core + 8));
            tree.cpu(core + 8, core / 4, core % 4, core + "," + (core + 8));
        }
        return tree.file("sys/devices/system/node/online", "0-1")
                .node(0, "0-3,8-11", 16_000_000)
                .node(1, "4-7,12-15", 8_000_000)
                .memInfo("proc/meminfo", "", 24_000_000);
    }

    /** Eight possible CPUs with two threads a core of which 1 and 6 are offline; nodes 0 and 2, the latter without memory. */
    public static SysTree holesAndOffline(Path root) {
        SysTree tree = new SysTree(root)
                .file("sys/devices/system/cpu/online", "0,2-5,7")
                .file("sys/devices/system/cpu/present", "0-7");
        for (int id : new int[] {0, 2, 3, 4, 5, 7}) {
            int first = id / 2 * 2;
            tree.cpu(id, 0, id / 2 * 4, id == 0 ? "0" : id == 7 ? "7" : first + "-" + (first + 1));
        }
        return tree.file("sys/devices/system/node/online", "0,2")
                .node(0, "0-3", 6_000_000)
                .node(2, "4-7", 0)
                .memInfo("proc/meminfo", "", 6_000_000);
    }

    /**
     * A machine with all that a kernel of today tells: packages, dies, cores, caches, kinds of cores, nodes.
     *
     * @param offline CPUs that are there beside those of the topology
     */
    public static SysTree of(Path root, Topology topology, CpuSet offline) {
        SysTree tree = new SysTree(root)
                .file(CPUS + "online", topology.online().toString())
                .file(CPUS + "present", topology.online().union(offline).toString())
                .file("sys/devices/system/node/online", topology.allNodes().toString())
                .memInfo("proc/meminfo", "", topology.memory().bytes() >> 10);
        for (Topology.Core core : topology.cores()) {
            for (int id : core.threads().ids()) {
                Topology.Cpu cpu = cpu(topology, id);
                tree.cpu(id, cpu.packageId(), cpu.coreId(), core.threads().toString())
                        .file(CPUS + "cpu" + id + "/topology/die_id", "" + cpu.dieId())
                        .cache(id, 0, 1, "Data", "48K", core.threads().toString())
                        .cache(id, 1, 1, "Instruction", "32K", core.threads().toString());
            }
        }
        tree.lists(topology).units(topology);
        for (Topology.Node node : topology.nodes()) {
            tree.node(
                    node.id(),
                    cpusOf(topology, cpu -> cpu.nodeId() == node.id()),
                    node.memory().bytes() >> 10);
            if (!node.distances().isEmpty()) {
                tree.distances(node.id(), node.distances());
            }
        }
        return tree;
    }

    /** {@link Machines#hybrid}: the thrifty cores without the L3 share an L2 as their last level. */
    public static SysTree hybrid(Path root) {
        SysTree tree = of(root, Machines.hybrid(), CpuSet.EMPTY);
        for (int cpu : new int[] {20, 21}) {
            tree.cache(cpu, 2, 2, "Unified", "2048K", "20-21");
        }
        return tree;
    }

    /** {@link Machines#bigLittle}: no packages, no nodes, capacities, an L2 as the last level. */
    public static SysTree bigLittle(Path root) {
        SysTree tree = new SysTree(root).file(CPUS + "online", "0-5").memInfo("proc/meminfo", "", 4 << 20);
        for (int cpu = 0; cpu < 6; cpu++) {
            tree.cpu(cpu, -1, cpu, "" + cpu)
                    .cache(cpu, 0, 1, "Data", "32K", "" + cpu)
                    .cache(cpu, 1, 1, "Instruction", "32K", "" + cpu)
                    .cache(cpu, 2, 2, "Unified", "1024K", cpu < 4 ? "0-3" : "4-5")
                    .file(CPUS + "cpu" + cpu + "/cpu_capacity", cpu < 4 ? "446" : "1024");
        }
        return tree;
    }

    private interface Choice {
        boolean of(Topology.Cpu cpu);
    }

    private static Topology.Cpu cpu(Topology topology, int id) {
        return topology.cpus().stream()
                .filter(cpu -> cpu.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private static String cpusOf(Topology topology, Choice choice) {
        return CpuSet.of(topology.cpus().stream()
                        .filter(choice::of)
                        .map(Topology.Cpu::id)
                        .toList())
                .toString();
    }

    /** What CPUs have in common: their package, die and last-level cache. */
    private SysTree lists(Topology topology) {
        record Key(int packageId, int dieId) {}
        topology.cpus().stream().map(Topology.Cpu::packageId).distinct().forEach(id -> {
            String cpus = cpusOf(topology, cpu -> cpu.packageId() == id);
            CpuSet.parse(cpus).stream().forEach(cpu -> file(CPUS + "cpu" + cpu + "/topology/package_cpus_list", cpus));
        });
        topology.cpus().stream()
                .map(cpu -> new Key(cpu.packageId(), cpu.dieId()))
                .distinct()
                .forEach(key -> {
                    String cpus = cpusOf(topology, cpu -> key.equals(new Key(cpu.packageId(), cpu.dieId())));
                    CpuSet.parse(cpus).stream()
                            .forEach(cpu -> file(CPUS + "cpu" + cpu + "/topology/die_cpus_list", cpus));
                });
        topology.cpus().stream().map(Topology.Cpu::cacheId).distinct().forEach(id -> {
            String cpus = cpusOf(topology, cpu -> cpu.cacheId() == id);
            CpuSet.parse(cpus).stream().forEach(cpu -> cache(cpu, 2, 3, "Unified", "32768K", cpus));
        });
        return this;
    }

    /** The counters of each kind of core, as an Intel hybrid has them. */
    private SysTree units(Topology topology) {
        String fast = cpusOf(topology, cpu -> cpu.coreType() == Topology.CoreType.PERFORMANCE);
        String thrifty = cpusOf(topology, cpu -> cpu.coreType() == Topology.CoreType.EFFICIENCY);
        return fast.isEmpty() && thrifty.isEmpty()
                ? this
                : file("sys/devices/cpu_core/cpus", fast).file("sys/devices/cpu_atom/cpus", thrifty);
    }

    public SysTree cpu(int id, int packageId, int coreId, String siblings) {
        String topology = CPUS + "cpu" + id + "/topology/";
        return file(topology + "physical_package_id", String.valueOf(packageId))
                .file(topology + "core_id", String.valueOf(coreId))
                .file(topology + "core_cpus_list", siblings);
    }

    /** One cache of one CPU, as {@code cache/indexN}. */
    public SysTree cache(int cpu, int index, int level, String type, String size, String sharing) {
        String cache = CPUS + "cpu" + cpu + "/cache/index" + index + "/";
        return file(cache + "level", "" + level)
                .file(cache + "type", type)
                .file(cache + "size", size)
                .file(cache + "shared_cpu_list", sharing);
    }

    public SysTree node(int id, String cpus, long kibibytes) {
        String directory = "sys/devices/system/node/node" + id + "/";
        return file(directory + "cpulist", cpus).memInfo(directory + "meminfo", "Node " + id + " ", kibibytes);
    }

    public SysTree distances(int node, List<Integer> distances) {
        return file(
                "sys/devices/system/node/node" + node + "/distance",
                distances.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }

    public SysTree hugePages(int node, int kibibytes, int total, int free) {
        String pool = "sys/devices/system/node/node" + node + "/hugepages/hugepages-" + kibibytes + "kB/";
        return file(pool + "nr_hugepages", "" + total).file(pool + "free_hugepages", "" + free);
    }

    public SysTree memInfo(String path, String prefix, long kibibytes) {
        return file(path, prefix + "MemTotal:       " + kibibytes + " kB\n" + prefix + "MemFree:  12 kB");
    }

    /**
     * A block device with its link in {@code /sys/class/block}.
     *
     * @param directory below {@code sys/devices}, the last part its name
     * @param mebibytes its size
     */
    public SysTree block(String directory, String number, long mebibytes) {
        String name = directory.substring(directory.lastIndexOf('/') + 1);
        return file("sys/devices/" + directory + "/dev", number)
                .file("sys/devices/" + directory + "/size", "" + mebibytes * 2048)
                .link("sys/class/block/" + name, "../../devices/" + directory);
    }

    /** A partition of a disk whose directory this is. */
    public SysTree partition(String disk, String name, String number, long mebibytes) {
        return block(disk + "/" + name, number, mebibytes)
                .file("sys/devices/" + disk + "/" + name + "/partition", name.replaceAll(".*\\D", ""));
    }

    /** A device without hardware, like {@code dm-0}, made of others whose directories these are. */
    public SysTree stacked(String name, String number, long mebibytes, String... below) {
        String directory = "virtual/block/" + name;
        block(directory, number, mebibytes);
        for (String each : below) {
            link(
                    "sys/devices/" + directory + "/slaves/" + each.substring(each.lastIndexOf('/') + 1),
                    "../../../../" + each);
        }
        return this;
    }

    /**
     * A network interface with its link in {@code /sys/class/net}.
     *
     * @param directory below {@code sys/devices}, the last part its name
     */
    public SysTree nic(String directory) {
        String name = directory.substring(directory.lastIndexOf('/') + 1);
        return file("sys/devices/" + directory + "/ifindex", "2")
                .link("sys/class/net/" + name, "../../devices/" + directory);
    }

    /** The lines of {@code /proc/self/mountinfo}. */
    public SysTree mounts(String... lines) {
        return file("proc/self/mountinfo", Arrays.stream(lines).collect(Collectors.joining("\n")));
    }

    public SysTree file(String path, String text) {
        try {
            Files.writeString(place(path), text + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A symbolic link with these words in it. */
    public SysTree link(String path, String target) {
        try {
            Files.createSymbolicLink(place(path), Path.of(target));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path place(String path) throws IOException {
        Path file = root.resolve(path);
        if (made.add(file.getParent())) {
            Files.createDirectories(file.getParent());
        }
        return file;
    }

    public Path root() {
        return root;
    }
}
