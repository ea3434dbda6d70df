package io.bulkhead.broker.inventory;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;

/**
 * What cores were built for, on machines that mix kinds.
 *
 * <p>Sources: {@code /sys/devices/cpu_core}, {@code cpu_atom}, {@code cpu_lowpower} (kernel document {@code
 * ABI/testing/sysfs-bus-event_source-devices}, one for each kind of core of an Intel hybrid), and {@code cpu_capacity}
 * (kernel document {@code arch/arm/cpu-capacity}, 1024 for the fastest).
 */
final class CoreTypeReader {
    /** Kinds are not told apart where the slowest core has at least this part of the fastest one's capacity. */
    private static final int ALIKE_PERCENT = 80;

    private final KernelFiles files;

    CoreTypeReader(KernelFiles files) {
        this.files = files;
    }

    /** The kind of each CPU; empty where all are of one kind or the machine does not tell. */
    Map<Integer, CoreType> types(CpuSet online) {
        Map<Integer, CoreType> types = byUnits(online);
        if (types.isEmpty()) {
            types = byCapacity(online);
        }
        return new HashSet<>(types.values()).size() > 1 ? types : Map.of();
    }

    private Map<Integer, CoreType> byUnits(CpuSet online) {
        Map<Integer, CoreType> types = new HashMap<>();
        put(types, "cpu_core", CoreType.PERFORMANCE, online);
        put(types, "cpu_atom", CoreType.EFFICIENCY, online);
        put(types, "cpu_lowpower", CoreType.EFFICIENCY, online);
        return types;
    }

    private void put(Map<Integer, CoreType> types, String unit, CoreType type, CpuSet online) {
        files.cpus(files.at("sys/devices/" + unit + "/cpus")).orElse(CpuSet.EMPTY).intersection(online).stream()
                .forEach(cpu -> types.put(cpu, type));
    }

    /** Cores nearer to the fastest than to the slowest are fast ones, so that a third kind in between finds its side. */
    private Map<Integer, CoreType> byCapacity(CpuSet online) {
        Map<Integer, Integer> capacities = new HashMap<>();
        for (int cpu : online.ids()) {
            Optional<Integer> capacity = files.integer(files.at("sys/devices/system/cpu/cpu" + cpu + "/cpu_capacity"));
            if (capacity.isEmpty()) {
                return Map.of();
            }
            capacities.put(cpu, capacity.get());
        }
        int most =
                capacities.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        int least =
                capacities.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        Map<Integer, CoreType> types = new HashMap<>();
        if (100L * least < (long) ALIKE_PERCENT * most) {
            capacities.forEach((cpu, capacity) ->
                    types.put(cpu, 2L * capacity >= (long) most + least ? CoreType.PERFORMANCE : CoreType.EFFICIENCY));
        }
        return types;
    }
}
