package io.bulkhead.manager.record;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one manager, in a directory of its own.
 *
 * <p>A partition's record is durable when {@link #save} returns. A run's record survives the manager but not a power
 * cut, and need not: after that there is no run. So it costs no wait for the disk, and a start stays fast.
 *
 * <p>Safe for several threads as long as each partition is written by one at a time.
 */
public final class RecordStore {
    private static final Logger LOG = LoggerFactory.getLogger(RecordStore.class);
    private static final String RECORD = ".json";
    private static final String RUN = ".run.json";
    private static final String CONSOLE = ".console.json";
    private static final String TEMPORARY = ".tmp";

    private final Path directory;
    private final Disk disk;

    /** @param directory made, readable by its owner only, if it is missing */
    public RecordStore(Path directory) {
        this(directory, new Disk());
    }

    RecordStore(Path directory, Disk disk) {
        this.directory = directory;
        this.disk = disk;
        try {
            disk.createDirectory(directory);
        } catch (IOException e) {
            throw new RecordException(directory + ": the directory of the records cannot be made: " + e, e);
        }
    }

    /** Puts a partition on record, durably. */
    public void save(PartitionRecord partition) {
        replace(file(partition.name(), RECORD), RecordFile.write(partition), true);
    }

    /** Puts a run on record. */
    public void saveRun(PartitionName partition, RunRecord run) {
        replace(file(partition, RUN), RecordFile.write(run), false);
    }

    /** Strikes a run off the record; nothing happens where there is none. */
    public void removeRun(PartitionName partition) {
        remove(file(partition, RUN), false);
    }

    /**
     * Puts the numbering of a console on record.
     *
     * @param durable whether it must outlive a power cut from now on
     */
    public void saveConsole(PartitionName partition, ConsoleRecord console, boolean durable) {
        replace(file(partition, CONSOLE), RecordFile.write(console), durable);
    }

    /** The numbering of a console; empty where there is none that can be read. */
    public Optional<ConsoleRecord> loadConsole(PartitionName partition) {
        Path file = file(partition, CONSOLE);
        try {
            return Files.exists(file) ? Optional.of(read(ConsoleRecord.class, file)) : Optional.empty();
        } catch (WireException | IOException e) {
            // Another numbering begins, which everybody can tell by its name.
            LOG.atWarn().addKeyValue("path", file).setCause(e).log("The numbering of a console is damaged");
            return Optional.empty();
        }
    }

    /** Strikes the numbering of a console off the record; nothing happens where there is none. */
    public void removeConsole(PartitionName partition) {
        remove(file(partition, CONSOLE), false);
    }

    /** Strikes a partition off the record, durably, with its run and console; nothing happens where there is none. */
    public void remove(PartitionName partition) {
        remove(file(partition, RUN), false);
        remove(file(partition, RECORD), true);
        removeConsole(partition);
    }

    /**
     * Reads everything. A record that cannot be read is set aside under another name in the same directory; a run's
     * record that cannot be read counts as half-made.
     */
    public Loaded load() {
        Map<PartitionName, PartitionRecord> partitions = new TreeMap<>();
        Map<PartitionName, RunRecord> runs = new TreeMap<>();
        List<PartitionName> consoles = new ArrayList<>();
        List<Damaged> damaged = new ArrayList<>();
        for (Path file : files()) {
            String fileName = file.getFileName().toString();
            try {
                if (fileName.endsWith(TEMPORARY)) {
                    disk.remove(file);
                } else if (fileName.endsWith(RUN)) {
                    loadRun(file, fileName).ifPresent(run -> runs.put(nameOf(fileName, RUN), run));
                } else if (fileName.endsWith(CONSOLE)) {
                    consoles.add(nameOf(fileName, CONSOLE));
                } else if (fileName.endsWith(RECORD)) {
                    PartitionRecord partition = read(PartitionRecord.class, file);
                    if (!partition.name().equals(nameOf(fileName, RECORD))) {
                        throw new WireException("it is the record of '" + partition.name() + "'");
                    }
                    partitions.put(partition.name(), partition);
                }
            } catch (WireException | IllegalArgumentException | IOException e) {
                damaged.add(setAside(file, fileName, String.valueOf(e.getMessage())));
            }
        }
        runs.keySet().retainAll(partitions.keySet());
        consoles.removeAll(partitions.keySet());
        consoles.removeAll(
                damaged.stream().flatMap(each -> each.partition().stream()).toList());
        // Of partitions whose removal was cut: the next one of that name has another console.
        consoles.forEach(partition -> remove(file(partition, CONSOLE), false));
        return new Loaded(partitions, runs, damaged);
    }

    /**
     * What was on record.
     *
     * @param partitions by name
     * @param runs of those partitions
     * @param damaged what could not be read
     */
    public record Loaded(
            Map<PartitionName, PartitionRecord> partitions,
            Map<PartitionName, RunRecord> runs,
            List<Damaged> damaged) {}

    /**
     * A record that could not be read.
     *
     * @param partition whose, by the file's name, where that is a partition's
     * @param keptAs where its content is now
     * @param reason why it could not be read
     */
    public record Damaged(Optional<PartitionName> partition, Path keptAs, String reason) {}

    private Optional<RunRecord> loadRun(Path file, String fileName) throws IOException {
        nameOf(fileName, RUN);
        try {
            return Optional.of(read(RunRecord.class, file));
        } catch (WireException e) {
            // Not even the boot is known: whoever reads this cleans up as after a cut start.
            LOG.atWarn()
                    .addKeyValue("path", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("A run's record is damaged");
            return Optional.of(new RunRecord("", RunRecord.Phase.HALF_MADE, Optional.empty(), 0));
        }
    }

    private static <T> T read(Class<T> type, Path file) throws IOException {
        return RecordFile.read(type, Files.readAllBytes(file));
    }

    private static PartitionName nameOf(String fileName, String suffix) {
        return new PartitionName(fileName.substring(0, fileName.length() - suffix.length()));
    }

    private Damaged setAside(Path file, String fileName, String reason) {
        Optional<PartitionName> partition = Optional.empty();
        try {
            partition = Optional.of(nameOf(fileName, RECORD));
        } catch (IllegalArgumentException e) {
            LOG.atDebug().addKeyValue("path", file).log("The file is not named like a partition");
        }
        Path keptAs = file.resolveSibling(fileName + ".damaged-" + System.currentTimeMillis());
        try {
            disk.rename(file, keptAs);
            disk.sync(directory);
        } catch (IOException e) {
            keptAs = file;
            LOG.atError().addKeyValue("path", file).setCause(e).log("A damaged record cannot be set aside");
        }
        LOG.atError()
                .addKeyValue("path", keptAs)
                .addKeyValue("reason", reason)
                .log("A record is damaged and set aside");
        return new Damaged(partition, keptAs, reason);
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isRegularFile)) {
            entries.forEach(files::add);
        } catch (IOException e) {
            throw new RecordException(directory + ": the records cannot be listed: " + e, e);
        }
        files.sort(null);
        return files;
    }

    private Path file(PartitionName partition, String suffix) {
        return directory.resolve(partition.value() + suffix);
    }

    private void replace(Path file, byte[] bytes, boolean durable) {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try {
            disk.write(temporary, bytes, durable);
            disk.rename(temporary, file);
            if (durable) {
                disk.sync(directory);
            }
        } catch (IOException e) {
            throw new RecordException(file + ": the record cannot be written: " + e, e);
        }
    }

    private void remove(Path file, boolean durable) {
        try {
            disk.remove(file);
            if (durable) {
                disk.sync(directory);
            }
        } catch (IOException e) {
            throw new RecordException(file + ": the record cannot be removed: " + e, e);
        }
    }
}
