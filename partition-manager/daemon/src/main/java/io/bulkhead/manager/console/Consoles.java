package io.bulkhead.manager.console;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.record.ConsoleRecord;
import io.bulkhead.manager.record.RecordStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the consoles of one manager.
 *
 * <pre>
 *   DIRECTORY/NAME.ring       the newest output; outlives the manager, not the host
 *   DIRECTORY/NAME.ring.new   a ring being made
 * </pre>
 *
 * Safe for any thread, each partition by one at a time.
 *
 * @param directory made, for its owner only, when the first ring is
 * @param history kept where a definition does not say
 * @param bootId of the running kernel
 * @param records of the numbering
 * @param loop that reads and writes the masters
 * @param calls to the kernel
 * @param events hears of viewers that come and go
 * @param executor may wait for the disk
 * @param clockMillis milliseconds since 1970 UTC
 */
public record Consoles(
        Path directory,
        ByteSize history,
        String bootId,
        RecordStore records,
        ConsoleLoop loop,
        ConsoleCalls calls,
        Consumer<Event> events,
        Executor executor,
        LongSupplier clockMillis) {
    private static final Logger LOG = LoggerFactory.getLogger(Consoles.class);

    /** The console of a partition, as an earlier manager has left it or new. */
    public ConsoleHub open(PartitionName partition, Optional<ConsoleSlice> slice) {
        makeDirectory();
        ConsoleNumbering.Records numbers = new ConsoleNumbering.Records() {
            @Override
            public Optional<ConsoleRecord> load() {
                return records.loadConsole(partition);
            }

            @Override
            public void save(ConsoleRecord console, boolean durable) {
                records.saveConsole(partition, console, durable);
            }

            @Override
            public void remove() {
                records.removeConsole(partition);
            }
        };
        return new ConsoleHub(
                partition,
                bounds(slice),
                new RingFile(directory, partition.value(), bootId),
                new ConsoleNumbering(numbers, executor),
                loop,
                calls,
                events,
                clockMillis);
    }

    /** What a console may cost by a definition. */
    public ConsoleBounds bounds(Optional<ConsoleSlice> slice) {
        ConsoleSlice said = slice.orElse(ConsoleSlice.DEFAULT);
        return new ConsoleBounds(said.rate(), said.history().orElse(history));
    }

    /** Removes the rings of partitions that are not on record. */
    public void recover(Collection<PartitionName> recorded) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<String> known = recorded.stream()
                .flatMap(name -> Stream.of(name + RingFile.SUFFIX, name + RingFile.NEW))
                .toList();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!known.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("path", directory).setCause(e).log("Rings of nobody remain");
        }
    }

    /** Removes the directory, which is empty when every console was closed or left. */
    public void leave() {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("path", directory).setCause(e).log("The directory of the rings remains");
        }
    }

    private void makeDirectory() {
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("path", directory).setCause(e).log("The rings of consoles have no place");
        }
    }
}
