package io.bulkhead.manager.life;

import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Processes whose number is also that of their descriptor. */
final class FakeProcesses implements ProcessWatch {
    private final Map<Long, Optional<ProcessEnd>> ends = new ConcurrentHashMap<>();
    private final Map<Long, Runnable> watches = new ConcurrentHashMap<>();
    final List<Long> open = new CopyOnWriteArrayList<>();
    final List<String> signals = new CopyOnWriteArrayList<>();
    Runnable onSignal = () -> {};
    /** How often process 1 is asked before it has a handler. */
    int deafFor;

    Fd create(long pid) {
        ends.putIfAbsent(pid, Optional.empty());
        open.add(pid);
        return new Fd((int) pid, number -> open.remove(Long.valueOf(number)));
    }

    boolean alive(long pid) {
        return ends.getOrDefault(pid, Optional.of(new ProcessEnd.Unknown())).isEmpty();
    }

    List<Long> living() {
        return new ArrayList<>(
                ends.keySet().stream().filter(this::alive).sorted().toList());
    }

    /** Whoever watched is dead. */
    void forget() {
        watches.clear();
    }

    void kill(long pid) {
        end(pid, new ProcessEnd.Killed(9, false));
    }

    void end(long pid, ProcessEnd how) {
        if (alive(pid)) {
            ends.put(pid, Optional.of(how));
            tell(pid);
        }
    }

    private void tell(long pid) {
        Runnable told = watches.remove(pid);
        if (told != null) {
            told.run();
        }
    }

    /** Process 1 ends, and its parent hands that on and goes, before anybody has heard of either. */
    void endWithHolder(long init, long holder, ProcessEnd how) {
        ends.put(holder, Optional.of(how));
        // After reboot(2) the pidfd of process 1 tells of the kernel's SIGKILL only.
        boolean reboot = how instanceof ProcessEnd.Killed killed && killed.signal() <= 2;
        ends.put(init, Optional.of(reboot ? new ProcessEnd.Killed(9, false) : how));
        Runnable holderTold = watches.remove(holder);
        Runnable initTold = watches.remove(init);
        initTold.run();
        holderTold.run();
    }

    @Override
    public Optional<ProcessEnd> awaitEnd(Fd process, Duration atMost) {
        return pollEnd(process);
    }

    @Override
    public Watch onEnd(Fd process, Runnable ended) {
        long pid = process.number();
        if (alive(pid)) {
            watches.put(pid, ended);
        } else {
            ended.run();
        }
        return () -> watches.remove(pid);
    }

    @Override
    public Optional<ProcessEnd> pollEnd(Fd process) {
        return ends.getOrDefault((long) process.number(), Optional.of(new ProcessEnd.Unknown()));
    }

    @Override
    public boolean hears(long pid, int signal) {
        return deafFor-- <= 0;
    }

    @Override
    public void signal(Fd process, int signal) {
        signals.add(process.number() + ":" + signal);
        onSignal.run();
    }
}
