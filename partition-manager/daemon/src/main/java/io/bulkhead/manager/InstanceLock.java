package io.bulkhead.manager;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sees to it that a state directory has one manager. The kernel lets go of it when the process ends, however it ends. */
final class InstanceLock implements AutoCloseable {
    /** Whoever can read a file can lock it, shared, and would keep every manager from starting; fcntl(2). */
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

    private final FileChannel channel;

    private InstanceLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, or throws {@link Refusal} if another manager has it. */
    static InstanceLock take(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWN));
        try {
            Files.setPosixFilePermissions(file, OWN);
            if (tryLock(channel) == null) {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        "another manager is running on " + file.getParent(),
                        "stop that one first, or give this one a state directory and a name of its own");
            }
            return new InstanceLock(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
