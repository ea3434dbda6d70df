package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.IoBound;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Bounds on block I/O of one group with one device; cgroup-v1/blkio-controller.rst. They hold for this very group
 * only: not for groups inside, and not for buffered writes, which the kernel's own threads carry out.
 */
final class BlkioController {
    private final CgroupFiles files;
    private final Path group;

    BlkioController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    Path file(IoBound bound) {
        return group.resolve(
                switch (bound) {
                    case READ -> "blkio.throttle.read_bps_device";
                    case WRITE -> "blkio.throttle.write_bps_device";
                    case READ_OPERATIONS -> "blkio.throttle.read_iops_device";
                    case WRITE_OPERATIONS -> "blkio.throttle.write_iops_device";
                });
    }

    /**
     * Sets or takes away one bound.
     *
     * @param device major and minor number, {@code 254:0}
     */
    void set(IoBound bound, String device, Limit<Long> limit) {
        if (!files.exists(file(bound))) {
            if (limit.isLimited()) {
                throw Refusal.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "this kernel cannot bound block I/O: there is no " + file(bound),
                        "leave io out of the definition, or use a kernel with CONFIG_BLK_DEV_THROTTLING");
            }
            return;
        }
        Limit<Long> before = get(bound, device);
        if (!before.equals(limit)) {
            files.replace(file(bound), line(device, limit), line(device, before));
        }
    }

    Limit<Long> get(IoBound bound, String device) {
        return files.read(file(bound))
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length == 2 && words[0].equals(device))
                .findFirst()
                .map(words -> Limit.of(Long.parseLong(words[1])))
                .orElseGet(Limit::unlimited);
    }

    /** The devices that have a bound of this kind. */
    Set<String> devices(IoBound bound) {
        Set<String> devices = new TreeSet<>();
        if (files.exists(file(bound))) {
            files.read(file(bound))
                    .lines()
                    .map(line -> line.strip().split("\\s+", -1))
                    .filter(words -> words.length == 2)
                    .forEach(words -> devices.add(words[0]));
        }
        return devices;
    }

    /** The kernel takes 0 for "no bound". */
    private static String line(String device, Limit<Long> limit) {
        return device + " " + limit.fold(String::valueOf, "0");
    }
}
