package io.bulkhead.manager.hardening;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.restraint.Capability;
import io.bulkhead.manager.restraint.Restrainer;
import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.sys.KernelText;
import io.bulkhead.manager.undo.Undo;
import io.bulkhead.manager.wall.Wall;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What process 1 was born with, looked at from outside: its ids, its bounding set, its filter, the limits of its user
 * namespace, the device nodes it may open. All of it is inherited by whatever it starts and nobody inside can undo it, so
 * that process 1 speaks for all. Reads files of /proc only. Safe for any thread.
 */
public final class HardeningWall implements Wall {
    private static final String LIMITS = "/sys/user/";
    private static final String FILTERS = "Seccomp_filters:";
    private static final String UNREADABLE = "it cannot be read";

    /** SECCOMP_MODE_FILTER, linux/seccomp.h. */
    private static final long FILTER_MODE = 2;

    private final Cgroups cgroups;
    private final DeviceWall devices;
    private final Restrainer restrainer;
    private final Function<UidRange, Optional<String>> hostIds;
    private final Path proc;

    /**
     * @param cgroups that hold device nodes on version 1
     * @param devices that hold them on version 2
     * @param restrainer knows what a definition makes of the restraints
     * @param hostIds who else of the host has ids in a range
     * @param proc {@code /proc} but in tests
     */
    public HardeningWall(
            Cgroups cgroups,
            DeviceWall devices,
            Restrainer restrainer,
            Function<UidRange, Optional<String>> hostIds,
            Path proc) {
        this.cgroups = cgroups;
        this.devices = devices;
        this.restrainer = restrainer;
        this.hostIds = hostIds;
        this.proc = proc;
    }

    @Override
    public List<Enforcement> enforcement() {
        return List.of(
                new Enforcement(
                        Resource.USER_IDS,
                        Strength.EXCLUSIVE,
                        "a range of 65,536 for each that nobody else of the host has"),
                new Enforcement(
                        Resource.CAPABILITIES, Strength.CAPPED, "the bounding set, inside its user namespace alone"),
                new Enforcement(
                        Resource.SYSTEM_CALLS, Strength.CAPPED, "a seccomp filter on process 1 and every command"),
                new Enforcement(Resource.DEVICES, Strength.CAPPED, "nodes allowed one by one; none can be made inside"),
                new Enforcement(
                        Resource.KERNEL_OBJECTS,
                        Strength.CAPPED,
                        "/proc/sys/user of its user namespace; the rest by its memory"));
    }

    @Override
    public void bind(PartitionRecord partition) {
        raiseDevices(partition.name());
    }

    @Override
    public void beforeRelease(PartitionRecord partition, RunningPartition running, Undo undo) {
        // The disks that are handed in are known now.
        if (!cgroups.openedDisks(partition.name()).isEmpty()) {
            undo.push("close the disks to it", () -> raiseDevices(partition.name()));
            raiseDevices(partition.name());
        }
    }

    @Override
    public void afterRun(PartitionName partition) {
        raiseDevices(partition);
    }

    private void raiseDevices(PartitionName partition) {
        cgroups.deviceGroup(partition).ifPresent(group -> devices.raise(group, cgroups.openedDisks(partition)));
    }

    @Override
    public List<Promise> readBack(PartitionRecord partition, Optional<RunningPartition> running) {
        List<Promise> promises = new ArrayList<>();
        promises.add(ids(partition.uidRange(), running));
        running.ifPresent(run -> {
            Restraints restraints = restrainer.of(partition.definition());
            Path init = proc.resolve(Long.toString(run.init().pid()));
            Path status = init.resolve("status");
            Optional<String> words = text(status);
            promises.add(capabilities(restraints, status, words));
            promises.add(systemCalls(restraints, status, words));
            promises.add(
                    limits(restraints, proc.resolve(Long.toString(run.holder().pid()))));
        });
        if (partition.slice().isPresent()) {
            promises.add(devices(partition));
        }
        return promises;
    }

    private Promise ids(UidRange range, Optional<RunningPartition> running) {
        String promised = range.base() + " to " + (range.base() + UidRange.SIZE - 1);
        Optional<String> other = hostIds.apply(range)
                .map(holder -> holder + ", who could reach the partition's processes and files; take the entry out, or"
                        + " delete the partition and define it anew");
        String wanted = "0 " + range.base() + " " + UidRange.SIZE;
        List<String> maps = new ArrayList<>();
        running.ifPresent(run -> List.of("uid_map", "gid_map")
                .forEach(file -> maps.add(
                        words(text(proc.resolve(Path.of(Long.toString(run.init().pid()), file)))
                                .orElse(UNREADABLE)))));
        boolean mapped = maps.stream().allMatch(wanted::equals);
        return new Promise(
                Resource.USER_IDS,
                promised,
                mapped ? promised : String.join(" and ", maps),
                Strength.EXCLUSIVE,
                mapped && other.isEmpty(),
                running.map(run -> "/proc/" + run.init().pid() + "/uid_map").orElse("/etc/subuid"),
                other);
    }

    private Promise capabilities(Restraints restraints, Path status, Optional<String> words) {
        String promised = restraints.dropped().isEmpty()
                ? "all of them, inside only"
                : "without "
                        + restraints.dropped().stream()
                                .map(Capability::toString)
                                .collect(Collectors.joining(" "));
        Optional<Long> found = field(words, "CapBnd:", 16);
        boolean held = found.isPresent() && found.equals(everyCapability().map(all -> all & ~dropped(restraints)));
        return promise(
                Resource.CAPABILITIES,
                promised,
                held
                        ? promised
                        : found.map(mask -> "CapBnd " + Long.toHexString(mask)).orElse(UNREADABLE),
                held,
                status);
    }

    private static long dropped(Restraints restraints) {
        return Capability.mask(restraints.dropped());
    }

    /** Entering a user namespace gives all that the kernel knows, whatever the host's root lacks; user_namespaces(7). */
    private Optional<Long> everyCapability() {
        return text(proc.resolve("sys/kernel/cap_last_cap"))
                .map(last -> (1L << Integer.parseInt(last.strip()) + 1) - 1);
    }

    private Promise systemCalls(Restraints restraints, Path status, Optional<String> words) {
        String promised = "filtered by " + restraints.instructions() + " instructions, " + restraints.digest();
        long ours = field(text(proc.resolve("self/status")), FILTERS, 10).orElse(0L);
        Optional<Long> mode = field(words, "Seccomp:", 10);
        Optional<Long> filters = field(words, FILTERS, 10);
        // A manager that runs behind a filter itself, say in a container, has handed that one on.
        boolean held = mode.equals(Optional.of(FILTER_MODE)) && filters.equals(Optional.of(ours + 1));
        String found = mode.isEmpty()
                ? UNREADABLE
                : "mode " + mode.get() + ", " + filters.map(String::valueOf).orElse("?") + " filters";
        return promise(Resource.SYSTEM_CALLS, promised, held ? promised : found, held, status);
    }

    /** Through the files that the holder keeps open: those of the partition's user namespace, whoever reads them. */
    private Promise limits(Restraints restraints, Path holder) {
        Map<String, String> found = new TreeMap<>();
        Path descriptors = holder.resolve("fd");
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path each : open) {
                String target = Files.readSymbolicLink(each).toString();
                int at = target.indexOf(LIMITS);
                if (at >= 0) {
                    found.put(
                            target.substring(at + LIMITS.length()).split(" ")[0],
                            text(each).map(String::strip).orElse(UNREADABLE));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            found.clear();
        }
        Map<String, String> wanted = new TreeMap<>();
        restraints.kernelObjects().forEach((name, most) -> wanted.put(name, most.toString()));
        boolean held = found.equals(wanted);
        return promise(
                Resource.KERNEL_OBJECTS, list(wanted), found.isEmpty() ? UNREADABLE : list(found), held, descriptors);
    }

    private static String list(Map<String, String> limits) {
        return limits.entrySet().stream()
                .map(limit -> limit.getKey().replaceFirst("^max_", "") + " " + limit.getValue())
                .collect(Collectors.joining(", "));
    }

    private Promise devices(PartitionRecord partition) {
        Set<String> disks = cgroups.openedDisks(partition.name());
        String promised = Cgroups.devicesInWords(disks);
        Optional<Path> group = cgroups.deviceGroup(partition.name());
        return cgroups.readBackDevices(partition.name())
                .or(() -> group.flatMap(there -> devices.look(there, disks))
                        .map(finding -> new Promise(
                                Resource.DEVICES,
                                promised,
                                finding.held() ? promised + " (" + finding.readBack() + ")" : finding.readBack(),
                                Strength.CAPPED,
                                finding.held(),
                                group.map(Path::toString).orElse(""),
                                finding.reason())))
                .orElseGet(() -> new Promise(
                        Resource.DEVICES,
                        promised,
                        promised,
                        Strength.CAPPED,
                        true,
                        group.map(Path::toString).orElse("/proc/cgroups"),
                        Optional.of(
                                "by the user namespace alone, in which mknod(2) is refused, and nodev on every mount:"
                                        + " this host lets nobody load a device program")));
    }

    private static Promise promise(Resource resource, String promised, String readBack, boolean held, Path evidence) {
        return new Promise(resource, promised, readBack, Strength.CAPPED, held, evidence.toString(), Optional.empty());
    }

    /** A number of /proc/PID/status; proc(5). Each label begins a line, the first one apart. */
    private static Optional<Long> field(Optional<String> status, String label, int radix) {
        return status.flatMap(text -> {
            int at = text.indexOf("\n" + label);
            return at < 0
                    ? Optional.empty()
                    : Optional.of(Long.parseUnsignedLong(
                            text.substring(at + 1 + label.length(), text.indexOf('\n', at + 1))
                                    .strip(),
                            radix));
        });
    }

    private static Optional<String> text(Path path) {
        try {
            return Optional.of(KernelText.read(path));
        } catch (IOException e) {
            // It has ended.
            return Optional.empty();
        }
    }

    private static String words(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
