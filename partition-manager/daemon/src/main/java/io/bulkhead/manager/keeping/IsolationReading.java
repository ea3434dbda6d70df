package io.bulkhead.manager.keeping;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.StuckInterrupt;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.Isolation.Level;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.manager.steering.SteeringReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How alone a partition is on its CPUs, from what was read back: the levels from below, each with what holds it back. Pure.
 *
 * @param steers whether interrupts are steered away on this host
 * @param steering what the kernel says of interrupts and workqueues
 * @param boot what the kernel was booted with
 * @param neighbours the other threads of its cores, by CPU, with whose they are
 * @param balanced whether the kernel balances load among its CPUs
 */
record IsolationReading(
        boolean steers, SteeringReport steering, BootFacts boot, Map<Integer, String> neighbours, boolean balanced) {
    /** Of interrupts with the same reason; a machine may have a queue per disk and CPU. */
    private static final int MOST_LINES = 3;

    IsolationReading {
        neighbours = new TreeMap<>(neighbours);
    }

    Isolation of(CpuSlice slice, List<Promise> promises) {
        if (!(slice instanceof CpuSlice.Whole whole)) {
            return new Isolation(
                    Level.SHARED_POOL,
                    List.of("it has a part of a CPU, of the pool that all share: ask for whole CPUs"));
        }
        List<String> raise = shared(promises);
        if (!raise.isEmpty()) {
            return new Isolation(Level.SHARED_WITH_HOST, raise);
        }
        raise = disturbed(whole.cpus());
        if (!raise.isEmpty()) {
            return new Isolation(Level.EXCLUSIVE, raise);
        }
        raise = ticking(whole.cpus());
        return new Isolation(raise.isEmpty() ? Level.TICKLESS : Level.STEERED, raise);
    }

    private static List<String> shared(List<Promise> promises) {
        Optional<Promise> cpus = promises.stream()
                .filter(promise -> promise.resource() == Resource.CPUS)
                .findFirst();
        if (cpus.isEmpty()) {
            return List.of("the kernel has not been asked yet");
        } else if (!cpus.get().held()) {
            return List.of("its CPUs are not held: "
                    + cpus.get().reason().orElse("the kernel says " + cpus.get().readBack()));
        } else if (cpus.get().strength() != Strength.EXCLUSIVE) {
            return List.of("the host's own tasks may run there: set host.confine = true, or use a host with cgroup v2");
        }
        return List.of();
    }

    private List<String> disturbed(CpuSet cpus) {
        List<String> raise = new ArrayList<>();
        neighbours.forEach((cpu, owner) ->
                raise.add("CPU " + cpu + ", a thread of the same core, belongs to " + owner + ": ask for whole cores"));
        List<StuckInterrupt> there = steering.stuck().stream()
                .filter(each -> each.cpus().intersects(cpus))
                .toList();
        Optional<CpuSet> workers = steering.workqueues().map(cpus::intersection).filter(set -> !set.isEmpty());
        if (!steers) {
            if (!there.isEmpty() || workers.isPresent()) {
                raise.add("interrupts and kernel workers are not steered away: set host.steer_interrupts = true");
            }
        }
        Map<String, List<StuckInterrupt>> byReason = there.stream()
                .collect(Collectors.groupingBy(StuckInterrupt::reason, LinkedHashMap::new, Collectors.toList()));
        byReason.forEach((reason, alike) -> {
            if (alike.size() > MOST_LINES) {
                raise.add(stuck("interrupts", alike, cpus, reason));
            } else {
                alike.forEach(each -> raise.add(stuck("interrupt", List.of(each), cpus, reason)));
            }
        });
        workers.ifPresent(set -> raise.add("unbound workqueues may run on " + words(set)));
        return raise;
    }

    private String stuck(String what, List<StuckInterrupt> interrupts, CpuSet cpus, String reason) {
        String names = interrupts.stream()
                .map(each -> each.number() + " (" + each.name() + ")")
                .collect(Collectors.joining(", "));
        CpuSet on =
                interrupts.stream().map(each -> each.cpus().intersection(cpus)).reduce(CpuSet.EMPTY, CpuSet::union);
        return what + " " + names + (steers ? " kept by the kernel on " : " may fire on ") + words(on) + ": " + reason;
    }

    private List<String> ticking(CpuSet cpus) {
        List<String> raise = new ArrayList<>();
        if (boot.tickless().isEmpty()) {
            raise.add("this kernel was built without CONFIG_NO_HZ_FULL: use one that has it");
        } else if (!boot.tickless().get().containsAll(cpus)) {
            CpuSet all = boot.tickless().get().union(cpus);
            raise.add("boot with nohz_full=" + all + " rcu_nocbs=" + all);
        }
        if (balanced && cpus.size() > 1) {
            raise.add(
                    "the kernel balances load among its CPUs: define it with cpus.isolated, and place its tasks yourself");
        }
        return raise;
    }

    private static String words(CpuSet cpus) {
        return (cpus.size() == 1 ? "CPU " : "CPUs ") + cpus;
    }
}
