package io.bulkhead.manager.rebase;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.FileStatus;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.TreeCalls;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads a tree whose owner may change it at the same time, and may want to lead us astray.
 *
 * <p>Every step goes through a directory that is held open, by one name that is opened as {@code O_PATH} and judged by its
 * inode; only a regular file or a directory is then opened to be read, by that very descriptor and without waiting. So no
 * link is followed, no fifo is waited for, no device is touched and no mount is entered, whatever is swapped meanwhile. What
 * is read is bounded in entries, depth and bytes. For one thread.
 */
final class TreeReader {
    /** More is not configuration: a host's /etc and skeleton of /var have some 2,000. It must fit into a small heap, too. */
    static final int MOST_ENTRIES = 20_000;

    static final int MOST_LEVELS = 64;

    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.NO_FOLLOW);
    private static final int CHUNK = 64 * 1024;

    private final TreeCalls calls;
    private final Predicate<String> descends;
    private final Compared compared;
    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final byte[] chunk = new byte[CHUNK];
    private boolean incomplete;

    /** Which files are worth to be hashed. */
    @FunctionalInterface
    interface Compared {
        boolean mayEqual(String path, long sizeBytes);
    }

    private TreeReader(TreeCalls calls, Predicate<String> descends, Compared compared) {
        this.calls = calls;
        this.descends = descends;
        this.compared = compared;
    }

    /** Reads all of these directories; for trees that only root can change. */
    static Snapshot whole(TreeCalls calls, Fd root, List<String> tops) {
        return new TreeReader(calls, path -> true, (path, size) -> true).read(root, tops);
    }

    /**
     * Reads as much of these directories as is needed to compare them with the others: what none of those has is one entry,
     * whatever is in it, and a file that has none of their lengths is not read.
     */
    static Snapshot against(TreeCalls calls, Fd root, List<String> tops, List<Snapshot> others) {
        return new TreeReader(
                        calls,
                        path -> others.stream().anyMatch(other -> other.hasDirectory(path)),
                        (path, size) ->
                                others.stream().anyMatch(other -> other.sizes().getOrDefault(path, -1L) == size))
                .read(root, tops);
    }

    /**
     * The same for a merge: of a directory of /var in which none of the others has anything, what is in it is the
     * partition's data, and is not looked at however much it is.
     */
    static Snapshot forMerge(TreeCalls calls, Fd root, List<String> tops, List<Snapshot> others) {
        return new TreeReader(
                        calls,
                        path -> others.stream()
                                .anyMatch(other -> other.hasDirectory(path)
                                        && (path.startsWith("etc")
                                                || !other.below(path).isEmpty())),
                        (path, size) ->
                                others.stream().anyMatch(other -> other.sizes().getOrDefault(path, -1L) == size))
                .read(root, tops);
    }

    private Snapshot read(Fd root, List<String> tops) {
        for (String top : tops) {
            take(root, top, top, 0);
        }
        return new Snapshot(entries, sizes, incomplete);
    }

    private void take(Fd parent, String name, String path, int level) {
        if (entries.size() >= MOST_ENTRIES) {
            incomplete = true;
            return;
        }
        Optional<Fd> opened = open(parent, name, path);
        if (opened.isEmpty()) {
            return;
        }
        try (Fd place = opened.get()) {
            FileStatus status = calls.status(place);
            if (status.isDirectory()) {
                takeDirectory(place, path, status, level);
            } else if (status.isRegular()) {
                takeFile(place, path, status);
            } else if (status.isLink()) {
                put(path, Entry.Kind.LINK, status, calls.readLink(place), "");
            } else {
                put(path, Entry.Kind.SPECIAL, status, "", "");
            }
        }
    }

    /** Empty if it is gone, or is something that must not be entered. */
    private Optional<Fd> open(Fd parent, String name, String path) {
        try {
            return Optional.of(calls.openBeneath(parent, name, PLACE));
        } catch (ErrnoException e) {
            if (!e.is(Errno.ENOENT)) {
                if (!e.is(Errno.EXDEV) && !e.is(Errno.ELOOP)) {
                    throw e;
                }
                entries.put(path, new Entry(Entry.Kind.SPECIAL, 0, 0, 0, "", ""));
            }
            return Optional.empty();
        }
    }

    private void takeDirectory(Fd place, String path, FileStatus status, int level) {
        try (Fd directory = calls.reopen(place)) {
            put(path, Entry.Kind.DIRECTORY, status, "", attributes(directory));
            if (!descends.test(path)) {
                return;
            }
            if (level >= MOST_LEVELS) {
                incomplete = true;
                return;
            }
            for (List<String> names = calls.moreNames(directory);
                    !names.isEmpty() && entries.size() < MOST_ENTRIES;
                    names = calls.moreNames(directory)) {
                for (String name : names) {
                    take(directory, name, path + "/" + name, level + 1);
                }
            }
            incomplete |= entries.size() >= MOST_ENTRIES;
        }
    }

    private void takeFile(Fd place, String path, FileStatus status) {
        sizes.put(path, status.sizeBytes());
        if (!compared.mayEqual(path, status.sizeBytes())) {
            put(path, Entry.Kind.FILE, status, "size " + status.sizeBytes(), attributesOf(place));
            return;
        }
        try (Fd file = calls.reopen(place)) {
            put(path, Entry.Kind.FILE, status, hash(file, status.sizeBytes()), attributes(file));
        } catch (ErrnoException e) {
            // Somebody holds a lease on it, fcntl(2): it is not worth waiting for.
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            put(path, Entry.Kind.FILE, status, "busy", "");
        }
    }

    private String attributesOf(Fd place) {
        try (Fd file = calls.reopen(place)) {
            return attributes(file);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            return "busy";
        }
    }

    private void put(String path, Entry.Kind kind, FileStatus status, String data, String attributes) {
        entries.put(path, new Entry(kind, status.permissions(), status.uid(), status.gid(), data, attributes));
    }

    /** Hash of the bytes that were announced; one that grows meanwhile is none of those it is compared with. */
    private String hash(Fd file, long sizeBytes) {
        MessageDigest digest = sha256();
        long left = sizeBytes + 1;
        while (left > 0) {
            int count = calls.read(file, chunk, 0, (int) Math.min(chunk.length, left));
            if (count < 0) {
                break;
            }
            digest.update(chunk, 0, count);
            left -= count;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private String attributes(Fd file) {
        Map<String, byte[]> all = calls.extendedAttributes(file);
        if (all.isEmpty()) {
            return "";
        }
        MessageDigest digest = sha256();
        all.forEach((name, value) -> {
            digest.update((name + "\0" + value.length + "\0").getBytes(ISO_8859_1));
            digest.update(value);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
