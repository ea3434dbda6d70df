package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.IoBound;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Bounds on block I/O of one group and the groups inside, with any number of devices; cgroup-v2.rst, "IO Interface
 * Files". Only whole disks can be bounded, not partitions of them.
 */
final class IoController {
    private final CgroupFiles files;
    private final Path group;

    IoController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    Path maxFile() {
        return group.resolve("io.max");
    }

    /**
     * Sets every bound with one device, or takes it away.
     *
     * @param device major and minor number, {@code 254:0}
     */
    void set(String device, IoSlice slice) {
        Map<IoBound, Limit<Long>> wanted = bounds(slice);
        if (!files.exists(maxFile())) {
            if (!slice.equals(IoSlice.UNLIMITED)) {
                throw Refusal.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "this kernel cannot bound block I/O: there is no " + maxFile(),
                        "leave io out of the definition, or use a kernel with CONFIG_BLK_DEV_THROTTLING");
            }
            return;
        }
        Map<IoBound, Limit<Long>> before = get(device);
        if (!before.equals(wanted)) {
            files.replace(maxFile(), line(device, wanted), line(device, before));
        }
    }

    /** Every bound with one device. */
    Map<IoBound, Limit<Long>> get(String device) {
        Optional<List<String>> words = files.read(maxFile())
                .lines()
                .map(line -> Arrays.asList(line.strip().split("\\s+", -1)))
                .filter(line -> line.get(0).equals(device))
                .findFirst();
        Map<IoBound, Limit<Long>> bounds = new EnumMap<>(IoBound.class);
        for (IoBound bound : IoBound.values()) {
            bounds.put(bound, words.map(line -> value(line, bound)).orElseGet(Limit::unlimited));
        }
        return bounds;
    }

    /** The devices that have bounds. */
    Set<String> devices() {
        Set<String> devices = new TreeSet<>();
        if (files.exists(maxFile())) {
            files.read(maxFile())
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(line -> devices.add(line.split("\\s+", -1)[0]));
        }
        return devices;
    }

    private Limit<Long> value(List<String> words, IoBound bound) {
        String key = key(bound) + "=";
        String text = words.stream()
                .filter(word -> word.startsWith(key))
                .findFirst()
                .map(word -> word.substring(key.length()))
                .orElse("max");
        try {
            return text.equals("max") ? Limit.unlimited() : Limit.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new CgroupException("read " + maxFile() + ": '" + key + text + "' is no bound", e);
        }
    }

    private static Map<IoBound, Limit<Long>> bounds(IoSlice slice) {
        Map<IoBound, Limit<Long>> bounds = new EnumMap<>(IoBound.class);
        for (IoBound bound : IoBound.values()) {
            bounds.put(bound, bound.of(slice));
        }
        return bounds;
    }

    private static String line(String device, Map<IoBound, Limit<Long>> bounds) {
        return device + " "
                + Arrays.stream(IoBound.values())
                        .map(bound -> key(bound) + "="
                                + bounds.getOrDefault(bound, Limit.unlimited()).fold(String::valueOf, "max"))
                        .collect(Collectors.joining(" "));
    }

    private static String key(IoBound bound) {
        return switch (bound) {
            case READ -> "rbps";
            case WRITE -> "wbps";
            case READ_OPERATIONS -> "riops";
            case WRITE_OPERATIONS -> "wiops";
        };
    }
}
