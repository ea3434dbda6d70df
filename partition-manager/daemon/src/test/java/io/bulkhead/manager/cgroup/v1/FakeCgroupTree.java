package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A directory tree that imitates version 1 hierarchies where their behaviour matters: what a new group holds, which
 * cpuset writes are refused, what a full group refuses, how lists change. Checked against the live kernel by {@link
 * CgroupV1IT}.
 */
final class FakeCgroupTree implements CgroupFiles {
    static final List<String> CONTROLLERS =
            List.of("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids");
    static final long PAGE = 4096;
    private static final String NO_LIMIT = String.valueOf(Long.MAX_VALUE / PAGE * PAGE);

    private final Path root;
    private final KernelCgroupFiles files = new KernelCgroupFiles();
    final List<String> chowned = new ArrayList<>();

    FakeCgroupTree(Path root) {
        this.root = root;
        for (String controller : CONTROLLERS) {
            newGroup(root.resolve(controller));
        }
        newGroup(root.resolve("systemd"));
        put(root.resolve("cpuset/cpuset.cpus"), "0-3");
        put(root.resolve("cpuset/cpuset.effective_cpus"), "0-3");
        put(root.resolve("cpuset/cpuset.mems"), "0-1");
        put(root.resolve("cpuset/cpuset.cpu_exclusive"), "1");
    }

    Path path(String relative) {
        return root.resolve(relative);
    }

    Path proc() {
        return root.resolve("proc");
    }

    CgroupHierarchies hierarchies() {
        List<Hierarchy> mounted = new ArrayList<>();
        for (String controller : CONTROLLERS) {
            mounted.add(new Hierarchy(List.of(controller), Optional.empty(), root.resolve(controller), "/"));
        }
        mounted.add(new Hierarchy(List.of(), Optional.of("systemd"), root.resolve("systemd"), "/"));
        return new CgroupHierarchies(mounted, Optional.empty(), Set.copyOf(CONTROLLERS));
    }

    /** A process in the root group of every hierarchy. */
    void addProcess(long pid, boolean kernelThread) {
        for (String hierarchy : hierarchyNames()) {
            addLine(root.resolve(hierarchy).resolve("cgroup.procs"), pid);
        }
        String flags = kernelThread ? "2097216" : "4194304";
        put(proc().resolve(pid + "/stat"), pid + " (a name) S 1 1 1 0 -1 " + flags + " 0 0");
        describe(pid);
    }

    void endProcess(long pid) {
        everyGroup().forEach(group -> removeLine(group.resolve("cgroup.procs"), pid));
        delete(proc().resolve(String.valueOf(pid)));
    }

    /** Every file below a directory with its text. */
    Map<String, String> snapshot() {
        Map<String, String> texts = new TreeMap<>();
        walk(root)
                .filter(Files::isRegularFile)
                .forEach(file -> texts.put(root.relativize(file).toString(), text(file)));
        return texts;
    }

    @Override
    public String read(Path file) {
        return files.read(file);
    }

    @Override
    public boolean exists(Path path) {
        return files.exists(path);
    }

    @Override
    public List<Path> groupsIn(Path group) {
        return files.groupsIn(group);
    }

    @Override
    public void chown(Path path, long uid, long gid) {
        chowned.add(root.relativize(path) + " " + uid + ":" + gid);
    }

    @Override
    public void makeGroup(Path group) {
        if (!Files.isDirectory(parent(group))) {
            throw refused(group, "make", "No such file or directory");
        }
        if (Files.exists(group)) {
            throw refused(group, "make", "File exists");
        }
        newGroup(group);
    }

    @Override
    public void removeGroup(Path group) {
        if (!files.groupsIn(group).isEmpty()
                || !text(group.resolve("cgroup.procs")).isBlank()) {
            throw refused(group, "remove", "Device or resource busy");
        }
        delete(group);
    }

    @Override
    public void write(Path file, String value) {
        if (!Files.exists(file)) {
            throw refused(file, value, "No such file or directory");
        }
        Path group = parent(file);
        switch (String.valueOf(file.getFileName())) {
            case "cpuset.cpus" -> writeCpus(file, group, value);
            case "cpuset.mems" -> writeMems(file, group, value);
            case "cpuset.cpu_exclusive" -> writeExclusive(file, group, value);
            case "cgroup.procs", "tasks" -> enter(file, group, value);
            case "devices.deny" ->
                put(
                        group.resolve("devices.list"),
                        value.equals("a") ? "" : text(group.resolve("devices.list")).replace(value + "\n", ""));
            case "devices.allow" ->
                put(group.resolve("devices.list"), text(group.resolve("devices.list")) + value + "\n");
            case "memory.limit_in_bytes" ->
                writeMemory(file, value, group.resolve("memory.memsw.limit_in_bytes"), true);
            case "memory.memsw.limit_in_bytes" ->
                writeMemory(file, value, group.resolve("memory.limit_in_bytes"), false);
            case "freezer.state" ->
                walk(group).filter(path -> path.endsWith("freezer.state")).forEach(path -> put(path, value));
            default -> {
                if (String.valueOf(file.getFileName()).startsWith("blkio.throttle.")) {
                    writeThrottle(file, value);
                } else {
                    put(file, value);
                }
            }
        }
    }

    private void writeCpus(Path file, Path group, String value) {
        CpuSet cpus = CpuSet.parse(value);
        if (cpus.isEmpty() && flag(group)) {
            throw refused(file, value, "Device or resource busy");
        }
        if (!cpus(parent(group)).containsAll(cpus)) {
            throw refused(file, value, "Permission denied");
        }
        for (Path child : groupsIn(group)) {
            if (!cpus.containsAll(cpus(child))) {
                throw refused(file, value, "Device or resource busy");
            }
        }
        refuseOverlap(file, group, cpus, flag(group));
        if (cpus.isEmpty() && !text(group.resolve("cgroup.procs")).isBlank()) {
            throw refused(file, value, "No space left on device");
        }
        put(file, cpus.toString());
        put(group.resolve("cpuset.effective_cpus"), cpus.toString());
    }

    private void writeMems(Path file, Path group, String value) {
        NodeSet nodes = NodeSet.parse(value);
        if (!nodes(parent(group)).containsAll(nodes)) {
            throw refused(file, value, "Permission denied");
        }
        for (Path child : groupsIn(group)) {
            if (!nodes.containsAll(nodes(child))) {
                throw refused(file, value, "Device or resource busy");
            }
        }
        put(file, nodes.toString());
    }

    private void writeExclusive(Path file, Path group, String value) {
        if (value.equals("1")) {
            if (!flag(parent(group))) {
                throw refused(file, value, "Permission denied");
            }
            refuseOverlap(file, group, cpus(group), true);
        }
        put(file, value);
    }

    private void refuseOverlap(Path file, Path group, CpuSet cpus, boolean exclusive) {
        for (Path sibling : groupsIn(parent(group))) {
            if (!sibling.equals(group)
                    && (exclusive || flag(sibling))
                    && cpus(sibling).intersects(cpus)) {
                throw refused(file, cpus.toString(), "Invalid argument");
            }
        }
    }

    private void enter(Path file, Path group, String value) {
        long pid = value.equals("0") ? Thread.currentThread().getId() : Long.parseLong(value);
        if (Files.exists(group.resolve("cpuset.cpus"))
                && (cpus(group).isEmpty() || nodes(group).isEmpty())) {
            throw refused(file, value, "No space left on device");
        }
        Path hierarchy = root.resolve(root.relativize(group).getName(0));
        Path stat = proc().resolve(pid + "/stat");
        if (Files.exists(stat) && text(stat).contains(" 2097216 ")) {
            throw refused(file, value, "Invalid argument");
        }
        walk(hierarchy).filter(path -> path.endsWith("cgroup.procs")).forEach(path -> removeLine(path, pid));
        addLine(group.resolve("cgroup.procs"), pid);
        if (Files.exists(proc().resolve(pid + "/cgroup"))) {
            describe(pid);
        }
    }

    private void writeMemory(Path file, String value, Path other, boolean lower) {
        long pages = Long.parseLong(value) / PAGE * PAGE;
        // Without swap accounting there is no second bound.
        long bound = Files.exists(other) ? Long.parseLong(text(other).strip()) : Long.MAX_VALUE;
        if (lower ? pages > bound : pages < bound) {
            throw refused(file, value, "Invalid argument");
        }
        put(file, String.valueOf(pages));
    }

    private void writeThrottle(Path file, String value) {
        String[] words = value.split(" ", -1);
        Map<String, String> lines = new TreeMap<>();
        text(file).lines().map(line -> line.split(" ", -1)).forEach(line -> lines.put(line[0], line[1]));
        lines.remove(words[0]);
        if (!words[1].equals("0")) {
            lines.put(words[0], words[1]);
        }
        StringBuilder text = new StringBuilder();
        lines.forEach(
                (device, bound) -> text.append(device).append(' ').append(bound).append('\n'));
        put(file, text.toString());
    }

    private void newGroup(Path group) {
        Map<String, String> defaults = new HashMap<>(Map.of("cgroup.procs", "", "tasks", "", "notify_on_release", "0"));
        String hierarchy = root.relativize(group).getName(0).toString();
        switch (hierarchy) {
            case "cpuset" ->
                defaults.putAll(Map.of(
                        "cpuset.cpus",
                        "",
                        "cpuset.effective_cpus",
                        "",
                        "cpuset.mems",
                        "",
                        "cpuset.cpu_exclusive",
                        "0",
                        "cpuset.mem_hardwall",
                        "0"));
            case "cpu" ->
                defaults.putAll(Map.of(
                        "cpu.cfs_quota_us",
                        "-1",
                        "cpu.cfs_period_us",
                        "100000",
                        "cpu.shares",
                        "1024",
                        "cpu.cfs_burst_us",
                        "0"));
            case "cpuacct" -> defaults.put("cpuacct.usage", "0");
            case "memory" ->
                defaults.putAll(Map.of(
                        "memory.limit_in_bytes",
                        NO_LIMIT,
                        "memory.memsw.limit_in_bytes",
                        NO_LIMIT,
                        "memory.swappiness",
                        "60",
                        "memory.use_hierarchy",
                        "1",
                        "memory.usage_in_bytes",
                        "0",
                        "memory.oom_control",
                        "oom_kill_disable 0\nunder_oom 0\noom_kill 0"));
            case "pids" -> defaults.putAll(Map.of("pids.max", "max", "pids.current", "0", "pids.events", "max 0"));
            case "freezer" -> defaults.put("freezer.state", "THAWED");
            case "devices" -> {
                Path above = parent(group).resolve("devices.list");
                defaults.putAll(Map.of("devices.deny", "", "devices.allow", ""));
                defaults.put("devices.list", Files.exists(above) ? text(above) : "a *:* rwm\n");
            }
            case "blkio" ->
                List.of("read_bps", "write_bps", "read_iops", "write_iops")
                        .forEach(bound -> defaults.put("blkio.throttle." + bound + "_device", ""));
            default -> {}
        }
        defaults.forEach((file, text) -> put(group.resolve(file), text));
    }

    private void describe(long pid) {
        StringBuilder text = new StringBuilder();
        for (String hierarchy : hierarchyNames()) {
            walk(root.resolve(hierarchy))
                    .filter(path -> path.endsWith("cgroup.procs"))
                    .filter(path -> text(path).lines().anyMatch(line -> line.equals(String.valueOf(pid))))
                    .forEach(path -> text.append("1:")
                            .append(hierarchy.equals("systemd") ? "name=systemd" : hierarchy)
                            .append(":/")
                            .append(root.resolve(hierarchy).relativize(parent(path)))
                            .append('\n'));
        }
        put(proc().resolve(pid + "/cgroup"), text.toString());
    }

    private static List<String> hierarchyNames() {
        List<String> names = new ArrayList<>(CONTROLLERS);
        names.add("systemd");
        return names;
    }

    private List<Path> everyGroup() {
        return walk(root)
                .filter(path -> path.endsWith("cgroup.procs"))
                .map(FakeCgroupTree::parent)
                .toList();
    }

    private static CpuSet cpus(Path group) {
        return CpuSet.parse(text(group.resolve("cpuset.cpus")));
    }

    private static NodeSet nodes(Path group) {
        return NodeSet.parse(text(group.resolve("cpuset.mems")));
    }

    private static boolean flag(Path group) {
        return text(group.resolve("cpuset.cpu_exclusive")).strip().equals("1");
    }

    private static void addLine(Path file, long pid) {
        Set<String> lines = new TreeSet<>(text(file).lines().toList());
        lines.add(String.valueOf(pid));
        put(file, String.join("\n", lines));
    }

    private static void removeLine(Path file, long pid) {
        Set<String> lines = new TreeSet<>(text(file).lines().toList());
        if (lines.remove(String.valueOf(pid))) {
            put(file, String.join("\n", lines));
        }
    }

    private static CgroupException refused(Path path, String what, String words) {
        return new CgroupException("write '" + what + "' to " + path + ": " + words);
    }

    private static Path parent(Path path) {
        return Optional.ofNullable(path.getParent()).orElseThrow();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes past all rules: what somebody else did. */
    static void put(Path file, String text) {
        try {
            Files.createDirectories(parent(file));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> walk(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        walk(directory).sorted(Comparator.reverseOrder()).forEach(path -> {
            try {
                Files.delete(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
