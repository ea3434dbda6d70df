package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The online CPUs with their packages, dies and cores.
 *
 * <p>Source: kernel document {@code admin-guide/cputopology.rst}. A number that CPUs share is read from one of them, with
 * the list of the others beside it: a thousand CPUs cost little more than their cores.
 */
final class CpuReader {
    private final KernelFiles files;
    private final Path directory;

    /**
     * A CPU as the kernel tells it.
     *
     * @param packageId physical package, 0 where the machine does not say
     * @param dieId die within the package, 0 where the machine does not say
     * @param coreId the kernel's number, which some machines repeat in another die of the package
     * @param firstSibling the lowest online CPU of the same core
     */
    private record Raw(int packageId, int dieId, int coreId, int firstSibling) {}

    /** A number and the CPUs that share it. */
    private record Shared(int number, CpuSet cpus) {}

    CpuReader(KernelFiles files) {
        this.files = files;
        this.directory = files.at("sys/devices/system/cpu");
    }

    /** The CPUs that the kernel runs tasks on, at least one. */
    CpuSet online() {
        Path file = directory.resolve("online");
        CpuSet online = files.cpus(file).orElseThrow(() -> InventoryException.missing(file));
        if (online.isEmpty()) {
            throw InventoryException.malformed(file, "no CPU is online");
        }
        return online;
    }

    /** CPUs that are there and not online; {@code present} leaves out those that could only be plugged in. */
    CpuSet offline(CpuSet online) {
        return files.cpus(directory.resolve("present")).orElse(online).minus(online);
    }

    /** CPUs without load balancing for the boot's sake: the kernel's own reading of {@code isolcpus=}. */
    CpuSet isolated() {
        // Newer kernels count cpuset partitions that are isolated as well, and those are not the boot's.
        return bootsWith("isolcpus=")
                ? files.cpus(directory.resolve("isolated")).orElse(CpuSet.EMPTY)
                : CpuSet.EMPTY;
    }

    /** CPUs without a tick where one task runs: the kernel's own reading of {@code nohz_full=}. */
    CpuSet tickless() {
        return files.cpus(directory.resolve("nohz_full")).orElse(CpuSet.EMPTY);
    }

    private boolean bootsWith(String parameter) {
        return files.text(files.at("proc/cmdline")).stream()
                .flatMap(line -> List.of(line.split(" ", -1)).stream())
                .anyMatch(word -> word.startsWith(parameter));
    }

    /**
     * The online CPUs in ascending order.
     *
     * @param nodeOf the node of each
     * @param cacheOf the last-level cache of each
     * @param typeOf the kind of each
     */
    List<Topology.Cpu> cpus(
            CpuSet online,
            Map<Integer, Integer> nodeOf,
            Map<Integer, Integer> cacheOf,
            Map<Integer, Topology.CoreType> typeOf) {
        Map<Integer, Raw> raw = raw(online);
        boolean coreIdsAreUnique = coreIdsAreUnique(raw);
        return online.ids().stream()
                .map(id -> {
                    Raw cpu = raw.getOrDefault(id, new Raw(0, 0, id, id));
                    return new Topology.Cpu(
                            id,
                            cpu.packageId(),
                            cpu.dieId(),
                            coreIdsAreUnique ? cpu.coreId() : cpu.firstSibling(),
                            nodeOf.getOrDefault(id, 0),
                            cacheOf.getOrDefault(id, 0),
                            typeOf.getOrDefault(id, Topology.CoreType.UNIFORM));
                })
                .toList();
    }

    private Map<Integer, Raw> raw(CpuSet online) {
        Map<Integer, Shared> packages =
                shared(online, "physical_package_id", List.of("package_cpus_list", "core_siblings_list"));
        Map<Integer, Shared> dies = shared(online, "die_id", List.of("die_cpus_list"));
        // core_cpus_list is the name since Linux 5.3, thread_siblings_list the older one that is still there.
        Map<Integer, Shared> cores = shared(online, "core_id", List.of("core_cpus_list", "thread_siblings_list"));
        Map<Integer, Raw> raw = new HashMap<>();
        for (int id : online.ids()) {
            Shared itsPackage = packages.get(id);
            Shared core = cores.get(id);
            if (itsPackage == null) {
                // A kernel without topology/ tells nothing of its CPUs: each is a core.
                raw.put(id, new Raw(0, 0, id, id));
            } else if (core == null) {
                throw InventoryException.missing(topology(id).resolve("core_id"));
            } else {
                raw.put(
                        id,
                        new Raw(
                                Math.max(0, itsPackage.number()),
                                Optional.ofNullable(dies.get(id))
                                        .map(die -> Math.max(0, die.number()))
                                        .orElse(0),
                                core.number(),
                                core.cpus().ids().get(0)));
            }
        }
        return raw;
    }

    /** By CPU, the number in a file below its {@code topology/} and who shares it; no entry where there is no file. */
    private Map<Integer, Shared> shared(CpuSet online, String numberFile, List<String> listFiles) {
        Map<Integer, Shared> found = new HashMap<>();
        for (int id : online.ids()) {
            if (found.containsKey(id)) {
                continue;
            }
            Path topology = topology(id);
            Optional<Integer> number = files.integer(topology.resolve(numberFile));
            if (number.isEmpty()) {
                continue;
            }
            CpuSet sharing = listFiles.stream()
                    .flatMap(name -> files.cpus(topology.resolve(name)).stream())
                    .findFirst()
                    .map(list -> list.intersection(online))
                    .filter(list -> list.contains(id))
                    .orElse(CpuSet.of(id));
            Shared shared = new Shared(number.get(), sharing);
            sharing.stream().forEach(cpu -> found.putIfAbsent(cpu, shared));
        }
        return found;
    }

    private Path topology(int id) {
        return directory.resolve("cpu" + id + "/topology");
    }

    /** Whether package and core_id say the same as the lists of siblings: 0 or more, and one number per core. */
    private static boolean coreIdsAreUnique(Map<Integer, Raw> cpus) {
        record Key(int packageId, int coreId) {}
        Map<Key, Integer> siblingOf = new HashMap<>();
        Map<Integer, Key> keyOf = new HashMap<>();
        for (Raw cpu : cpus.values()) {
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
}
