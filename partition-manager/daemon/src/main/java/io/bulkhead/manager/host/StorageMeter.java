package io.bulkhead.manager.host;

import io.bulkhead.contract.partition.StorageRoom;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks the file system of a directory how much room it has; statvfs(3). Safe for any thread. */
public final class StorageMeter implements Supplier<Optional<StorageRoom>> {
    private final Path directory;

    public StorageMeter(Path directory) {
        this.directory = directory;
    }

    /** Its room now; empty where it cannot be asked. */
    @Override
    public Optional<StorageRoom> get() {
        try {
            FileStore store = Files.getFileStore(directory);
            return Optional.of(
                    new StorageRoom(new ByteSize(store.getTotalSpace()), new ByteSize(store.getUsableSpace())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
