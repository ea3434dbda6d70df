package io.bulkhead.harness.acceptance;

import io.bulkhead.contract.hardware.CpuSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The hardware and kernel that the tests run on, as /sys tells. */
final class ThisHost {
    /** Property: the host is a guest of the lab, thrown away after the run. */
    private static final String LAB = "bulkhead.test.lab";

    private static final Set<String> CONTROLLERS = Set.of("cpuset", "cpu", "io", "memory", "pids");
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");

    private ThisHost() {}

    static boolean isDisposable() {
        return Boolean.getBoolean(LAB);
    }

    static boolean hasCgroupV2() {
        Path controllers = Path.of("/sys/fs/cgroup/cgroup.controllers");
        return Files.exists(controllers) && Set.of(text(controllers).split(" ")).containsAll(CONTROLLERS);
    }

    static CpuSet onlineCpus() {
        return CpuSet.parse(text(CPUS.resolve("online")));
    }

    static int nodes() {
        try (Stream<Path> entries = Files.list(Path.of("/sys/devices/system/node"))) {
            return (int) entries.filter(path -> path.getFileName().toString().matches("node\\d+"))
                    .count();
        } catch (IOException e) {
            return 1;
        }
    }

    /** The CPUs of the core that a CPU is a thread of. */
    static CpuSet siblings(int cpu) {
        return CpuSet.parse(text(CPUS.resolve("cpu" + cpu + "/topology/thread_siblings_list")));
    }

    /** How many CPUs one core is, the least that can be had whole, as one writes it. */
    static String oneCore() {
        return Integer.toString(siblings(0).size());
    }

    /**
     * A part of a CPU, given as it would do on a real machine, for partitions that only have to get something done: more
     * where processors are emulated, a twentieth as fast, and the pool is a core with two threads.
     */
    static String partOfCpu(String onRealMachine) {
        return isDisposable() && siblings(0).size() > 1
                ? new BigDecimal(onRealMachine).multiply(BigDecimal.valueOf(3)).toPlainString()
                : onRealMachine;
    }

    /** The NUMA node of a CPU. */
    static int nodeOf(int cpu) {
        for (int node = 0; node < nodes(); node++) {
            if (cpusOfNode(node).contains(cpu)) {
                return node;
            }
        }
        throw new IllegalStateException("CPU " + cpu + " is on no node");
    }

    static CpuSet cpusOfNode(int node) {
        return CpuSet.parse(text(Path.of("/sys/devices/system/node/node" + node + "/cpulist")));
    }

    /** The block device, as MAJOR:MINOR, that volumes below a directory are on; its name in /sys/block of the disk. */
    static String diskOf(Path directory) {
        String source = Commands.run(
                        List.of("findmnt", "-no", "SOURCE", "-T", directory.toString()), "", Patience.seconds(10))
                .out()
                .strip();
        return Path.of(source).getFileName().toString();
    }

    /** What a host must have for these needs and this one has not. */
    static List<String> lacks(RequiresHost needs) {
        List<String> missing = new ArrayList<>();
        note(missing, needs.cgroupV2() && !hasCgroupV2(), "control groups of version 2");
        note(missing, nodes() < needs.nodes(), needs.nodes() + " NUMA nodes, here " + nodes());
        int online = onlineCpus().size();
        note(missing, online < needs.cpus(), needs.cpus() + " CPUs, here " + online);
        note(missing, needs.threads() && siblings(0).size() < 2, "cores with two threads");
        note(
                missing,
                needs.nvme()
                        && !diskOf(Path.of(System.getProperty("java.io.tmpdir")))
                                .startsWith("nvme"),
                "volumes on NVMe");
        note(missing, needs.disposable() && !isDisposable(), "a host that is thrown away: the lab");
        return missing;
    }

    private static void note(List<String> missing, boolean isMissing, String what) {
        if (isMissing) {
            missing.add(what);
        }
    }

    /**
     * Whether root of this host may do something; not every host leaves it everything.
     *
     * @param capability its number, capabilities(7)
     */
    static boolean rootHas(int capability) {
        long effective = Long.parseUnsignedLong(
                line(Path.of("/proc/self/status"), "CapEff:").get(1), 16);
        return (effective >> capability & 1) != 0;
    }

    static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a process is called; empty where it has ended meanwhile. */
    static Optional<String> nameOf(long pid) {
        try {
            return Optional.of(text(Path.of("/proc/" + pid + "/comm")));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Words of one line of a file whose first word is this. */
    static List<String> line(Path file, String first) {
        return text(file)
                .lines()
                .map(line -> Arrays.asList(line.split("\\s+")))
                .filter(words -> words.get(0).equals(first))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(file + " has no line " + first));
    }
}
