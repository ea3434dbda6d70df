package io.bulkhead.manager.life;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.undo.Undo;
import io.bulkhead.manager.wall.Wall;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Notes what was bound and what a run has of it, fails where it is told to, and promises what was bound. */
final class FakeWall implements Wall {
    private final Faults faults;
    final Set<PartitionName> bound = new TreeSet<>();
    final Set<PartitionName> used = new TreeSet<>();
    final Set<PartitionName> precious = new TreeSet<>();
    boolean broken;
    boolean repairable;
    int repairs;

    FakeWall(Faults faults) {
        this.faults = faults;
    }

    @Override
    public synchronized void recover(Set<PartitionName> known) {
        bound.retainAll(known);
    }

    @Override
    public void refuseChange(PartitionSpec before, PartitionSpec after) {
        if (precious.contains(before.name())
                && before.claim().tasks() > after.claim().tasks()) {
            throw Refusal.of(ProblemCode.CONFLICT, "its tasks cannot become fewer");
        }
    }

    @Override
    public Optional<String> whatIsLostWith(PartitionSpec partition) {
        return precious.contains(partition.name()) ? Optional.of("its treasure") : Optional.empty();
    }

    @Override
    public synchronized void bind(PartitionRecord partition) {
        faults.step("bind the wall");
        bound.add(partition.name());
    }

    @Override
    public synchronized StartRequest beforeBoot(PartitionRecord partition, StartRequest request, Undo undo) {
        faults.step("prepare the wall");
        used.add(partition.name());
        undo.push("let the wall go", () -> used.remove(partition.name()));
        return request;
    }

    @Override
    public void beforeRelease(PartitionRecord partition, RunningPartition running, Undo undo) {
        faults.step("close the wall");
    }

    @Override
    public synchronized void afterRun(PartitionName partition) {
        faults.step("clear the wall");
        used.remove(partition);
    }

    @Override
    public synchronized void release(PartitionName partition) {
        faults.step("release the wall");
        bound.remove(partition);
    }

    @Override
    public synchronized List<Promise> readBack(PartitionRecord partition, Optional<RunningPartition> running) {
        boolean held = !broken && bound.contains(partition.name());
        return List.of(new Promise(
                Resource.SYSTEM_CALLS,
                "filtered",
                held ? "filtered" : "not",
                Strength.EXCLUSIVE,
                held,
                "the fake wall",
                Optional.empty()));
    }

    @Override
    public synchronized boolean repair(PartitionRecord partition, Optional<RunningPartition> running) {
        if (repairable) {
            repairs++;
            broken = false;
        }
        return repairable;
    }
}
