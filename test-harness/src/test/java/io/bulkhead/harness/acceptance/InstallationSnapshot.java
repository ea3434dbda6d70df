package io.bulkhead.harness.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything in the kernel that is of one installation, and of nobody else: other installations may come and go on the same
 * host meanwhile.
 *
 * @param mounts mount points in its directory, in the host's mount namespace and as the manager sees them
 * @param groups control groups that carry its name, with all below them
 * @param processes of its partitions' ids, idmap holders too, and of its name; zombies too
 * @param terminals pseudo-terminals of its partitions' ids
 * @param loopDevices with a file of it behind them, also a deleted one
 * @param interfaces whose alias carries its name, with their queueing disciplines and filters
 * @param rules of its tables of the packet filter, word by word in order
 * @param namedNamespaces of networks, as ip-netns(8) keeps them
 * @param sockets of AF_UNIX in its directory
 * @param descriptors of its manager: how many lead to what
 * @param children of its manager
 */
record InstallationSnapshot(
        List<String> mounts,
        List<String> groups,
        List<String> processes,
        List<String> terminals,
        List<String> loopDevices,
        List<String> interfaces,
        List<String> rules,
        List<String> namedNamespaces,
        List<String> sockets,
        Map<String, Long> descriptors,
        List<String> children) {

    private static final Path PROC = Path.of("/proc");

    /**
     * Looks now.
     *
     * @param manager its process; nothing of it where there is none
     * @param uids of its partitions
     */
    static InstallationSnapshot of(Installation installation, Optional<Long> manager, LongPredicate uids) {
        String name = installation.name();
        String directory = installation.directory().toString();
        return new InstallationSnapshot(
                Stream.concat(Stream.of("self"), manager.stream().map(String::valueOf))
                        .flatMap(pid -> lines(PROC.resolve(pid).resolve("mountinfo")))
                        .filter(line -> line.contains(directory))
                        .map(line -> line.split(" ")[4])
                        .sorted()
                        .toList(),
                HostSnapshot.groups(name).stream()
                        .flatMap(InstallationSnapshot::below)
                        .sorted()
                        .toList(),
                processes(name, uids),
                owned(Path.of("/dev/pts"), uids),
                loopDevices(directory),
                interfaces("bulkhead/" + name),
                rules("bulkhead-" + name),
                names(Path.of("/run/netns")),
                lines(PROC.resolve("net/unix"))
                        .filter(line -> line.contains(directory))
                        .map(line -> line.replaceFirst(".* ", ""))
                        .distinct()
                        .sorted()
                        .toList(),
                manager.map(InstallationSnapshot::descriptors).orElse(Map.of()),
                manager.stream()
                        .flatMap(InstallationSnapshot::children)
                        .sorted()
                        .toList());
    }

    private static Stream<String> below(String group) {
        try (Stream<Path> all = Files.walk(Path.of(group))) {
            return all.filter(Files::isDirectory).map(Path::toString).toList().stream();
        } catch (IOException | UncheckedIOException e) {
            return Stream.of(group + " went meanwhile");
        }
    }

    private static List<String> processes(String name, LongPredicate uids) {
        return names(PROC).stream()
                .filter(entry -> entry.matches("\\d+"))
                .filter(pid -> lines(PROC.resolve(pid).resolve("status"))
                                .filter(line -> line.startsWith("Uid:"))
                                .anyMatch(line -> uids.test(Long.parseLong(line.split("\\s+")[1])))
                        || lines(PROC.resolve(pid).resolve("cmdline")).anyMatch(line -> line.contains(name)))
                .map(pid -> lines(PROC.resolve(pid).resolve("stat")).findFirst().orElse("gone"))
                // The dead whom the host's process 1 has to reap are as good as gone.
                .filter(stat -> !stat.matches("\\d+ \\(.*\\) Z 1 .*"))
                .map(stat -> stat.replaceFirst("^(\\d+ \\(.*\\) .).*", "$1"))
                // Running or asleep is all the same.
                .map(stat -> stat.replaceFirst("[RSDI]$", "alive"))
                .sorted()
                .toList();
    }

    private static List<String> owned(Path directory, LongPredicate uids) {
        return names(directory).stream()
                .filter(entry -> {
                    try {
                        int uid = (Integer) Files.getAttribute(directory.resolve(entry), "unix:uid");
                        return uids.test(Integer.toUnsignedLong(uid));
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }

    private static List<String> loopDevices(String directory) {
        return names(Path.of("/sys/block")).stream()
                .flatMap(device -> lines(Path.of("/sys/block", device, "loop/backing_file")))
                .filter(file -> file.contains(directory))
                .sorted()
                .toList();
    }

    private static List<String> interfaces(String alias) {
        return names(Path.of("/sys/class/net")).stream()
                .filter(device -> lines(Path.of("/sys/class/net", device, "ifalias"))
                        .anyMatch(line -> line.equals(alias) || line.startsWith(alias + "/")))
                .map(device -> device
                        + said("tc", "qdisc", "show", "dev", device)
                        + said("tc", "filter", "show", "dev", device, "parent", "ffff:")
                                // The number of the shaper's action, which is made anew with the link.
                                .replaceAll("index \\d+|fh \\S+|ht \\S+|bkt \\S+", ""))
                .toList();
    }

    private static List<String> rules(String table) {
        return Stream.of("bridge", "ip")
                .flatMap(family -> Arrays.stream(said("nft", "--stateless", "list", "table", family, table)
                        .split("[\\s,]+")))
                .sorted()
                .toList();
    }

    private static Map<String, Long> descriptors(long manager) {
        Map<String, Long> counts = new TreeMap<>();
        Path directory = PROC.resolve(manager + "/fd");
        for (String number : names(directory)) {
            try {
                String target =
                        Files.readSymbolicLink(directory.resolve(number)).toString();
                counts.merge(target.replaceAll("\\d+", "N"), 1L, Long::sum);
            } catch (IOException e) {
                // Closed since it was listed.
            }
        }
        // What the virtual machine opens as it likes.
        counts.keySet().removeIf(target -> target.matches(".*\\.(jar|jsa)|.*/lib/modules"));
        return counts;
    }

    private static Stream<String> children(long manager) {
        return names(PROC.resolve(manager + "/task")).stream()
                .flatMap(thread -> lines(PROC.resolve(manager + "/task/" + thread + "/children")))
                .flatMap(line -> Arrays.stream(line.split(" ")))
                .filter(pid -> !pid.isBlank());
    }

    private static String said(String... command) {
        return Commands.run(List.of(command), "", Patience.seconds(10)).out();
    }

    private static Stream<String> lines(Path file) {
        try {
            return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1).lines();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().collect(Collectors.toList());
        } catch (IOException e) {
            return List.of();
        }
    }
}
