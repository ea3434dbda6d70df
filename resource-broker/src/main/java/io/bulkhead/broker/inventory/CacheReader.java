package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last-level caches: of each CPU the one of the highest level. On some machines that is not the same level for all of
 * them: thrifty cores beside fast ones may have no L3.
 *
 * <p>Source: kernel document {@code ABI/testing/sysfs-devices-system-cpu}, {@code cache/index*}. The kernel's own {@code id}
 * of a cache is missing on some machines and has gaps on others, so they are numbered by their lowest CPUs.
 */
final class CacheReader {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([KMG]?)");

    private final KernelFiles files;
    private final Path directory;

    CacheReader(KernelFiles files) {
        this.files = files;
        this.directory = files.at("sys/devices/system/cpu");
    }

    /** The caches that the kernel tells of, numbered from 0. */
    List<Inventory.Cache> caches(CpuSet online) {
        List<Inventory.Cache> caches = new ArrayList<>();
        CpuSet told = CpuSet.EMPTY;
        for (int cpu : online.ids()) {
            if (!told.contains(cpu)) {
                Optional<Inventory.Cache> cache = lastLevelOf(cpu, online, caches.size());
                if (cache.isPresent()) {
                    caches.add(cache.get());
                    told = told.union(cache.get().cpus());
                }
            }
        }
        return caches;
    }

    /** The cache of each CPU; where the kernel does not tell, the CPUs of a node are taken to share one. */
    static Map<Integer, Integer> cacheOf(List<Inventory.Cache> caches, CpuSet online, Map<Integer, Integer> nodeOf) {
        Map<Integer, Integer> cacheOf = new HashMap<>();
        for (Inventory.Cache cache : caches) {
            cache.cpus().stream().forEach(cpu -> cacheOf.putIfAbsent(cpu, cache.id()));
        }
        Map<Integer, Integer> ofNode = new HashMap<>();
        for (int cpu : online.ids()) {
            int node = nodeOf.getOrDefault(cpu, 0);
            if (caches.isEmpty()) {
                cacheOf.put(cpu, node);
            } else if (!cacheOf.containsKey(cpu)) {
                cacheOf.put(cpu, ofNode.computeIfAbsent(node, any -> caches.size() + ofNode.size()));
            }
        }
        return cacheOf;
    }

    private Optional<Inventory.Cache> lastLevelOf(int cpu, CpuSet online, int id) {
        Optional<Path> last = Optional.empty();
        int highest = 0;
        for (int index = 0; ; index++) {
            Path cache = directory.resolve("cpu" + cpu + "/cache/index" + index);
            Optional<Integer> level = files.integer(cache.resolve("level"));
            if (level.isEmpty()) {
                break;
            }
            if (level.get() > highest && !files.text(cache.resolve("type")).equals(Optional.of("Instruction"))) {
                highest = level.get();
                last = Optional.of(cache);
            }
        }
        int level = highest;
        return last.map(cache -> new Inventory.Cache(
                id,
                level,
                files.text(cache.resolve("size"))
                        .map(text -> size(cache.resolve("size"), text))
                        .orElse(ByteSize.ZERO),
                files.cpus(cache.resolve("shared_cpu_list"))
                        .orElse(CpuSet.EMPTY)
                        .intersection(online)
                        .union(CpuSet.of(cpu))));
    }

    private static ByteSize size(Path file, String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw InventoryException.malformed(file, "'" + text + "' is not a size like 32768K");
        }
        int shift =
                switch (matcher.group(2)) {
                    case "K" -> 10;
                    case "M" -> 20;
                    case "G" -> 30;
                    default -> 0;
                };
        return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
    }
}
