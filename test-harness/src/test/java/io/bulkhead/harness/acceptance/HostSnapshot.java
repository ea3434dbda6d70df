package io.bulkhead.harness.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The kernel objects of this host that an installation could leave behind.
 *
 * @param mounts mount points of the host's mount namespace
 * @param terminals numbers of the pseudo-terminals in use, without those of other installations' partitions
 * @param groups control groups whose path holds the installation's name
 * @param processes command lines of processes that hold the installation's name or directory
 * @param loopDevices loop devices with a file behind them
 * @param interfaces network interfaces
 */
record HostSnapshot(
        List<String> mounts,
        List<String> terminals,
        List<String> groups,
        List<String> processes,
        List<String> loopDevices,
        List<String> interfaces) {
    /** The uids below are the host's own; partitions have those above. */
    private static final int FIRST_PARTITION_UID = 65_536;

    /**
     * Looks now.
     *
     * @param installation what its kernel objects carry in their names
     * @param uids of its partitions
     */
    static HostSnapshot of(String installation, LongPredicate uids) {
        return new HostSnapshot(
                lines(Path.of("/proc/self/mountinfo")).stream()
                        .map(line -> line.split(" ")[4])
                        .sorted()
                        .toList(),
                names(Path.of("/dev/pts"), name -> isTerminalOf(uids, Path.of("/dev/pts", name))),
                groups(installation),
                processes(installation),
                names(Path.of("/sys/block"), name -> Files.exists(Path.of("/sys/block", name, "loop/backing_file"))),
                names(Path.of("/sys/class/net"), name -> true));
    }

    private static boolean isTerminalOf(LongPredicate uids, Path terminal) {
        try {
            int uid = (Integer) Files.getAttribute(terminal, "unix:uid");
            boolean numbered = terminal.getFileName().toString().chars().allMatch(Character::isDigit);
            return numbered && (uid < FIRST_PARTITION_UID || uids.test(Integer.toUnsignedLong(uid)));
        } catch (IOException e) {
            // Closed between the listing and the look.
            return false;
        }
    }

    static List<String> groups(String installation) {
        Path top = Path.of("/sys/fs/cgroup");
        // Version 1 has a hierarchy for each controller below this; version 2 has its groups right here.
        return Stream.concat(Stream.of(top), directories(top).stream())
                .flatMap(parent -> directories(parent).stream())
                .filter(group -> group.getFileName().toString().contains(installation))
                .map(Path::toString)
                .sorted()
                .toList();
    }

    private static List<Path> directories(Path parent) {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).toList();
        } catch (NoSuchFileException e) {
            // Somebody else's group, removed meanwhile.
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> processes(String installation) {
        return ProcessHandle.allProcesses()
                .map(process -> process.pid() + " " + commandLine(process.pid()))
                .filter(text -> text.contains(installation))
                .sorted()
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> names(Path directory, Predicate<String> wanted) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(wanted)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
