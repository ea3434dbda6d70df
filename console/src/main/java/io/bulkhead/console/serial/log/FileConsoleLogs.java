package io.bulkhead.console.serial.log;

import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consoles' logs in directories named after their partitions. Two threads write them all: one disk that hangs under one log
 * holds the others' up only when it hangs under two.
 */
public final class FileConsoleLogs implements ConsoleLogs {
    private static final Logger LOG = LoggerFactory.getLogger(FileConsoleLogs.class);
    private static final int THREADS = 2;
    private static final long CLOSE_SECONDS = 5;

    private final Path root;
    private final LogOptions options;
    private final ScheduledThreadPoolExecutor threads;
    private final AtomicLong shared = new AtomicLong();
    private final Map<PartitionName, FileConsoleLog> open = new ConcurrentHashMap<>();
    private final Map<PartitionName, List<Runnable>> listeners = new ConcurrentHashMap<>();

    /**
     * Makes no file yet.
     *
     * @param root the directory of all logs, which is made with the first
     */
    public FileConsoleLogs(Path root, LogOptions options) {
        this.root = root;
        this.options = options;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ScheduledThreadPoolExecutor(THREADS, work -> {
            Thread thread = new Thread(work, "console-log-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        threads.setKeepAliveTime(1, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public ConsoleLog open(PartitionName partition, String creation) {
        FileConsoleLog log = new FileConsoleLog(
                storage(partition),
                options,
                creation,
                threads,
                shared,
                System::currentTimeMillis,
                () -> tell(partition));
        Optional.ofNullable(open.put(partition, log)).ifPresent(FileConsoleLog::close);
        log.open();
        return log;
    }

    DiskStorage storage(PartitionName partition) {
        return new DiskStorage(root.resolve(partition.value()));
    }

    /** How the log of a partition does; empty where it is not open. */
    public Optional<LogHealth> health(PartitionName partition) {
        return Optional.ofNullable(open.get(partition)).map(FileConsoleLog::health);
    }

    /** Reads a partition's log, whether it is open or not; a log that is not there has no entries. */
    LogReader read(PartitionName partition) {
        return new LogReader(storage(partition));
    }

    /** Reads a partition's output by offset; a log that is not there has none. */
    public LogWindow window(PartitionName partition) {
        return new LogWindow(storage(partition));
    }

    /** Goes through all that a log has and says what is wrong with it. */
    public Verification verify(PartitionName partition) throws IOException {
        return Verifier.verify(storage(partition));
    }

    /** Whether there is a log of a partition. */
    public boolean has(PartitionName partition) {
        return open.containsKey(partition) || Files.isDirectory(root.resolve(partition.value()));
    }

    /** Whether a log is being written. */
    boolean isOpen(PartitionName partition) {
        return open.containsKey(partition);
    }

    /** Has an action run, to be quick, after whatever is written, and when the log is closed; closing the answer ends that. */
    AutoCloseable onWritten(PartitionName partition, Runnable action) {
        listeners.compute(partition, (name, all) -> {
            List<Runnable> actions = all == null ? new CopyOnWriteArrayList<>() : all;
            actions.add(action);
            return actions;
        });
        return () -> listeners.computeIfPresent(partition, (name, all) -> {
            all.remove(action);
            return all.isEmpty() ? null : all;
        });
    }

    private void tell(PartitionName partition) {
        listeners.getOrDefault(partition, List.of()).forEach(Runnable::run);
    }

    @Override
    public void remove(PartitionName partition) {
        Optional.ofNullable(open.remove(partition)).ifPresent(FileConsoleLog::abandon);
        tell(partition);
        try {
            LogDirectory.remove(storage(partition));
            Files.deleteIfExists(root.resolve(partition.value()));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("reason", String.valueOf(e))
                    .log("The log of a deleted partition's console could not be removed");
        }
    }

    @Override
    public Set<PartitionName> partitions() {
        Set<PartitionName> found = new TreeSet<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
            for (Path directory : directories) {
                name(directory).ifPresent(found::add);
            }
        } catch (NoSuchFileException e) {
            return found;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", String.valueOf(e)).log("The logs of consoles cannot be listed");
        }
        return found;
    }

    private static Optional<PartitionName> name(Path directory) {
        try {
            return Optional.of(new PartitionName(directory.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        open.values().forEach(log -> threads.execute(log::close));
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.atError().log("Logs of consoles could not be closed in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.clear();
    }
}
