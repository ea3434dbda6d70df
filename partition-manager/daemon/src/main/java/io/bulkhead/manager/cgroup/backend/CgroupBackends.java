package io.bulkhead.manager.cgroup.backend;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Unified;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import io.bulkhead.manager.cgroup.Killer;
import io.bulkhead.manager.cgroup.v1.CgroupV1;
import io.bulkhead.manager.cgroup.v1.V1Config;
import io.bulkhead.manager.host.HostFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The backend of control groups that fits this host. Any thread. */
public final class CgroupBackends {
    /** The entry of the auxiliary vector that holds the page size; getauxval(3). */
    private static final long AT_PAGESZ = 6;

    private CgroupBackends() {}

    /**
     * Finds the backend; changes nothing in the kernel.
     *
     * @param confine whether the host's own tasks are moved onto the pool's CPUs
     * @param killer for everything that must go
     * @throws Refusal if this host's control groups cannot carry partitions; it says which controller is missing where
     */
    public static Cgroups open(
            InstanceName instance, HostFacts facts, HostReserve reserve, boolean confine, Killer killer) {
        CgroupHierarchies mounted = CgroupHierarchies.read(Path.of("/"));
        requireV1(mounted);
        V1Config config = new V1Config(
                instance,
                reserve,
                facts.nodes(),
                facts.online().size(),
                facts.disk(),
                confine,
                Path.of("/proc"),
                pageSize());
        return new CgroupV1(
                mounted,
                config,
                new KernelCgroupFiles(),
                killer,
                ProcessHandle.current().pid());
    }

    /** Throws a {@link Refusal} unless every controller that partitions need is on a version 1 hierarchy. */
    static void requireV1(CgroupHierarchies mounted) {
        List<String> missing = CgroupV1.requiredControllers().stream()
                .filter(controller -> mounted.of(controller).isEmpty())
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        List<String> onV2 = mounted.unified().map(Unified::controllers).orElse(List.of()).stream()
                // Version 2 calls block I/O by another name.
                .map(controller -> controller.equals("io") ? "blkio" : controller)
                .filter(missing::contains)
                .toList();
        if (!onV2.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "this host has its controllers on cgroup v2 (" + String.join(", ", onV2)
                            + "); v2 hosts come with the next release",
                    "until then, boot with systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1");
        }
        throw Refusal.of(
                ProblemCode.NOT_ENFORCEABLE,
                "no control group hierarchy is mounted for " + String.join(", ", missing),
                "mount each below /sys/fs/cgroup, like: mount -t cgroup -o " + missing.get(0)
                        + " cgroup /sys/fs/cgroup/" + missing.get(0));
    }

    private static long pageSize() {
        try {
            ByteBuffer vector = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (vector.remaining() >= 16) {
                long type = vector.getLong();
                long value = vector.getLong();
                if (type == AT_PAGESZ) {
                    return value;
                }
            }
        } catch (IOException e) {
            throw new CgroupException("read the page size from /proc/self/auxv: " + e.getMessage(), e);
        }
        throw new CgroupException("/proc/self/auxv does not tell the page size");
    }
}
