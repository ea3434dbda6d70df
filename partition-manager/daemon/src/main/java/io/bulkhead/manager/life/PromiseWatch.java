package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.journal.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel says of one partition's promises, and an event whenever that changes. Reads under the partition's lock;
 * {@link #last()} from any thread.
 */
final class PromiseWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PromiseWatch.class);

    /** The least between two pieces of news of the same kind, if it goes on. */
    private static final long KILL_PAUSE_MILLIS = 1_000;

    private static final long REFUSAL_PAUSE_MILLIS = 10_000;

    private final Cgroups cgroups;
    private final OwnWalls walls;
    private final PartitionName name;
    private final Journal journal;
    private final LongSupplier clockMillis;
    private final Repairs groupRepairs = new Repairs();
    private final Repairs wallRepairs = new Repairs();
    private final Supplier<CpuSet> online;
    private final LongSupplier process1;
    private final CountedNews killNews = new CountedNews(KILL_PAUSE_MILLIS);
    private final CountedNews refusalNews = new CountedNews(REFUSAL_PAUSE_MILLIS);
    private volatile Reading last = Reading.NONE;

    /** The walls, asked about this partition. */
    interface OwnWalls {
        List<Promise> readBack();

        /** Whether there was anything to try. */
        boolean repair();
    }

    /**
     * How it goes with what is repaired together. Groups and walls are counted apart: what a partition can break of its
     * own walls from inside, its link, must not use up the repairs of its limits.
     */
    private static final class Repairs {
        private final RepairGuard guard = new RepairGuard();
        private List<String> broken = List.of();
        private boolean tried;
    }

    /**
     * @param process1 the host's number of process 1, 0 while there is none
     * @param walls what the walls say and can do now
     */
    PromiseWatch(LifeParts parts, PartitionName name, LongSupplier process1, OwnWalls walls) {
        this.walls = walls;
        this.process1 = process1;
        this.cgroups = parts.cgroups();
        this.name = name;
        this.journal = parts.journal();
        this.clockMillis = parts.clockMillis();
        this.online = parts.online();
    }

    /** Promises, and in words which of them do not hold. */
    record Reading(List<Promise> promises, List<String> broken) {
        static final Reading NONE = new Reading(List.of(), List.of());

        /** With a word on repairs where something is broken. */
        static Reading of(List<Promise> promises, boolean leftAlone) {
            List<String> broken = new ArrayList<>(Promises.broken(promises));
            if (leftAlone && !broken.isEmpty()) {
                broken.add("it was repaired " + RepairGuard.MOST
                        + " times and broken again each time; now it is left to the administrator");
            }
            return new Reading(List.copyOf(promises), List.copyOf(broken));
        }
    }

    Reading last() {
        return last;
    }

    /** Reads every promise now. */
    List<Promise> look(Slice slice) {
        List<Promise> read = Promises.withOffline(cgroups.readBack(name, slice), slice, online.get());
        List<Promise> all = new ArrayList<>(
                strayed().map(words -> Promises.noneHeld(read, words)).orElse(read));
        groupRepairs.broken = Promises.broken(all);
        List<Promise> ofWalls = walls.readBack();
        wallRepairs.broken = Promises.broken(ofWalls);
        all.addAll(ofWalls);
        take(all);
        return all;
    }

    /** Where process 1 is, in words, if not in its groups. */
    private Optional<String> strayed() {
        long pid = process1.getAsLong();
        return pid == 0
                ? Optional.empty()
                : cgroups.strayedTo(name, pid)
                        .map(group -> "process 1, process " + pid + " of the host, was moved to the control group "
                                + group + "; restart " + name + " to have everything of it inside again");
    }

    /** Takes promises that somebody else has read. */
    void take(List<Promise> read) {
        Reading before = last;
        Reading now = Reading.of(read, isLeftAlone(groupRepairs) || isLeftAlone(wallRepairs));
        last = now;
        if (now.broken().equals(before.broken())) {
            return;
        }
        if (now.broken().isEmpty()) {
            LOG.atInfo().addKeyValue("partition", name).log("Every promise holds again");
            journal.append(new Event.PartitionRepaired(name));
        } else {
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("reason", now.broken())
                    .log("Degraded");
            journal.append(new Event.PartitionDegraded(name, now.broken()));
        }
    }

    private boolean isLeftAlone(Repairs repairs) {
        return !repairs.broken.isEmpty() && repairs.guard.isExhausted(clockMillis.getAsLong());
    }

    /**
     * Has what somebody else has changed brought back, where this host's groups and the walls can do it; the event that
     * it is broken has gone out before, and one that it holds again follows.
     */
    void repair(Slice slice) {
        // Who has strayed may have had children outside by now: only a new start brings all of them in.
        if (last.broken().isEmpty() || strayed().isPresent()) {
            return;
        }
        attempt(groupRepairs, () -> cgroups.repair(name, slice));
        attempt(wallRepairs, walls::repair);
        if (groupRepairs.tried || wallRepairs.tried) {
            look(slice);
            note(groupRepairs);
            note(wallRepairs);
        }
    }

    private void attempt(Repairs repairs, BooleanSupplier repair) {
        repairs.tried = !repairs.broken.isEmpty() && repairs.guard.isDue(repairs.broken, clockMillis.getAsLong());
        if (!repairs.tried) {
            return;
        }
        try {
            repairs.tried = repair.getAsBoolean();
        } catch (CgroupException | Refusal e) {
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("reason", e.getMessage())
                    .log("It cannot be repaired now");
        }
    }

    private void note(Repairs repairs) {
        if (!repairs.tried) {
            return;
        }
        if (repairs.broken.isEmpty()) {
            repairs.guard.repaired();
        } else {
            repairs.guard.failed(repairs.broken, clockMillis.getAsLong());
        }
    }

    /** The slice is released. */
    void forget() {
        last = Reading.NONE;
        killNews.startAt(0);
        refusalNews.startAt(0);
    }

    /** What happened before this manager came is not news. */
    void startCounting() {
        killNews.startAt(kills());
        refusalNews.startAt(tasksRefused());
    }

    /** Tells of tasks that were killed for want of memory, or refused for the limit on tasks, since the last look. */
    void tellCounts() {
        long now = clockMillis.getAsLong();
        tell(killNews.news(kills(), now), refusalNews.news(tasksRefused(), now));
    }

    /** Tells all that was not told yet: a run has ended. */
    void tellLastCounts() {
        long now = clockMillis.getAsLong();
        tell(killNews.rest(kills(), now), refusalNews.rest(tasksRefused(), now));
    }

    private void tell(long kills, long refusals) {
        if (kills > 0) {
            journal.append(new Event.PartitionOutOfMemory(name, kills));
        }
        if (refusals > 0) {
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("times", refusals)
                    .log("Tasks were refused for the limit on tasks");
            journal.append(new Event.PartitionTasksExhausted(name, refusals));
        }
    }

    /** Tasks killed for want of memory since the groups were made. Any thread. */
    long kills() {
        return count(cgroups::outOfMemoryKills);
    }

    /** Tasks refused for the limit on tasks since the groups were made. Any thread. */
    long tasksRefused() {
        return count(cgroups::tasksRefused);
    }

    private long count(ToLongFunction<PartitionName> counter) {
        try {
            return counter.applyAsLong(name);
        } catch (CgroupException e) {
            // No group, no count; a group that vanished is seen by its promises.
            LOG.atDebug().addKeyValue("partition", name).setCause(e).log("No count");
            return 0;
        }
    }
}
