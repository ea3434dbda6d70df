package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.Cgroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Control groups of a host that has none: a boot takes place wherever the caller is. Records who entered. */
public class GrouplessCgroups implements Cgroups {
    private final String kind;

    public final List<String> entered = new ArrayList<>();

    /** Whether nobody may enter. */
    public boolean refuses;

    public GrouplessCgroups() {
        this("v1");
    }

    public GrouplessCgroups(String kind) {
        this.kind = kind;
    }

    @Override
    public String kind() {
        return kind;
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
    public void bind(PartitionName partition, Slice slice) {}

    @Override
    public void release(PartitionName partition) {}

    @Override
    public void openPayload(PartitionName partition, UidRange owner, boolean delegateToSystemd) {}

    @Override
    public void closePayload(PartitionName partition) {}

    @Override
    public boolean takesThreads() {
        return !kind.equals("v2");
    }

    @Override
    public synchronized void enterCurrentThread(PartitionName partition) {
        entered.add(partition + " thread");
    }

    @Override
    public synchronized void enter(PartitionName partition, long pid) {
        if (refuses) {
            throw new CgroupException("no room in the group");
        }
        entered.add(partition + " process");
    }

    @Override
    public List<Promise> readBack(PartitionName partition, Slice slice) {
        return List.of();
    }

    @Override
    public void freeze(PartitionName partition) {}

    @Override
    public void thaw(PartitionName partition) {}

    @Override
    public boolean isFrozen(PartitionName partition) {
        return false;
    }

    @Override
    public Set<Long> processes(PartitionName partition) {
        return Set.of();
    }

    @Override
    public void killAll(PartitionName partition) {}

    @Override
    public long outOfMemoryKills(PartitionName partition) {
        return 0;
    }

    @Override
    public long tasksRefused(PartitionName partition) {
        return 0;
    }

    @Override
    public Usage usage(PartitionName partition) {
        return Usage.NONE;
    }

    @Override
    public Set<PartitionName> present() {
        return Set.of();
    }

    @Override
    public List<CgroupMount> mountsInside(boolean delegateToSystemd) {
        return List.of();
    }

    @Override
    public boolean repair(PartitionName partition, Slice slice) {
        return false;
    }

    @Override
    public synchronized void parkHolder(PartitionName partition, long pid) {
        entered.add(partition + " holder parked");
    }

    @Override
    public List<Path> noticeFiles(PartitionName partition) {
        return List.of();
    }

    @Override
    public void remove() {}
}
