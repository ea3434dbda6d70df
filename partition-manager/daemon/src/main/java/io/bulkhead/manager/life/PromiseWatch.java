package io.bulkhead.manager.life;

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
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel says of one partition's promises, and an event whenever that changes. Reads under the partition's lock;
 * {@link #last()} from any thread.
 */
final class PromiseWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PromiseWatch.class);

    private final Cgroups cgroups;
    private final PartitionName name;
    private final Journal journal;
    private final LongSupplier clockMillis;
    private final RepairGuard repairs = new RepairGuard();
    private volatile Reading last = Reading.NONE;
    private long killsSeen;

    /**
     * @param clockMillis milliseconds since 1970 UTC
     */
    PromiseWatch(Cgroups cgroups, PartitionName name, Journal journal, LongSupplier clockMillis) {
        this.cgroups = cgroups;
        this.name = name;
        this.journal = journal;
        this.clockMillis = clockMillis;
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
        List<Promise> read = cgroups.readBack(name, slice);
        take(read);
        return read;
    }

    /** Takes promises that somebody else has read. */
    void take(List<Promise> read) {
        Reading before = last;
        Reading now = Reading.of(read, repairs.isExhausted(clockMillis.getAsLong()));
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

    /**
     * Has what somebody else has changed brought back, where this host's groups allow it; the event that it is broken
     * has gone out before, and one that it holds again follows.
     */
    void repair(Slice slice) {
        List<String> broken = last.broken();
        if (broken.isEmpty() || !repairs.isDue(broken, clockMillis.getAsLong())) {
            return;
        }
        try {
            if (!cgroups.repair(name, slice)) {
                return;
            }
        } catch (CgroupException | Refusal e) {
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("reason", e.getMessage())
                    .log("It cannot be repaired now");
        }
        look(slice);
        if (last.broken().isEmpty()) {
            repairs.repaired();
        } else {
            repairs.failed(last.broken(), clockMillis.getAsLong());
        }
    }

    /** The slice is released. */
    void forget() {
        last = Reading.NONE;
        killsSeen = 0;
    }

    /** What was killed before this manager came is not news. */
    void startCountingKills() {
        killsSeen = kills();
    }

    /** Tells of tasks that were killed for want of memory since the last look. */
    void countKills() {
        long now = kills();
        if (now > killsSeen) {
            journal.append(new Event.PartitionOutOfMemory(name, now - killsSeen));
        }
        // Fewer than before: the group was made anew.
        killsSeen = now;
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
