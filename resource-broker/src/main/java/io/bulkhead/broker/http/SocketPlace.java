package io.bulkhead.broker.http;

import io.bulkhead.broker.access.UnixRoles;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The path of a Unix socket, owned for as long as this is open: a socket that a dead server left behind is removed, a
 * live one is left alone. Two servers that start at once are kept apart by a lock on a file beside the socket.
 */
final class SocketPlace implements AutoCloseable {
    // The lock's file is the owner's alone: whoever can read a file can lock it, shared, and keep us out; fcntl(2).
    private final Path socket;
    private final FileChannel lockFile;

    private SocketPlace(Path socket, FileChannel lockFile) {
        this.socket = socket;
        this.lockFile = lockFile;
    }

    /** Takes the place; {@link Refusal} with CONFLICT where another server has it, FAILED where the kernel says no. */
    static SocketPlace take(Path socket) {
        FileChannel lockFile = null;
        try {
            lockFile = FileChannel.open(
                    lockPath(socket),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (!lock(lockFile) || answers(socket)) {
                lockFile.close();
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        "another server listens at " + socket,
                        "stop it first, or give this instance another run directory");
            }
            Files.deleteIfExists(socket);
            return new SocketPlace(socket, lockFile);
        } catch (IOException e) {
            closeQuietly(lockFile);
            throw new Refusal(
                    Problem.of(ProblemCode.FAILED, "the socket " + socket + " cannot be made: " + e.getMessage()), e);
        }
    }

    /**
     * Lets the owner and the group connect.
     *
     * @param everybody whether all others can, too: what they may do is then decided by who they are
     */
    void open(boolean everybody) {
        try {
            // A fresh socket lets its owner alone connect under every usual umask, so nobody slips in before this.
            Files.setPosixFilePermissions(
                    socket, PosixFilePermissions.fromString(everybody ? "rw-rw-rw-" : "rw-rw----"));
        } catch (IOException e) {
            throw new Refusal(
                    Problem.of(ProblemCode.FAILED, "the mode of " + socket + " cannot be set: " + e.getMessage()), e);
        }
    }

    /** The roles of local users, as seen from the owner of this place. */
    UnixRoles roles(ApiAccess access) {
        try {
            return UnixRoles.of(lockPath(socket), access.admins(), access.operators(), access.viewers());
        } catch (IOException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.FAILED,
                            "it cannot be found out who owns " + lockPath(socket) + ": " + e.getMessage()),
                    e);
        }
    }

    private static Path lockPath(Path socket) {
        return socket.resolveSibling(socket.getFileName() + ".lock");
    }

    private static boolean lock(FileChannel lockFile) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Held by another server of this very process.
            return false;
        }
    }

    private static boolean answers(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("closing a lock file failed", e);
        }
    }

    /** Removes the socket and gives the place up. The lock's file stays: removing it would let two servers lock two. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new Refusal(
                    Problem.of(ProblemCode.FAILED, "the socket " + socket + " cannot be removed: " + e.getMessage()),
                    e);
        } finally {
            closeQuietly(lockFile);
        }
    }
}
