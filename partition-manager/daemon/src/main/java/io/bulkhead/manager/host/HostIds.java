package io.bulkhead.manager.host;

import io.bulkhead.contract.partition.UidRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;

/**
 * Whom the host itself has given ids that a partition could get: users and groups, and what users may map into namespaces of
 * their own; passwd(5), group(5), subuid(5), subgid(5). Such a user could reach the partition's processes and files. What is
 * entered in subuid for the control plane's user, so that nobody else is given it, is ours. Reads the files each time, since
 * they are small, and an administrator adds users when he likes; takes them apart only when they have changed, since that is
 * asked at each start, and each second. Safe for any thread.
 */
public final class HostIds {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    /** What the lines of a file were the last time. */
    private record Parsed(String text, List<String[]> lines) {}

    private final Path etc;
    private final String ours;
    private final ConcurrentMap<String, Parsed> parsed = new ConcurrentHashMap<>();

    /**
     * @param etc {@code /etc} but in tests
     * @param ours whose entries are for partitions
     */
    public HostIds(Path etc, String ours) {
        this.etc = etc;
        this.ours = ours;
    }

    /** Who has ids in a range, in words with the file that says so; empty where nobody has. */
    public Optional<String> holderIn(UidRange range) {
        return subordinate("subuid", range)
                .or(() -> subordinate("subgid", range))
                .or(() -> account("passwd", "user", range))
                .or(() -> account("group", "group", range));
    }

    /** {@code name:first:count}. */
    private Optional<String> subordinate(String file, UidRange range) {
        for (String[] fields : lines(file)) {
            if (fields.length >= 3 && !fields[0].equals(ours) && areNumbers(fields[1], fields[2])) {
                long first = Long.parseLong(fields[1]);
                long count = Long.parseLong(fields[2]);
                if (first < range.base() + UidRange.SIZE && range.base() < first + count) {
                    return Optional.of("/etc/" + file + " gives the ids from " + first + " to " + (first + count - 1)
                            + " to " + fields[0]);
                }
            }
        }
        return Optional.empty();
    }

    /** {@code name:password:id:…}. */
    private Optional<String> account(String file, String what, UidRange range) {
        for (String[] fields : lines(file)) {
            if (fields.length >= 3 && areNumbers(fields[2])) {
                long id = Long.parseLong(fields[2]);
                if (id >= range.base() && id < range.base() + UidRange.SIZE) {
                    return Optional.of("/etc/" + file + " has the " + what + " " + fields[0] + " with the id " + id);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean areNumbers(String... fields) {
        for (String field : fields) {
            if (!NUMBER.matcher(field).matches()) {
                return false;
            }
        }
        return true;
    }

    private List<String[]> lines(String file) {
        String text = text(etc.resolve(file));
        Parsed before = parsed.get(file);
        if (before != null && before.text().equals(text)) {
            return before.lines();
        }
        List<String[]> lines = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (!line.isBlank() && !line.startsWith("#")) {
                lines.add(line.strip().split(":"));
            }
        }
        parsed.put(file, new Parsed(text, lines));
        return lines;
    }

    /** Nothing where there is no such file. */
    private static String text(Path path) {
        try {
            // Names in any encoding: only what is ASCII counts.
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read whom the host has given ids: " + e.getMessage(), e);
        }
    }
}
