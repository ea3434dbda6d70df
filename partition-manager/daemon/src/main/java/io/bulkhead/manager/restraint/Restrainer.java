package io.bulkhead.manager.restraint;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.admission.AdmissionRule;
import io.bulkhead.manager.sys.FilterCompiler;
import io.bulkhead.manager.sys.FilterCompiler.Compiled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Makes the restraints of partitions: those of their kind of init, with what their definitions say. A filter is compiled
 * once for each profile. Safe for any thread.
 */
public final class Restrainer {
    /**
     * What nobody inside needs who is no operating system of his own: nothing of it works in a user namespace (the clock,
     * modules, hardware, the kernel's log and audit), or it would lift a limit (SYS_RESOURCE those in /proc/sys/user).
     * SYS_ADMIN, NET_ADMIN, SYS_BOOT and the like stay: root inside mounts, sets up its network and reboots.
     */
    static final Set<Capability> DROPPED_BESIDE_SYSTEMD = Set.of(
            Capability.SYS_MODULE,
            Capability.SYS_RAWIO,
            Capability.SYS_TIME,
            Capability.SYS_PACCT,
            Capability.SYS_RESOURCE,
            Capability.LINUX_IMMUTABLE,
            Capability.MKNOD,
            Capability.MAC_OVERRIDE,
            Capability.MAC_ADMIN,
            Capability.AUDIT_CONTROL,
            Capability.AUDIT_READ,
            Capability.SYSLOG,
            Capability.WAKE_ALARM,
            Capability.BLOCK_SUSPEND,
            Capability.PERFMON,
            Capability.BPF,
            Capability.CHECKPOINT_RESTORE);

    private final FilterCompiler compiler;
    private final Path limits;
    private final ConcurrentMap<FilterProfile, Compiled> filters = new ConcurrentHashMap<>();

    /**
     * @param compiler of filters
     * @param proc {@code /proc} but in tests
     */
    public Restrainer(FilterCompiler compiler, Path proc) {
        this.compiler = compiler;
        this.limits = proc.resolve("sys/user");
    }

    /**
     * The restraints of a partition.
     *
     * @throws Refusal for wishes that cannot be fulfilled, all of them at once, and on a host that can make no filter
     */
    public Restraints of(PartitionSpec definition) {
        return of(
                definition.init(),
                definition.claim().memory(),
                definition.hardening().orElse(Hardening.DEFAULT));
    }

    /** The same from its parts. */
    public Restraints of(Init init, ByteSize memory, Hardening wishes) {
        List<String> faults = new ArrayList<>();
        Set<Capability> dropped = dropped(init, wishes, faults);
        Map<String, Long> objects = objects(init, memory, wishes);
        try {
            checkCalls(wishes, faults);
            if (!faults.isEmpty()) {
                throw Refusal.of(ProblemCode.INVALID_REQUEST, "hardening: " + String.join("; ", faults));
            }
            Compiled filter = filters.computeIfAbsent(
                    FilterProfile.of(init, wishes.deny(), wishes.allow()),
                    profile -> compiler.compile(profile.rules()));
            return Restraints.of(filter.program(), dropped, objects, filter.unknown());
        } catch (UnsupportedOperationException e) {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    "system calls cannot be filtered: " + e.getMessage(),
                    "apt-get install libseccomp2, then start again");
        }
    }

    /** Refuses definitions whose hardening cannot be, before anything is made for them. */
    public AdmissionRule rule() {
        return (definition, slice, others) -> {
            try {
                of(definition);
                return Optional.empty();
            } catch (Refusal refusal) {
                return Optional.of(refusal.problem());
            }
        };
    }

    private void checkCalls(Hardening wishes, List<String> faults) {
        for (String call : new TreeSet<>(wishes.deny())) {
            if (FilterProfile.INDISPENSABLE.contains(call)) {
                faults.add("nothing runs without the system call " + call + "; do not deny it");
            } else if (!compiler.knows(call)) {
                faults.add("'" + call + "' is no system call that this host's libseccomp knows; see syscalls(2)");
            }
        }
        for (String call : new TreeSet<>(wishes.allow())) {
            if (!compiler.knows(call)) {
                faults.add("'" + call + "' is no system call that this host's libseccomp knows; see syscalls(2)");
            }
        }
    }

    private static Set<Capability> dropped(Init init, Hardening wishes, List<String> faults) {
        Set<Capability> dropped = new TreeSet<>(init instanceof Init.Systemd ? Set.of() : DROPPED_BESIDE_SYSTEMD);
        for (String name : wishes.drop()) {
            Capability.of(name)
                    .ifPresentOrElse(
                            dropped::add, () -> faults.add("'" + name + "' is no capability; see capabilities(7)"));
        }
        return dropped;
    }

    private Map<String, Long> objects(Init init, ByteSize memory, Hardening wishes) {
        Map<String, Long> all = ObjectLimits.of(init, memory, wishes.objects());
        // Kernels before 5.13 know no limits on fanotify.
        all.keySet().removeIf(name -> !Files.exists(limits.resolve(name)));
        return all;
    }
}
