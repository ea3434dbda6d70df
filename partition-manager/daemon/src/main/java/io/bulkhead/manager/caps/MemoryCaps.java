package io.bulkhead.manager.caps;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.caps.CapRecord.Cap;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.record.BootRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Caps the host's groups, asserts the caps again and puts back what stood there. Each call is one look at the kernel; where
 * nothing has changed it writes nothing. For one thread at a time.
 */
public final class MemoryCaps {
    private final HostGroups groups;
    private final CapRule rule;
    private final BootRecord<CapRecord> record;
    private final String bootId;
    private final InstanceName instance;
    private final Consumer<String> disturbed;

    /** By group: what is on record. */
    private Map<String, Cap> capped = new TreeMap<>();

    /**
     * Takes up what an earlier manager has left.
     *
     * @param files the kernel's
     * @param mount the root of the version 2 hierarchy
     * @param instance whose caps these are
     * @param ram of the machine
     * @param kernelShare what is left to the kernel and to what stands in no group
     * @param record where what was there before is kept
     * @param bootId of the running kernel
     * @param disturbed hears in words which caps others have changed since
     */
    public MemoryCaps(
            CgroupFiles files,
            Path mount,
            InstanceName instance,
            ByteSize ram,
            ByteSize kernelShare,
            BootRecord<CapRecord> record,
            String bootId,
            Consumer<String> disturbed) {
        this.groups = new HostGroups(files, mount, instance);
        this.rule = new CapRule(ram, kernelShare);
        this.record = record;
        this.bootId = bootId;
        this.instance = instance;
        this.disturbed = disturbed;
        record.load(bootId).ifPresent(found -> found.caps().forEach(each -> capped.put(each.group(), each)));
    }

    /**
     * Throws {@link Refusal} if the host's groups hold so much for good that these slices would not have their memory.
     *
     * @param slices of this instance, together
     */
    public void requireRoom(ByteSize slices) {
        ByteSize cap = rule.cap(slices.plus(groups.othersSlices()));
        ByteSize held = ByteSize.ZERO;
        List<String> holders = new ArrayList<>();
        for (GroupMemory each : groups.host()) {
            ByteSize part = each.held();
            held = held.plus(part);
            if (part.bytes() > 0) {
                holders.add(each.name() + " holds " + part);
            }
        }
        if (held.compareTo(cap) > 0) {
            throw new Refusal(new Problem(
                    ProblemCode.NOT_ENOUGH_RESOURCES,
                    "memory: the host's own groups hold " + held + " that the kernel cannot take back, and only " + cap
                            + " would be left to them: " + String.join(", ", holders),
                    Optional.of("stop some of it, ask for less memory, or set host.memory_caps = off and do without"
                            + " the promise while it is stopped"),
                    holders));
        }
    }

    /**
     * Caps every group of the host's, as far as what it uses allows; with no slices at all everything is as it was.
     *
     * @param slices of this instance, together
     * @throws CgroupException if the kernel refuses a group that is there; the others are done
     */
    public HostStatus.MemoryCaps settle(ByteSize slices) {
        Optional<String> keeper = keeper();
        if (keeper.isPresent()) {
            // Whatever stands there: it may be what the other one wrote over ours, and took ours for the host's.
            putBack(true);
            return new HostStatus.MemoryCaps(
                    false, Optional.of("the instance " + keeper.get() + " sets them"), Optional.empty(), List.of());
        }
        ByteSize all = slices.plus(groups.othersSlices());
        if (all.bytes() == 0) {
            putBack();
            return new HostStatus.MemoryCaps(true, Optional.empty(), Optional.empty(), List.of());
        }
        ByteSize cap = rule.cap(all);
        Map<String, Cap> seen = new TreeMap<>();
        Map<String, Limit<ByteSize>> goals = new TreeMap<>();
        List<GroupMemory> host = groups.host();
        for (GroupMemory each : host) {
            Cap now = seen(each);
            seen.put(each.name(), now);
            if (now.wanted().fold(own -> own.compareTo(cap) > 0, true)) {
                each.shrinkTo(cap);
            }
            goals.put(each.name(), CapRule.goal(cap, now, each.used()));
        }
        write(host, seen, goals);
        return new HostStatus.MemoryCaps(
                true,
                Optional.empty(),
                Optional.of(cap),
                host.stream()
                        .filter(GroupMemory::isThere)
                        .map(each -> line(each, cap))
                        .toList());
    }

    /** Of several instances one alone may write the caps, or each would take the others' for the host's own. */
    private Optional<String> keeper() {
        return groups.others().stream()
                .filter(other -> other.compareTo(instance.value()) < 0)
                .findFirst();
    }

    private Cap seen(GroupMemory group) {
        Limit<ByteSize> now = group.max();
        Cap old = capped.get(group.name());
        if (old != null && !old.written().equals(now)) {
            disturbed.accept("the cap on the memory of " + group.name() + " had been changed from " + old.written()
                    + " to " + now);
        }
        return old == null ? new Cap(group.name(), now, now) : old.seen(now);
    }

    /** On record first, so that whatever happens in between, the next manager knows what is to be put back. */
    private void write(List<GroupMemory> host, Map<String, Cap> seen, Map<String, Limit<ByteSize>> goals) {
        Map<String, Cap> intended = new TreeMap<>(seen);
        goals.forEach((name, goal) -> intended.computeIfPresent(name, (same, each) -> {
            Cap next = each.withWritten(goal);
            // What is about to be put back is not forgotten before it is.
            return next.untouched() ? each : next;
        }));
        save(intended);
        Map<String, Cap> done = new TreeMap<>(seen);
        List<CgroupException> failures = new ArrayList<>();
        for (GroupMemory each : host) {
            Cap before = seen.get(each.name());
            Limit<ByteSize> goal = goals.get(each.name());
            if (before != null && goal != null && !goal.equals(before.written())) {
                try {
                    each.setMax(goal);
                    done.put(each.name(), before.withWritten(each.max()));
                } catch (CgroupException e) {
                    // A group that has gone needs no cap.
                    if (each.isThere()) {
                        failures.add(e);
                    } else {
                        done.remove(each.name());
                    }
                }
            }
        }
        save(done);
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    /** Puts back what stood there, except where somebody has written since. */
    public void putBack() {
        putBack(false);
    }

    private void putBack(boolean overOthers) {
        if (capped.isEmpty()) {
            return;
        }
        Map<String, Cap> seen = new TreeMap<>();
        Map<String, Limit<ByteSize>> goals = new TreeMap<>();
        List<GroupMemory> host = groups.host();
        for (GroupMemory each : host) {
            Cap old = capped.get(each.name());
            if (old != null) {
                Cap now = overOthers ? old.withWritten(each.max()) : seen(each);
                seen.put(each.name(), now);
                goals.put(each.name(), now.wanted());
            }
        }
        write(host, seen, goals);
    }

    private void save(Map<String, Cap> all) {
        Map<String, Cap> rest = new TreeMap<>(all);
        rest.values().removeIf(Cap::untouched);
        if (rest.equals(capped)) {
            return;
        }
        if (rest.isEmpty()) {
            record.remove();
        } else {
            record.save(new CapRecord(bootId, List.copyOf(rest.values())));
        }
        capped = rest;
    }

    private HostStatus.MemoryCap line(GroupMemory group, ByteSize cap) {
        Limit<ByteSize> max = group.max();
        Cap known = capped.get(group.name());
        Optional<String> remark = Optional.empty();
        if (max.fold(limit -> limit.compareTo(cap) < 0, false)) {
            remark = Optional.of("the host's own limit is tighter");
        } else if (!max.equals(Limit.of(cap))) {
            remark = Optional.of("it used more than the cap when it was set; the cap comes down with its use");
        }
        return new HostStatus.MemoryCap(group.name(), max, known == null ? max : known.wanted(), group.used(), remark);
    }
}
