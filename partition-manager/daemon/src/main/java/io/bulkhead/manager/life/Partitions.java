package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.wire.ReplyPages;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.record.RecordException;
import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.undo.Undo;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partitions of this manager: finds the one that an order is for and has it carried out. Throws {@link Refusal} where
 * an order cannot be; nothing has changed then. Safe for any thread; orders may take as long as a stop does.
 */
public final class Partitions {
    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    /** A daemon that writes again and again is not to flood the journal. */
    private static final long HOST_NEWS_PAUSE_MILLIS = 60_000;

    private final LifeParts parts;
    private final HostDescription host;
    private final ConcurrentMap<PartitionName, PartitionLife> lives = new ConcurrentHashMap<>();
    /** One new partition at a time: making its files is work for one disk anyway. */
    private final ReentrantLock creation = new ReentrantLock();

    private final GenerationOrders generations;
    private final CpuWatch cpus;
    private final NewsPause hostNews = new NewsPause(HOST_NEWS_PAUSE_MILLIS);
    private volatile boolean lookAway;

    public Partitions(LifeParts parts, HostDescription host) {
        this.parts = parts;
        this.cpus = new CpuWatch(parts.online(), parts.journal());
        this.host = host;
        this.generations = new GenerationOrders(parts, creation, this::sorted, this::find);
    }

    /** Carries out an order that is neither a stream nor the manager's own end. */
    public Reply execute(Order order) {
        try {
            return carryOut(order);
        } catch (CgroupException | RecordException | ErrnoException | UncheckedIOException e) {
            throw new Refusal(Problem.of(ProblemCode.FAILED, String.valueOf(e.getMessage())), e);
        }
    }

    private Reply carryOut(Order order) {
        if (order instanceof Order.DescribeHost) {
            return new Reply.Host(host.status(parts.online().get(), parts.cgroups(), parts.walls(), parts.keeping()));
        } else if (order instanceof Order.ListPartitions list) {
            return ReplyPages.partitions(behind(list.after()).map(PartitionLife::status));
        } else if (order instanceof Order.MeasurePartitions measure) {
            return ReplyPages.measured(behind(measure.after()).map(PartitionLife::usage));
        } else if (order instanceof Order.ShowPartition show) {
            return new Reply.Partition(find(show.name()).status());
        } else if (order instanceof Order.DefinePartition define) {
            Wanted wanted = new Wanted(define.definition(), Optional.of(define.slice()), define.rootPasswordHash());
            return new Reply.Partition(define(wanted));
        } else if (order instanceof Order.DefineUnbound define) {
            Wanted wanted = new Wanted(define.definition(), Optional.empty(), define.rootPasswordHash());
            return new Reply.Partition(define(wanted));
        } else if (order instanceof Order.BindPartition bind) {
            return new Reply.Partition(find(bind.name()).bind(bind.slice()));
        } else if (order instanceof Order.ReleasePartition release) {
            return new Reply.Partition(find(release.name()).release());
        } else if (order instanceof Order.DeletePartition delete) {
            // Deleted already: the work is done.
            Optional.ofNullable(lives.get(delete.name()))
                    .ifPresent(life -> life.delete(delete.wipe(), () -> lives.remove(life.name())));
            return new Reply.Done();
        }
        return GenerationOrders.knows(order) ? generations.carryOut(order) : runOrder(order);
    }

    private Reply runOrder(Order order) {
        if (order instanceof Order.StartPartition start) {
            return new Reply.Partition(find(start.name()).start());
        } else if (order instanceof Order.StopPartition stop) {
            return new Reply.Partition(find(stop.name()).stop(stop.kill()));
        } else if (order instanceof Order.PausePartition pause) {
            return new Reply.Partition(find(pause.name()).pause());
        } else if (order instanceof Order.ResumePartition resume) {
            return new Reply.Partition(find(resume.name()).resume());
        } else if (order instanceof Order.VerifyPartition verify) {
            return new Reply.Certified(find(verify.name()).verify());
        }
        throw new IllegalArgumentException("not an order for partitions: " + order);
    }

    /** The whole CPUs that partitions hold now. */
    public Map<PartitionName, CpuSet> wholeCpus() {
        Map<PartitionName, CpuSet> held = new TreeMap<>();
        lives.values().forEach(life -> life.wholeCpus().ifPresent(cpus -> held.put(life.name(), cpus)));
        return held;
    }

    /** The console of a partition, whether or not it runs. */
    public ConsoleHub console(PartitionName name) {
        return find(name).console();
    }

    /** Process 1 of a partition that runs. */
    public ProcessId runningInit(PartitionName name) {
        return find(name).runningInit();
    }

    /** What a partition's processes may not do. */
    public Restraints restraints(PartitionName name) {
        return find(name).restraints();
    }

    /**
     * Stops every partition in order, all at the same time, and takes everything of this instance out of the kernel; what
     * is on record stays. Refused if something cannot be stopped; the rest is stopped then all the same.
     */
    public void stopAll() {
        List<String> faults = new ArrayList<>();
        forAllAtOnce(sorted(), faults, life -> life.stop(false));
        forAllAtOnce(sorted(), faults, PartitionLife::leaveKernel);
        if (!faults.isEmpty()) {
            throw Refusal.of(ProblemCode.FAILED, "not everything could be stopped: " + String.join("; ", faults));
        }
        try {
            parts.walls().leave();
            parts.keeping().leave();
            parts.cgroups().remove();
            sorted().forEach(life -> life.console().leave());
            parts.consoles().leave();
        } catch (RuntimeException e) {
            parts.keeping().comeBack();
            throw e;
        }
    }

    /** Brings the host in line with what is held. */
    void keepHost() {
        parts.keeping().settle(parts.holdings().all());
    }

    private void forAllAtOnce(Collection<PartitionLife> all, List<String> faults, Consumer<PartitionLife> work) {
        List<CompletableFuture<Void>> done = all.stream()
                .map(life -> CompletableFuture.runAsync(() -> work.accept(life), parts.executor()))
                .toList();
        for (CompletableFuture<Void> each : done) {
            try {
                each.join();
            } catch (CompletionException e) {
                LOG.atError().setCause(e).log("A partition is not down");
                faults.add(
                        String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()));
            }
        }
    }

    private PartitionStatus define(Wanted wanted) {
        PartitionName name = wanted.name();
        while (true) {
            PartitionLife there = lives.get(name);
            if (there == null) {
                creation.lock();
                try {
                    if (!lives.containsKey(name)) {
                        return create(wanted);
                    }
                } finally {
                    creation.unlock();
                }
            } else {
                Optional<PartitionStatus> changed = there.redefine(wanted);
                if (changed.isPresent()) {
                    return changed.get();
                }
            }
        }
    }

    private PartitionStatus create(Wanted wanted) {
        PartitionName name = wanted.name();
        PartitionLife life;
        try (Undo undo = new Undo()) {
            undo.push("keep the host as before", this::keepHost);
            Holding holding = wanted.slice()
                    .map(slice -> parts.holdings().take(wanted.definition(), slice))
                    .orElseGet(() -> parts.holdings().takeIds(wanted.definition()));
            undo.push("give the slice back", () -> parts.holdings().remove(name));
            if (wanted.slice().isPresent()) {
                parts.keeping().requireRoom(parts.holdings().all());
            }
            String generation = parts.directories().stage(name, wanted.rootPasswordHash());
            undo.push("remove its files", () -> parts.directories().discard(name));
            PartitionRecord record = new PartitionRecord(
                    wanted.definition(),
                    holding.slice(),
                    holding.uidRange(),
                    generation,
                    wanted.rootPasswordHash().isEmpty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    holding.address());
            undo.push("strike it off the record", () -> parts.records().remove(name));
            parts.records().save(record);
            undo.push("remove its files", () -> parts.directories().purge(name));
            undo.push("take its files away", () -> parts.directories().retire(name));
            parts.directories().commit(name);
            wanted.slice().ifPresent(slice -> bind(record, slice, undo));
            life = new PartitionLife(parts, record, () -> lookAway);
            undo.push("remove its console", life.console()::close);
            life.console().prepare();
            lives.put(name, life);
            undo.keep();
        }
        LOG.atInfo().addKeyValue("partition", name).log("Defined");
        parts.journal().append(new Event.PartitionDefined(name));
        if (wanted.slice().isPresent()) {
            parts.journal().append(new Event.PartitionBound(name));
            life.watch();
        }
        return life.status();
    }

    private void bind(PartitionRecord record, Slice slice, Undo undo) {
        PartitionName name = record.name();
        parts.cgroups().bind(name, slice);
        undo.push("remove its groups", () -> parts.cgroups().release(name));
        parts.keeping().apply(parts.holdings().all());
        Promises.requireHeld(name, parts.cgroups().readBack(name, slice));
        undo.push("give its walls back", () -> parts.walls().release(name));
        parts.walls().bind(record);
        Promises.requireHeld(name, parts.walls().readBack(record, Optional.empty()));
    }

    /** Adds a partition that is on record and whose holding is taken. */
    PartitionLife add(PartitionRecord record) {
        PartitionLife life = new PartitionLife(parts, record, () -> lookAway);
        lives.put(record.name(), life);
        return life;
    }

    /** Whether to look away: while everything is taken down, nothing that vanishes is news. */
    public void lookAway(boolean wanted) {
        lookAway = wanted;
    }

    /** Looks after the host's CPUs and every partition's promises once; one partition's trouble is that one's alone. */
    void lookAfterAll() {
        if (lookAway) {
            return;
        }
        cpus.look();
        lookAfterPromises();
    }

    /** Looks after the promises of every partition that no order is carried out for. Any thread. */
    public void lookAfterPromises() {
        if (lookAway) {
            return;
        }
        for (PartitionLife life : sorted()) {
            try {
                life.watch();
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("partition", life.name())
                        .setCause(e)
                        .log("Its promises could not be watched");
            }
        }
    }

    /** Brings the host in line with what is held, if somebody else has changed it, and tells so once in a while. */
    void lookAfterHost() {
        if (lookAway) {
            return;
        }
        keepHost();
        long now = parts.clockMillis().getAsLong();
        List<String> changes = hostNews.isOver(now) ? parts.keeping().takeDisturbances() : List.of();
        if (!changes.isEmpty()) {
            hostNews.begin(now);
            LOG.atWarn()
                    .addKeyValue("changes", changes)
                    .log("Somebody else has changed how the host is kept off the slices");
            parts.journal().append(new Event.HostSettingsChanged(changes));
        }
    }

    /** All of them, by name. */
    List<PartitionLife> sorted() {
        return lives.values().stream()
                .sorted(Comparator.comparing(PartitionLife::name))
                .toList();
    }

    /** Those behind a name, by name; all without one. */
    private Stream<PartitionLife> behind(Optional<PartitionName> name) {
        return sorted().stream().filter(life -> name.map(after -> life.name().compareTo(after) > 0)
                .orElse(true));
    }

    private PartitionLife find(PartitionName name) {
        PartitionLife life = lives.get(name);
        if (life == null) {
            throw notFound(name);
        }
        return life;
    }

    static Refusal notFound(PartitionName name) {
        return Refusal.of(ProblemCode.NOT_FOUND, "there is no partition '" + name + "'");
    }
}
