package io.bulkhead.manager.record;

import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record about the running kernel: whatever kills the manager, the next one finds it; after a reboot it counts for
 * nothing, because what it tells of is gone. Replaced in one step. For one thread at a time.
 *
 * @param <T> what it holds
 */
public final class BootRecord<T extends Record & BootRecord.OfBoot> {
    private static final Logger LOG = LoggerFactory.getLogger(BootRecord.class);

    private final Path file;
    private final Class<T> type;
    private final Disk disk;

    /**
     * @param file in a directory that is made, readable by its owner only, if it is missing
     * @param type of the content
     */
    public BootRecord(Path file, Class<T> type) {
        this(file, type, new Disk());
    }

    BootRecord(Path file, Class<T> type, Disk disk) {
        this.file = file;
        this.type = type;
        this.disk = disk;
    }

    /** What says under which kernel it was written. */
    public interface OfBoot {
        /** As random(4) gives it. */
        String bootId();
    }

    /**
     * What an earlier manager has left under this kernel. A record that cannot be read is set aside and told in the log.
     *
     * @param bootId of the running kernel
     */
    public Optional<T> load(String bootId) {
        try {
            return Files.exists(file)
                    ? Optional.of(RecordFile.read(type, Files.readAllBytes(file)))
                            .filter(found -> found.bootId().equals(bootId))
                    : Optional.empty();
        } catch (WireException | IOException e) {
            setAside(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void setAside(String reason) {
        Path keptAs = file.resolveSibling(file.getFileName() + ".damaged-" + System.currentTimeMillis());
        try {
            disk.rename(file, keptAs);
        } catch (IOException e) {
            LOG.atError().addKeyValue("path", file).setCause(e).log("A damaged record cannot be set aside");
            return;
        }
        LOG.atError()
                .addKeyValue("path", keptAs)
                .addKeyValue("reason", reason)
                .log("A record is damaged and set aside");
    }

    /** Puts it on record. It does not wait for the disk: a power cut takes what it tells of as well. */
    public void save(T content) {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Path directory = file.getParent();
            if (directory != null) {
                disk.createDirectory(directory);
            }
            disk.write(temporary, RecordFile.write(content), false);
            disk.rename(temporary, file);
        } catch (IOException e) {
            throw new RecordException(file + ": the record cannot be written: " + e, e);
        }
    }

    /** Strikes it off; nothing happens where there is none. */
    public void remove() {
        try {
            disk.remove(file);
        } catch (IOException e) {
            throw new RecordException(file + ": the record cannot be removed: " + e, e);
        }
    }
}
