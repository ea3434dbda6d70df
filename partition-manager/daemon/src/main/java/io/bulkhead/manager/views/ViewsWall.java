package io.bulkhead.manager.views;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import io.bulkhead.manager.wall.Wall;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has every partition that runs see the files of lxcfs, from before the first instruction of its process 1. Where there is no
 * lxcfs it promises less and says why; a partition starts all the same.
 *
 * <p>When lxcfs dies, its files give nothing but errors. Then it is started anew at once and its files are replaced in every
 * partition; where it does not start, they are taken off, so that the kernel's own are seen again, and it is tried again later.
 * The lock is shared by those who show files in one partition, and alone for whoever changes what lxcfs there is.
 */
public final class ViewsWall implements Wall, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ViewsWall.class);
    private static final Path ROOT = Path.of("/");

    private final ProcessTable processes;
    private final Path proc;
    private final HostUsr usr;
    private final InnerMounts inner;
    private final LxcfsKeeper keeper;
    private final ViewsPromise promise;
    private final List<String> names;
    private final Syscalls sys;
    private final Executor executor;
    private final Map<PartitionName, Shown> partitions = new ConcurrentHashMap<>();
    private volatile Runnable news = () -> {};
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** A partition that runs. Owns the pidfd. Guarded by the lock, but for what is volatile. */
    private static final class Shown implements AutoCloseable {
        private final long pid;
        private final Fd init;

        /** Whether it was shown files of lxcfs, which are promised then. */
        private volatile boolean promised;

        /** Whether its mounts may have files of lxcfs: one that came up meanwhile shows them to everybody who is there. */
        private boolean visited;

        private volatile Optional<String> failure = Optional.empty();

        Shown(long pid, Fd init, boolean promised) {
            this.pid = pid;
            this.init = init;
            this.promised = promised;
        }

        @Override
        public void close() {
            init.close();
        }
    }

    /**
     * Starts nothing yet.
     *
     * @param watch of processes
     * @param executor for what happens by itself; its threads may wait
     */
    public static ViewsWall of(Syscalls sys, Path runDirectory, String instance, EndWatch watch, Executor executor) {
        ProcessTable processes = new ProcessTable(Path.of("/proc"));
        Lxcfs lxcfs = new Lxcfs(sys, processes, Lxcfs.Place.of(runDirectory, instance));
        return new ViewsWall(sys, processes, Path.of("/proc"), lxcfs, watch, executor);
    }

    ViewsWall(Syscalls sys, ProcessTable processes, Path proc, Lxcfs lxcfs, EndWatch watch, Executor executor) {
        this.sys = sys;
        this.executor = executor;
        this.processes = processes;
        this.proc = proc;
        this.usr = new HostUsr(proc);
        this.inner = new InnerMounts(sys);
        this.names = ViewFiles.wanted(processes.knowsClocks());
        this.promise = new ViewsPromise(names, processes.knowsClocks());
        this.keeper = new LxcfsKeeper(lxcfs, watch, executor, this::alone, () -> news.run(), this::refresh);
    }

    /** Whoever wants a process's end. */
    @FunctionalInterface
    public interface EndWatch {
        /**
         * Calls back once, on a thread where nothing may wait.
         *
         * @param process its pidfd, open until the watch is closed
         * @return closes the watch
         */
        Runnable onEnd(Fd process, Runnable ended);
    }

    @Override
    public List<Enforcement> enforcement() {
        return List.of(promise.enforcement(keeper.lacking()), SystemPromise.enforcement());
    }

    /** In the background: nobody needs it before a partition is there. */
    @Override
    public void recover(Set<PartitionName> known) {
        keeper.begin();
    }

    @Override
    public void beforeRelease(PartitionRecord partition, RunningPartition running, Undo undo) {
        Shown shown = track(partition.name(), running, false);
        undo.push("let the views of " + partition.name() + " go", () -> afterRun(partition.name()));
        keeper.ensure();
        together(() -> {
            if (shown.visited) {
                show(partition.name(), shown);
            } else {
                // Its mounts are as the boot has made them, so no file of lxcfs is among them.
                show(partition.name(), shown, names, List.of());
            }
            return null;
        });
    }

    @Override
    public void adopt(PartitionRecord partition, RunningPartition running) {
        keeper.ensure();
        Optional<MountTable> table = table(running.init().pid());
        boolean promised =
                table.isPresent() && names.stream().anyMatch(name -> table.get().hasLxcfs(ViewFiles.at(ROOT, name)));
        Shown shown = track(partition.name(), running, promised);
        together(() -> {
            show(partition.name(), shown);
            return null;
        });
    }

    private Shown track(PartitionName name, RunningPartition running, boolean promised) {
        Shown shown = new Shown(running.init().pid(), sys.duplicate(running.initFd()), promised);
        Optional.ofNullable(partitions.put(name, shown)).ifPresent(Shown::close);
        return shown;
    }

    /** Brings what a partition sees to the lxcfs that is there. A failure is told and does not stop a partition. */
    private void show(PartitionName name, Shown shown) {
        Optional<MountTable> table = table(shown.pid);
        Optional<String> device = keeper.device();
        if (table.isEmpty()) {
            return;
        }
        List<String> wrong = names.stream()
                .filter(file ->
                        !device.equals(table.get().on(ViewFiles.at(ROOT, file)).map(MountTable.Mount::device)))
                .toList();
        List<Path> stale = wrong.stream()
                .map(file -> ViewFiles.at(ROOT, file))
                .filter(table.get()::hasLxcfs)
                .toList();
        show(name, shown, wrong, stale);
    }

    /**
     * @param wrong names of files that are not those of the lxcfs that is there
     * @param stale places of files of an earlier lxcfs
     */
    private void show(PartitionName name, Shown shown, List<String> wrong, List<Path> stale) {
        shown.visited = true;
        try {
            if (keeper.device().isPresent()) {
                inner.show(shown.init, keeper.directory(), wrong, stale);
                shown.promised = true;
                shown.failure = Optional.empty();
            } else {
                inner.hide(shown.init, stale);
            }
        } catch (RuntimeException e) {
            shown.failure = Optional.of(String.valueOf(e.getMessage()));
            if (processes.identify(shown.pid).isPresent()) {
                LOG.atWarn()
                        .addKeyValue("partition", name)
                        .addKeyValue("reason", e.getMessage())
                        .log("Not every view can be shown");
            }
        }
    }

    /** Lxcfs has changed: everybody gets what there is now. Under the lock. */
    private void refresh() {
        partitions.forEach(this::show);
        // Not on this thread, which may be in the middle of a start and would find its own partition's lock open.
        LxcfsKeeper.inBackground(executor, () -> news.run());
    }

    @Override
    public void onNews(Runnable listener) {
        news = listener;
    }

    @Override
    public List<Promise> readBack(PartitionRecord partition, Optional<RunningPartition> running) {
        if (running.isEmpty()) {
            return List.of();
        }
        long pid = running.get().init().pid();
        Shown shown = partitions.get(partition.name());
        Optional<MountTable> table = table(pid);
        Promise views = promise.read(
                pid,
                table,
                processes.hasOwnClocks(pid),
                shown != null && shown.promised,
                keeper.device(),
                keeper.trouble().or(() -> Optional.ofNullable(shown).flatMap(there -> there.failure)));
        return List.of(views, SystemPromise.read(pid, usr.mount(), table));
    }

    private Optional<MountTable> table(long pid) {
        return MountTable.of(proc, Long.toString(pid));
    }

    @Override
    public void afterRun(PartitionName partition) {
        together(() -> {
            Optional.ofNullable(partitions.remove(partition)).ifPresent(Shown::close);
            return null;
        });
    }

    @Override
    public void leave() {
        keeper.leave();
    }

    /** The manager goes: lxcfs stays for the partitions that go on. */
    @Override
    public void close() {
        keeper.close();
        partitions.keySet().forEach(this::afterRun);
    }

    private <T> T together(Supplier<T> work) {
        lock.readLock().lock();
        try {
            return work.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void alone(Runnable work) {
        lock.writeLock().lock();
        try {
            work.run();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
