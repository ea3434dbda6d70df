package io.bulkhead.manager.life;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.start.StartException;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.start.Starter;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.undo.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Boots by inventing two process numbers, and undoes as the real one promises. */
final class FakeStarter implements Starter {
    static final long FIRST_HOLDER = 100;

    private final Faults faults;
    private final FakeProcesses processes;
    private final FakeCgroups cgroups;
    private long nextPid = FIRST_HOLDER;
    int attempts;
    int starts;
    final List<UidRange> forgotten = new ArrayList<>();

    FakeStarter(Faults faults, FakeProcesses processes, FakeCgroups cgroups) {
        this.faults = faults;
        this.processes = processes;
        this.cgroups = cgroups;
    }

    @Override
    public synchronized RunningPartition start(StartRequest request, BeforeRelease beforeRelease) {
        attempts++;
        if (!cgroups.payloads.contains(request.name())) {
            throw new IllegalStateException("the payload group is not open");
        }
        ProcessId holder = new ProcessId(nextPid++, 1);
        ProcessId init = new ProcessId(nextPid++, 1);
        RunningPartition running = open(holder, init);
        cgroups.tasks.put(request.name(), new TreeSet<>(Set.of(holder.pid(), init.pid())));
        try (Undo undo = new Undo()) {
            undo.push("close the descriptors", running::close);
            undo.push("kill what was started", () -> {
                cgroups.tasks.remove(request.name());
                processes.kill(init.pid());
                processes.kill(holder.pid());
            });
            faults.step("boot");
            beforeRelease.prepare(running, undo);
            faults.step("release process 1");
            undo.keep();
        } catch (RuntimeException e) {
            throw new StartException("prove", e);
        }
        starts++;
        return running;
    }

    @Override
    public Optional<RunningPartition> adopt(ProcessId holder, ProcessId init) {
        boolean alive = processes.alive(holder.pid()) && processes.alive(init.pid());
        return alive ? Optional.of(open(holder, init)) : Optional.empty();
    }

    @Override
    public synchronized void forget(UidRange range) {
        forgotten.add(range);
    }

    private RunningPartition open(ProcessId holder, ProcessId init) {
        Fd console = new Fd(-1, number -> {});
        return new RunningPartition(
                holder, processes.create(holder.pid()), init, processes.create(init.pid()), console);
    }
}
