package io.bulkhead.manager.steering;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus.StuckInterrupt;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.record.BootRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies affinities, asserts them again and gives back what was taken. Each call is one look at the kernel; where nothing
 * has changed it writes nothing. For one thread at a time.
 */
public final class SteeringKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SteeringKeeper.class);

    /** A refusal that may pass, like too few interrupt vectors on a CPU, is tried again after so many looks. */
    private static final int LOOKS_BETWEEN_TRIES = 12;

    private final AffinityFiles files;
    private final BootRecord<SteeringRecord> record;
    private final String bootId;
    private final CpuSet refuge;
    private final Consumer<String> disturbed;

    /** What was taken, by key: what is on record. */
    private Map<String, Affinity> taken = new TreeMap<>();

    private final Map<String, Refused> refused = new HashMap<>();
    private CpuSet slicesBefore = CpuSet.EMPTY;
    private int looks;

    private record Refused(CpuSet current, CpuSet goal, String words) {
        boolean sameAs(CpuSet nowThere, CpuSet nowWanted) {
            return current.equals(nowThere) && goal.equals(nowWanted);
        }
    }

    /**
     * Takes up what an earlier manager has left.
     *
     * @param kernel the kernel's files
     * @param root the directory that has {@code proc} and {@code sys}
     * @param record where what was taken is kept
     * @param bootId of the running kernel
     * @param refuge the host's own CPUs, where what wanted only taken ones goes
     * @param disturbed hears in words what others have moved since
     */
    public SteeringKeeper(
            CgroupFiles kernel,
            Path root,
            BootRecord<SteeringRecord> record,
            String bootId,
            CpuSet refuge,
            Consumer<String> disturbed) {
        this.files = new AffinityFiles(kernel, root);
        this.record = record;
        this.bootId = bootId;
        this.refuge = refuge;
        this.disturbed = disturbed;
        record.load(bootId).ifPresent(found -> found.taken().forEach(each -> taken.put(each.key(), each)));
    }

    /** Whether anything is taken from anybody. */
    public boolean holdsAnything() {
        return !taken.isEmpty();
    }

    /**
     * Keeps everything off the CPUs of these slices and gives back all other CPUs; with none, everything is as the host
     * wants it. What the kernel refuses is in the report, never thrown.
     */
    public SteeringReport steer(CpuSet slices) {
        if (!slices.equals(slicesBefore) || ++looks >= LOOKS_BETWEEN_TRIES) {
            refused.clear();
            slicesBefore = slices;
            looks = 0;
        }
        Map<String, CpuSet> now = new TreeMap<>();
        Map<String, Affinity> seen = new TreeMap<>();
        for (String number : files.interrupts()) {
            files.cpus(number).ifPresent(cpus -> {
                now.put(number, cpus);
                interrupt(number, cpus, slices).ifPresent(each -> seen.put(number, each));
            });
        }
        files.newInterrupts().ifPresent(cpus -> seen.put(AffinityFiles.DEFAULT, seen(AffinityFiles.DEFAULT, "", cpus)));
        workqueues(slices).ifPresent(each -> seen.put(AffinityFiles.WORKQUEUES, each));
        Map<String, Affinity> done = write(changes(seen, slices), seen);
        done.forEach((key, each) -> now.computeIfPresent(key, (same, before) -> each.written()));
        return report(slices, now);
    }

    /** Empty where it is none of our business: it stays off the slices by itself, or nobody handles it. */
    private Optional<Affinity> interrupt(String number, CpuSet cpus, CpuSet slices) {
        Affinity old = taken.get(number);
        if (old != null && old.written().equals(cpus)) {
            return Optional.of(old);
        } else if (old == null && !cpus.intersects(slices)) {
            return Optional.empty();
        }
        String name = files.handlers(number);
        return old == null && name.isEmpty() ? Optional.empty() : Optional.of(seen(number, name, cpus));
    }

    private Affinity seen(String key, String name, CpuSet cpus) {
        Affinity old = taken.get(key);
        if (old == null || !old.name().equals(name)) {
            return Affinity.found(key, name, cpus);
        }
        if (!old.written().equals(cpus)) {
            disturbed.accept(
                    AffinityFiles.inWords(key, name) + " had been moved from CPUs " + old.written() + " to " + cpus);
        }
        return old.seen(cpus);
    }

    /** Since 6.7 the kernel itself keeps them off isolated CPUs: they are told only where they still may be on a slice. */
    private Optional<Affinity> workqueues(CpuSet slices) {
        boolean needed = taken.containsKey(AffinityFiles.WORKQUEUES)
                || files.workqueues().map(cpus -> cpus.intersects(slices)).orElse(false);
        return needed
                ? files.requestedWorkqueues().map(cpus -> seen(AffinityFiles.WORKQUEUES, "", cpus))
                : Optional.empty();
    }

    private Map<String, CpuSet> changes(Map<String, Affinity> seen, CpuSet slices) {
        CpuSet online = files.online();
        Map<String, CpuSet> changes = new TreeMap<>();
        seen.forEach((key, each) -> {
            CpuSet goal = each.goal(slices, online, refuge);
            Refused before = refused.get(key);
            boolean inVain = before != null && before.sameAs(each.written(), goal);
            if (!goal.equals(each.written()) && !inVain) {
                changes.put(key, goal);
            }
        });
        return changes;
    }

    /** On record first, so that whatever happens in between, the next manager knows what is to be given back. */
    private Map<String, Affinity> write(Map<String, CpuSet> changes, Map<String, Affinity> seen) {
        Map<String, Affinity> intended = new TreeMap<>(seen);
        changes.forEach((key, goal) -> intended.computeIfPresent(key, (same, each) -> {
            Affinity next = each.withWritten(goal);
            // What is about to be put back is not forgotten before it is.
            return next.untouched() ? each : next;
        }));
        save(intended);
        Map<String, Affinity> done = new TreeMap<>(seen);
        changes.forEach((key, goal) -> {
            done.computeIfPresent(key, (same, each) -> {
                tell(each, goal);
                // Null takes it out of the map: its device is gone.
                return files.cpus(key).map(each::withWritten).orElse(null);
            });
        });
        save(done);
        return done;
    }

    private void tell(Affinity each, CpuSet goal) {
        try {
            files.set(each.key(), goal);
            refused.remove(each.key());
        } catch (CgroupException e) {
            String message = String.valueOf(e.getMessage());
            String words = message.substring(message.lastIndexOf(": ") + 2);
            refused.put(each.key(), new Refused(each.written(), goal, words));
            LOG.atInfo()
                    .addKeyValue("affinity", each.key())
                    .addKeyValue("name", each.name())
                    .addKeyValue("cpus", goal)
                    .addKeyValue("reason", words)
                    .log("The kernel does not let it be moved");
        }
    }

    private void save(Map<String, Affinity> all) {
        Map<String, Affinity> rest = new TreeMap<>(all);
        rest.values().removeIf(Affinity::untouched);
        if (rest.equals(taken)) {
            return;
        }
        if (rest.isEmpty()) {
            record.remove();
        } else {
            record.save(new SteeringRecord(bootId, List.copyOf(rest.values())));
        }
        taken = rest;
    }

    /** What the kernel says of these CPUs now; changes nothing. */
    public SteeringReport look(CpuSet slices) {
        Map<String, CpuSet> now = new TreeMap<>();
        files.interrupts().forEach(number -> files.cpus(number).ifPresent(cpus -> now.put(number, cpus)));
        return report(slices, now);
    }

    private SteeringReport report(CpuSet slices, Map<String, CpuSet> affinities) {
        List<StuckInterrupt> stuck = new ArrayList<>();
        affinities.forEach((number, cpus) -> {
            if (cpus.intersects(slices)) {
                CpuSet there = files.effective(number)
                        .map(cpus::intersection)
                        .orElse(cpus)
                        .intersection(slices);
                String name = there.isEmpty() ? "" : files.handlers(number);
                if (!name.isEmpty()) {
                    Refused words = refused.get(number);
                    String reason = words == null ? "it may fire on CPUs " + cpus : words.words();
                    stuck.add(new StuckInterrupt(Integer.parseInt(number), name, there, reason));
                }
            }
        });
        stuck.sort(Comparator.comparingInt(StuckInterrupt::number));
        return new SteeringReport(slices, files.workqueues(), stuck);
    }
}
