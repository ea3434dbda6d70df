package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Unified;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory tree that imitates a version 2 hierarchy where its behaviour matters: which controllers a new group has,
 * what a full group refuses, how lines change; cpuset partitions are left to {@link FakeCpusets}. Checked against the
 * live kernel by {@link Cgroup2FilesContract}.
 */
final class FakeCgroup2Tree implements CgroupFiles {
    static final long PAGE = 4096;
    private static final List<String> CONTROLLERS = List.of("cpuset", "cpu", "io", "memory", "pids");

    private final Path root;
    private final KernelCgroupFiles files = new KernelCgroupFiles();
    private final FakeCpusets cpusets;
    final List<String> chowned = new ArrayList<>();
    final List<String> writes = new ArrayList<>();

    /**
     * @param knowsExclusive whether the kernel has {@code cpuset.cpus.exclusive}
     */
    FakeCgroup2Tree(Path root, boolean knowsExclusive) {
        this.root = root;
        this.cpusets = new FakeCpusets(root, knowsExclusive);
        put(root.resolve("cgroup.controllers"), String.join(" ", CONTROLLERS));
        put(root.resolve("cgroup.subtree_control"), "memory pids");
        put(root.resolve("cgroup.procs"), "");
        put(root.resolve("cpuset.cpus.effective"), "0-3");
        put(root.resolve("cpuset.mems.effective"), "0-1");
    }

    Unified unified() {
        return new Unified(root, CONTROLLERS, Set.of("nsdelegate", "memory_recursiveprot"));
    }

    Path path(String relative) {
        return root.resolve(relative);
    }

    /** A process in the root group. */
    void addProcess(long pid) {
        addLine(root.resolve("cgroup.procs"), pid);
    }

    void endProcess(long pid) {
        everyGroup().forEach(group -> removeLine(group.resolve("cgroup.procs"), pid));
        count();
    }

    /** What a CPU that goes, or comes back, does. */
    void setOnline(CpuSet cpus) {
        cpusets.setOnline(cpus);
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
        put(group.resolve("cgroup.procs"), "");
        put(group.resolve("cgroup.threads"), "");
        put(group.resolve("cgroup.subtree_control"), "");
        put(group.resolve("cgroup.events"), "populated 0\nfrozen 0");
        put(group.resolve("cgroup.freeze"), "0");
        put(group.resolve("cgroup.kill"), "");
        put(group.resolve("cgroup.max.descendants"), "max");
        put(group.resolve("cgroup.max.depth"), "max");
        equip(group);
    }

    /** Gives a group the files of what is switched on above it, and takes away the others. */
    private void equip(Path group) {
        Set<String> on = words(parent(group).resolve("cgroup.subtree_control"));
        put(group.resolve("cgroup.controllers"), String.join(" ", on));
        for (String controller : CONTROLLERS) {
            Map<String, String> defaults = defaults(controller);
            if (on.contains(controller)
                    && !Files.exists(group.resolve(defaults.keySet().iterator().next()))) {
                defaults.forEach((file, text) -> put(group.resolve(file), text));
            } else if (!on.contains(controller)) {
                defaults.keySet().forEach(file -> delete(group.resolve(file)));
            }
        }
        cpusets.settle();
    }

    private Map<String, String> defaults(String controller) {
        Map<String, String> files = new LinkedHashMap<>();
        switch (controller) {
            case "cpuset" -> {
                for (String file : List.of("cpuset.cpus", "cpuset.mems", "cpuset.mems.effective")) {
                    files.put(file, "");
                }
                files.put("cpuset.cpus.effective", "");
                files.put("cpuset.cpus.partition", "member");
                if (cpusets.knowsExclusive()) {
                    files.put("cpuset.cpus.exclusive", "");
                }
            }
            case "cpu" -> {
                files.put("cpu.max", "max 100000");
                files.put("cpu.max.burst", "0");
                files.put("cpu.weight", "100");
                files.put("cpu.stat", "usage_usec 0\nuser_usec 0\nsystem_usec 0");
            }
            case "io" -> files.put("io.max", "");
            case "memory" -> {
                files.put("memory.max", "max");
                files.put("memory.high", "max");
                files.put("memory.min", "0");
                files.put("memory.swap.max", "max");
                files.put("memory.oom.group", "0");
                files.put("memory.current", "0");
                files.put("memory.events", "low 0\noom 0\noom_kill 0");
            }
            case "pids" -> {
                files.put("pids.max", "max");
                files.put("pids.events", "max 0");
                files.put("pids.current", "0");
            }
            default -> throw new IllegalArgumentException(controller);
        }
        return files;
    }

    @Override
    public void removeGroup(Path group) {
        if (!files.groupsIn(group).isEmpty()
                || !text(group.resolve("cgroup.procs")).isBlank()) {
            throw refused(group, "remove", "Device or resource busy");
        }
        delete(group);
        cpusets.settle();
    }

    @Override
    public void write(Path file, String value) {
        if (!Files.exists(file)) {
            throw refused(file, value, "No such file or directory");
        }
        Path group = parent(file);
        String name = String.valueOf(file.getFileName());
        switch (name) {
            case "cgroup.procs" -> enter(file, group, value);
            case "cgroup.subtree_control" -> switchControllers(file, group, value);
            case "cgroup.kill" ->
                walk(group).filter(path -> path.endsWith("cgroup.procs")).forEach(path -> put(path, ""));
            case "cgroup.freeze" -> put(file, value);
            case "cpuset.cpus", "cpuset.cpus.exclusive", "cpuset.cpus.partition", "cpuset.mems" ->
                cpusets.write(file, group, name, value);
            case "memory.max", "memory.min", "memory.high", "memory.swap.max" ->
                put(file, value.equals("max") ? value : String.valueOf(Long.parseLong(value) / PAGE * PAGE));
            case "cpu.max" -> put(file, value.contains(" ") ? value : value + " 100000");
            case "io.max" -> writeIo(file, value);
            default -> put(file, value);
        }
        writes.add(root.relativize(file) + " " + value);
        count();
    }

    private void enter(Path file, Path group, String value) {
        if (!group.equals(root)
                && !words(group.resolve("cgroup.subtree_control")).isEmpty()) {
            throw refused(file, value, "Device or resource busy");
        }
        long pid = Long.parseLong(value);
        everyGroup().forEach(other -> removeLine(other.resolve("cgroup.procs"), pid));
        addLine(file, pid);
    }

    private void switchControllers(Path file, Path group, String value) {
        Set<String> on = words(file);
        for (String word : value.split(" ", -1)) {
            String controller = word.substring(1);
            if (word.startsWith("+")) {
                if (!words(group.resolve("cgroup.controllers")).contains(controller)) {
                    throw refused(file, value, "No such file or directory");
                }
                if (!group.equals(root) && !text(group.resolve("cgroup.procs")).isBlank()) {
                    throw refused(file, value, "Device or resource busy");
                }
                on.add(controller);
            } else {
                for (Path inside : groupsIn(group)) {
                    if (words(inside.resolve("cgroup.subtree_control")).contains(controller)) {
                        throw refused(file, value, "Device or resource busy");
                    }
                }
                on.remove(controller);
            }
        }
        put(file, CONTROLLERS.stream().filter(on::contains).collect(Collectors.joining(" ")));
        groupsIn(group).forEach(this::equip);
    }

    private void writeIo(Path file, String value) {
        String[] words = value.split(" ", -1);
        Map<String, String> lines = new TreeMap<>();
        text(file).lines().forEach(line -> lines.put(line.split(" ", -1)[0], line));
        Map<String, String> bounds = new LinkedHashMap<>();
        for (String key : List.of("rbps", "wbps", "riops", "wiops")) {
            bounds.put(key, "max");
        }
        for (String bound : Arrays.asList(words).subList(1, words.length)) {
            String[] pair = bound.split("=", -1);
            if (pair[1].equals("0")) {
                throw refused(file, value, "Numerical result out of range");
            }
            bounds.put(pair[0], pair[1]);
        }
        lines.remove(words[0]);
        if (bounds.values().stream().anyMatch(bound -> !bound.equals("max"))) {
            lines.put(
                    words[0],
                    words[0] + " "
                            + bounds.entrySet().stream()
                                    .map(bound -> bound.getKey() + "=" + bound.getValue())
                                    .collect(Collectors.joining(" ")));
        }
        put(file, String.join("\n", lines.values()));
    }

    /** Brings {@code cgroup.events} to what is inside. */
    private void count() {
        for (Path group : everyGroup()) {
            if (!group.equals(root)) {
                boolean populated = walk(group)
                        .filter(path -> path.endsWith("cgroup.procs"))
                        .anyMatch(path -> !text(path).isBlank());
                String frozen = frozen(group) ? "1" : "0";
                put(group.resolve("cgroup.events"), "populated " + (populated ? 1 : 0) + "\nfrozen " + frozen);
            }
        }
    }

    private boolean frozen(Path group) {
        return !group.equals(root)
                && (text(group.resolve("cgroup.freeze")).strip().equals("1") || frozen(parent(group)));
    }

    private List<Path> everyGroup() {
        return walk(root)
                .filter(path -> path.endsWith("cgroup.procs"))
                .map(FakeCgroup2Tree::parent)
                .toList();
    }

    private static Set<String> words(Path file) {
        return Arrays.stream(text(file).strip().split(" ", -1))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
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

    static CgroupException refused(Path path, String what, String words) {
        return new CgroupException("write '" + what + "' to " + path + ": " + words);
    }

    static Path parent(Path path) {
        return Optional.ofNullable(path.getParent()).orElseThrow();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes past all rules. */
    static void put(Path file, String text) {
        try {
            Files.createDirectories(parent(file));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path path) {
        walk(path).sorted(Comparator.reverseOrder()).forEach(each -> {
            try {
                Files.deleteIfExists(each);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    static Stream<Path> walk(Path directory) {
        if (!Files.exists(directory)) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            return all.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
