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
import io.bulkhead.manager.cgroup.v2.CgroupV2;
import io.bulkhead.manager.cgroup.v2.V2Config;
import io.bulkhead.manager.host.HostFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
        Optional<Unified> unified = requireControllers(mounted);
        if (unified.isPresent()) {
            V2Config config = new V2Config(
                    instance, reserve.pool(), facts.disk(), facts.fileSystem(), pageSize(), Path.of("/proc"));
            return new CgroupV2(unified.get(), config, new KernelCgroupFiles());
        }
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

    /**
     * Throws a {@link Refusal} unless every controller that partitions need is on the version 2 hierarchy, or each on
     * one of version 1.
     *
     * @return the version 2 hierarchy, if they are there
     */
    static Optional<Unified> requireControllers(CgroupHierarchies mounted) {
        Optional<Unified> complete =
                mounted.unified().filter(unified -> unified.controllers().containsAll(CgroupV2.requiredControllers()));
        if (complete.isPresent()) {
            return complete;
        }
        List<String> missing = CgroupV1.requiredControllers().stream()
                .filter(controller -> mounted.of(controller).isEmpty())
                .toList();
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        if (mounted.of("cpuset").isEmpty() && mounted.unified().isPresent()) {
            Unified unified = mounted.unified().get();
            List<String> absent = CgroupV2.requiredControllers().stream()
                    .filter(controller -> !unified.controllers().contains(controller))
                    .toList();
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    unified.mount().resolve("cgroup.controllers") + " does not have " + String.join(", ", absent),
                    absent.equals(List.of("memory"))
                            ? "take cgroup_disable=memory off the kernel's command line"
                            : "use a kernel that has them, and take them off any version 1 hierarchy");
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
