package io.bulkhead.broker.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The groups that the file of groups, group(5), puts users in; read again when the file has changed. Groups of other
 * sources of nsswitch.conf(5) are not seen: who is in one of those counts by the group that it came with.
 */
public final class UnixGroups {
    private final Path file;
    private Optional<Reading> last = Optional.empty();

    private record Reading(FileTime time, long size, Map<String, Set<String>> groupsOfUser) {}

    /** @param file usually {@code /etc/group} */
    public UnixGroups(Path file) {
        this.file = file;
    }

    /** The groups that list the user as a member; none where the file cannot be read. */
    public synchronized Set<String> of(String user) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            Reading reading = last.filter(had -> had.time().equals(now.lastModifiedTime()) && had.size() == now.size())
                    .orElse(null);
            if (reading == null) {
                reading = new Reading(
                        now.lastModifiedTime(), now.size(), parse(Files.readString(file, StandardCharsets.ISO_8859_1)));
                last = Optional.of(reading);
            }
            return reading.groupsOfUser().getOrDefault(user, Set.of());
        } catch (IOException e) {
            // Nobody gets a role by a file that cannot be read; root and the control plane's own user still have
            // theirs.
            return Set.of();
        }
    }

    static Map<String, Set<String>> parse(String text) {
        Map<String, Set<String>> groups = new HashMap<>();
        text.lines()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length == 4)
                .forEach(fields -> Arrays.stream(fields[3].split(","))
                        .map(String::strip)
                        .filter(member -> !member.isEmpty())
                        .forEach(member -> groups.computeIfAbsent(member, none -> new HashSet<>())
                                .add(fields[0])));
        return groups;
    }
}
