package io.bulkhead.manager.life;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.Cgroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Groups in memory, with tasks that are numbers in them. */
final class FakeCgroups implements Cgroups {
    private final Faults faults;
    private final FakeProcesses processes;
    final Map<PartitionName, Slice> bound = new TreeMap<>();
    final Set<PartitionName> payloads = new TreeSet<>();
    final Set<PartitionName> frozen = new TreeSet<>();
    final Map<PartitionName, Set<Long>> tasks = new TreeMap<>();
    final Map<PartitionName, Long> kills = new TreeMap<>();
    final Map<PartitionName, Long> refusals = new TreeMap<>();
    final Map<PartitionName, Usage> usages = new TreeMap<>();
    int binds;
    boolean promisesCpus;

    /** Where process 1 of every partition was moved to. */
    Optional<String> strayed = Optional.empty();

    boolean lies;

    /** Whether this is a host on which groups are repaired; it helps for as long as nobody is stubborn. */
    boolean repairable;

    boolean stubborn;
    int repairs;
    /** Where it is read that a partition's tasks are capped; a long path makes a long status. */
    final Map<PartitionName, String> evidence = new HashMap<>();

    boolean unkillable;

    FakeCgroups(Faults faults, FakeProcesses processes) {
        this.faults = faults;
        this.processes = processes;
    }

    /** Everything that the kernel holds, to be compared. */
    synchronized String picture() {
        return "bound=" + bound + " payloads=" + payloads + " frozen=" + frozen + " tasks=" + tasks;
    }

    @Override
    public String kind() {
        return "v1";
    }

    @Override
    public List<Enforcement> enforcement() {
        return List.of();
    }

    @Override
    public void prepare() {}

    @Override
    public List<Path> hostGroupFiles() {
        return List.of();
    }

    @Override
    public synchronized void bind(PartitionName partition, Slice slice) {
        faults.step("bind");
        binds++;
        bound.put(partition, slice);
    }

    @Override
    public synchronized void release(PartitionName partition) {
        faults.step("release");
        if (tasks.containsKey(partition)) {
            throw new CgroupException("busy");
        }
        bound.remove(partition);
    }

    @Override
    public synchronized void openPayload(PartitionName partition, UidRange owner, boolean delegateToSystemd) {
        faults.step("openPayload");
        payloads.add(partition);
    }

    @Override
    public synchronized void closePayload(PartitionName partition) {
        faults.step("closePayload");
        if (tasks.containsKey(partition)) {
            throw new CgroupException("busy");
        }
        payloads.remove(partition);
    }

    @Override
    public boolean takesThreads() {
        return true;
    }

    @Override
    public void enterCurrentThread(PartitionName partition) {}

    @Override
    public void enter(PartitionName partition, long pid) {}

    @Override
    public Optional<String> strayedTo(PartitionName partition, long pid) {
        return strayed;
    }

    @Override
    public synchronized List<Promise> readBack(PartitionName partition, Slice slice) {
        boolean held = slice.equals(bound.get(partition)) && !lies;
        String where = evidence.getOrDefault(partition, "/pids.max");
        Promise tasks =
                new Promise(Resource.TASKS, "64", held ? "64" : "99", Strength.CAPPED, held, where, Optional.empty());
        if (!promisesCpus) {
            return List.of(tasks);
        }
        String cpus = slice.cpus().toString();
        return List.of(
                new Promise(Resource.CPUS, cpus, cpus, Strength.EXCLUSIVE, true, "/cpuset.cpus", Optional.empty()),
                tasks);
    }

    @Override
    public synchronized void freeze(PartitionName partition) {
        faults.step("freeze");
        frozen.add(partition);
    }

    @Override
    public synchronized void thaw(PartitionName partition) {
        faults.step("thaw");
        frozen.remove(partition);
    }

    @Override
    public synchronized boolean isFrozen(PartitionName partition) {
        return frozen.contains(partition);
    }

    @Override
    public synchronized Set<Long> processes(PartitionName partition) {
        return Set.copyOf(tasks.getOrDefault(partition, Set.of()));
    }

    @Override
    public void killAll(PartitionName partition) {
        faults.step("killAll");
        if (unkillable) {
            throw new CgroupException("processes are still there");
        }
        Set<Long> killed;
        synchronized (this) {
            Set<Long> gone = tasks.remove(partition);
            killed = gone == null ? Set.of() : gone;
            frozen.remove(partition);
        }
        killed.forEach(processes::kill);
    }

    @Override
    public synchronized long outOfMemoryKills(PartitionName partition) {
        return kills.getOrDefault(partition, 0L);
    }

    @Override
    public synchronized long tasksRefused(PartitionName partition) {
        return refusals.getOrDefault(partition, 0L);
    }

    @Override
    public synchronized Usage usage(PartitionName partition) {
        return usages.getOrDefault(partition, Usage.NONE);
    }

    @Override
    public synchronized Set<PartitionName> present() {
        return new TreeSet<>(bound.keySet());
    }

    @Override
    public List<CgroupMount> mountsInside(boolean delegateToSystemd) {
        return List.of();
    }

    @Override
    public synchronized boolean repair(PartitionName partition, Slice slice) {
        if (!repairable) {
            return false;
        }
        repairs++;
        if (stubborn) {
            throw new CgroupException("root invalid (Cpu list in cpuset.cpus not exclusive)");
        }
        lies = false;
        return true;
    }

    @Override
    public void parkHolder(PartitionName partition, long pid) {}

    @Override
    public synchronized List<Path> noticeFiles(PartitionName partition) {
        List<Path> files = new ArrayList<>();
        if (bound.containsKey(partition)) {
            files.add(Path.of("/p-" + partition + "/memory.events"));
        }
        if (payloads.contains(partition)) {
            files.add(Path.of("/p-" + partition + "/in/pids.events"));
        }
        return files;
    }

    @Override
    public void remove() {
        faults.step("remove");
    }
}
