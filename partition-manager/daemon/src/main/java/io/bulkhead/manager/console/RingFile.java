package io.bulkhead.manager.console;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ring in a mapped file, readable by its owner only and never reached through a link. All of it is written when it is
 * made: a hole that finds no room later would be a SIGBUS. Where no file can be made the ring is in this process's memory:
 * a console goes before its continuity. For one thread at a time.
 */
final class RingFile implements RingStore {
    static final String SUFFIX = ".ring";
    static final String NEW = ".ring.new";

    private static final Logger LOG = LoggerFactory.getLogger(RingFile.class);
    private static final int ZEROES = 64 << 10;
    private static final int OF_OTHERS = 077;

    private final Path file;
    private final Path unfinished;
    private final String bootId;

    /**
     * @param directory exists, and only its owner may write to it
     * @param name of the partition
     * @param bootId of the running kernel: whether bytes written under another one reached the disk, nobody knows
     */
    RingFile(Path directory, String name, String bootId) {
        this.file = directory.resolve(name + SUFFIX);
        this.unfinished = directory.resolve(name + NEW);
        this.bootId = bootId;
    }

    @Override
    public Optional<ConsoleRing> find(String created) {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, options(false))) {
            if (!isOurs()) {
                throw new IOException("it is not this manager's own");
            }
            Optional<ConsoleRing> found = ConsoleRing.recover(map(channel), owner(created));
            if (found.isEmpty()) {
                LOG.atInfo().addKeyValue("path", file).log("A console's ring is of another time");
            }
            return found;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("path", file).setCause(e).log("A console's ring cannot be taken up");
            return Optional.empty();
        }
    }

    /** One regular file, with one name, that nobody else may open. */
    private boolean isOurs() throws IOException {
        Map<String, Object> read = Files.readAttributes(file, "unix:uid,mode,nlink", LinkOption.NOFOLLOW_LINKS);
        Object directoryOwner = Files.getAttribute(file.resolveSibling("."), "unix:uid");
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && directoryOwner.equals(read.get("uid"))
                && (number(read, "mode") & OF_OTHERS) == 0
                && number(read, "nlink") == 1;
    }

    private static int number(Map<String, Object> read, String attribute) {
        return (int) Objects.requireNonNull(read.get(attribute));
    }

    @Override
    public ConsoleRing make(String created, int capacity, Optional<ConsoleRing> former, long base) {
        try {
            Files.deleteIfExists(unfinished);
            ConsoleRing ring;
            try (FileChannel channel = FileChannel.open(
                    unfinished,
                    options(true),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                fill(channel, ConsoleRing.memoryFor(capacity));
                ring = ConsoleRing.format(map(channel), owner(created), base);
                former.ifPresent(ring::copy);
            }
            putInPlace();
            return ring;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("path", file).setCause(e).log("A console's past will not outlive this manager");
            discard(unfinished);
            return RingStore.ofProcess().make(created, capacity, former, base);
        }
    }

    private void putInPlace() throws IOException {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try (FileChannel before = FileChannel.open(file, options(false))) {
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // It stays mapped until the collector comes by; its memory must not.
            before.truncate(0);
        }
    }

    @Override
    public void remove() {
        discard(unfinished);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            try (FileChannel channel = FileChannel.open(file, options(false))) {
                channel.truncate(0);
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("path", file).setCause(e).log("A console's ring cannot be emptied");
            }
        }
        discard(file);
    }

    private static void discard(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("path", path).setCause(e).log("A console's ring remains");
        }
    }

    private static Set<OpenOption> options(boolean create) {
        return create
                ? Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW,
                        LinkOption.NOFOLLOW_LINKS)
                : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    private static void fill(FileChannel channel, int bytes) throws IOException {
        ByteBuffer zeroes = ByteBuffer.allocateDirect(ZEROES);
        for (int done = 0; done < bytes; ) {
            zeroes.clear().limit(Math.min(ZEROES, bytes - done));
            done += channel.write(zeroes, done);
        }
    }

    private static BufferMemory map(FileChannel channel) throws IOException {
        if (channel.size() > Integer.MAX_VALUE) {
            throw new IOException("it is larger than any ring");
        }
        return new BufferMemory(channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size()));
    }

    private String owner(String created) {
        return created + " " + bootId;
    }
}
