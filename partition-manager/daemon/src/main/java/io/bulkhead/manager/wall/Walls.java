package io.bulkhead.manager.wall;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.undo.Undo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All walls as one: in order on the way up, in reverse on the way down, where each gets its turn whatever the others do. */
public final class Walls implements Wall {
    private static final Logger LOG = LoggerFactory.getLogger(Walls.class);

    private final List<Wall> all;
    private final List<Wall> reversed;

    /** In the order in which they are built. */
    public Walls(List<Wall> all) {
        this.all = List.copyOf(all);
        List<Wall> backwards = new ArrayList<>(all);
        Collections.reverse(backwards);
        this.reversed = List.copyOf(backwards);
    }

    @Override
    public List<Enforcement> enforcement() {
        return all.stream().flatMap(wall -> wall.enforcement().stream()).toList();
    }

    @Override
    public void onNews(Runnable listener) {
        all.forEach(wall -> wall.onNews(listener));
    }

    @Override
    public void recover(Set<PartitionName> known) {
        all.forEach(wall -> wall.recover(known));
    }

    @Override
    public void refuseChange(PartitionSpec before, PartitionSpec after) {
        all.forEach(wall -> wall.refuseChange(before, after));
    }

    @Override
    public Optional<String> whatIsLostWith(PartitionSpec partition) {
        List<String> lost = all.stream()
                .flatMap(wall -> wall.whatIsLostWith(partition).stream())
                .toList();
        return lost.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lost));
    }

    @Override
    public void bind(PartitionRecord partition) {
        all.forEach(wall -> wall.bind(partition));
    }

    @Override
    public StartRequest beforeBoot(PartitionRecord partition, StartRequest request, Undo undo) {
        StartRequest complete = request;
        for (Wall wall : all) {
            complete = wall.beforeBoot(partition, complete, undo);
        }
        return complete;
    }

    @Override
    public void beforeRelease(PartitionRecord partition, RunningPartition running, Undo undo) {
        all.forEach(wall -> wall.beforeRelease(partition, running, undo));
    }

    @Override
    public void afterRelease(PartitionRecord partition, RunningPartition running) {
        for (Wall wall : all) {
            try {
                wall.afterRelease(partition, running);
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("partition", partition.name())
                        .setCause(e)
                        .log("Something is not there that should have come after the start");
            }
        }
    }

    @Override
    public void adopt(PartitionRecord partition, RunningPartition running) {
        all.forEach(wall -> wall.adopt(partition, running));
    }

    @Override
    public List<Promise> readBack(PartitionRecord partition, Optional<RunningPartition> running) {
        List<Promise> promises = new ArrayList<>();
        all.forEach(wall -> promises.addAll(wall.readBack(partition, running)));
        return promises;
    }

    /** Each gets its turn; the first failure is thrown when all had theirs. */
    @Override
    public boolean repair(PartitionRecord partition, Optional<RunningPartition> running) {
        AtomicBoolean tried = new AtomicBoolean();
        eachWhateverComes(all, wall -> {
            if (wall.repair(partition, running)) {
                tried.set(true);
            }
        });
        return tried.get();
    }

    @Override
    public void afterRun(PartitionName partition) {
        eachWhateverComes(reversed, wall -> wall.afterRun(partition));
    }

    @Override
    public void release(PartitionName partition) {
        eachWhateverComes(reversed, wall -> wall.release(partition));
    }

    @Override
    public void leave() {
        eachWhateverComes(reversed, Wall::leave);
    }

    /** The first failure is thrown when all had their turn. */
    private static void eachWhateverComes(List<Wall> walls, Consumer<Wall> work) {
        @Nullable RuntimeException first = null;
        for (Wall wall : walls) {
            try {
                work.accept(wall);
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
