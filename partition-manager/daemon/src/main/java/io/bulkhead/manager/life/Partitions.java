package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Order.DefinePartition;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.console.ConsoleHub;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.record.RecordException;
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

    private final CpuWatch cpus;
    private final NewsPause hostNews = new NewsPause(HOST_NEWS_PAUSE_MILLIS);
    private volatile boolean lookAway;

    public Partitions(LifeParts parts, HostDescription host) {
        this.parts = parts;
        this.cpus = new CpuWatch(parts.online(), parts.journal());
        this.host = host;
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
            return new Reply.Host(host.status(parts.online().get(), parts.cgroups(), parts.keeping()));
        } else if (order instanceof Order.ListPartitions) {
            return new Reply.Partitions(
                    sorted().stream().map(PartitionLife::status).toList());
        } else if (order instanceof Order.MeasurePartitions) {
            return new Reply.Measured(
                    sorted().stream().map(PartitionLife::usage).toList());
        } else if (order instanceof Order.ShowPartition show) {
            return new Reply.Partition(find(show.name()).status());
        } else if (order instanceof DefinePartition define) {
            return new Reply.Partition(define(define));
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
        return runOrder(order);
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

    private PartitionStatus define(DefinePartition order) {
        PartitionName name = order.definition().name();
        while (true) {
            PartitionLife there = lives.get(name);
            if (there == null) {
                creation.lock();
                try {
                    if (!lives.containsKey(name)) {
                        return create(order);
                    }
                } finally {
                    creation.unlock();
                }
            } else {
                Optional<PartitionStatus> changed = there.redefine(order);
                if (changed.isPresent()) {
                    return changed.get();
                }
            }
        }
    }

    private PartitionStatus create(DefinePartition order) {
        PartitionName name = order.definition().name();
        PartitionLife life;
        try (Undo undo = new Undo()) {
            undo.push("keep the host as before", this::keepHost);
            Holding holding = parts.holdings().take(order.definition(), order.slice());
            undo.push("give the slice back", () -> parts.holdings().remove(name));
            parts.keeping().requireRoom(parts.holdings().all());
            String generation = parts.directories().stage(name, order.rootPasswordHash());
            undo.push("remove its files", () -> parts.directories().discard(name));
            PartitionRecord record = new PartitionRecord(
                    order.definition(),
                    holding.slice(),
                    holding.uidRange(),
                    generation,
                    order.rootPasswordHash().isEmpty(),
                    Optional.empty());
            undo.push("strike it off the record", () -> parts.records().remove(name));
            parts.records().save(record);
            undo.push("remove its files", () -> parts.directories().purge(name));
            undo.push("take its files away", () -> parts.directories().retire(name));
            parts.directories().commit(name);
            parts.cgroups().bind(name, order.slice());
            undo.push("remove its groups", () -> parts.cgroups().release(name));
            parts.keeping().apply(parts.holdings().all());
            Promises.requireHeld(name, parts.cgroups().readBack(name, order.slice()));
            undo.push("give its walls back", () -> parts.walls().release(name));
            parts.walls().bind(record);
            Promises.requireHeld(name, parts.walls().readBack(record, Optional.empty()));
            life = add(record);
            undo.keep();
        }
        LOG.atInfo().addKeyValue("partition", name).log("Defined");
        parts.journal().append(new Event.PartitionDefined(name));
        parts.journal().append(new Event.PartitionBound(name));
        life.watch();
        return life.status();
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
