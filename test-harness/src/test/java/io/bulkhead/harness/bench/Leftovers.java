package io.bulkhead.harness.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the kernel and could be left behind: mounts, groups, terminals.
 *
 * @param mounts of this process's mount namespace
 * @param groups of every hierarchy
 * @param terminals that are open anywhere on the host; others open and close theirs too
 */
record Leftovers(Set<String> mounts, Set<String> groups, long terminals) {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final int MOUNT_POINT = 4;

    static Leftovers now() {
        Set<String> mounts = HostLines.text("/proc/self/mountinfo")
                .lines()
                .map(line -> line.split(" ")[MOUNT_POINT])
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> groups = groupPaths().stream().map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
        return new Leftovers(
                mounts,
                groups,
                Long.parseLong(HostLines.text("/proc/sys/kernel/pty/nr").strip()));
    }

    /** Other people's groups come and go while we look. */
    private static List<Path> groupPaths() {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(GROUPS, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    found.add(directory);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Removes the empty groups that carry a name; what others made is never touched. */
    static void removeGroups(String name) {
        List<Path> named = groupPaths().stream()
                .filter(path -> GROUPS.relativize(path).getNameCount() > 1
                        && GROUPS.relativize(path).getName(1).toString().equals(name))
                .sorted(Comparator.reverseOrder())
                .toList();
        for (Path group : named) {
            try {
                Files.delete(group);
            } catch (IOException e) {
                throw new UncheckedIOException("the group " + group + " of a peer cannot go", e);
            }
        }
    }

    /** What is there now, carries our name and was not there before, in words; empty is as it should be. */
    List<String> carrying(String instance, Leftovers before) {
        List<String> left = new ArrayList<>();
        mounts.stream()
                .filter(mount -> mount.contains(instance) && !before.mounts.contains(mount))
                .forEach(mount -> left.add("mount " + mount));
        groups.stream()
                .filter(group -> group.contains(instance) && !before.groups.contains(group))
                .forEach(group -> left.add("group " + group));
        return left;
    }
}
