package io.bulkhead.manager.steering;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A tree that imitates /proc/irq and the workqueues' files where they refuse: managed interrupts (EPERM), and masks without
 * a CPU that is online (EINVAL); kernel/irq/proc.c, kernel/workqueue.c.
 */
final class FakeAffinities implements CgroupFiles {
    private final Path root;
    private final KernelCgroupFiles files = new KernelCgroupFiles();
    private final Set<String> managed = new TreeSet<>();
    private CpuSet online;
    private CpuSet isolated = CpuSet.EMPTY;
    final List<String> writes = new ArrayList<>();

    FakeAffinities(Path root, CpuSet online) {
        this.root = root;
        this.online = online;
        put("sys/devices/system/cpu/online", online.toString());
        put("proc/irq/default_smp_affinity", CpuMask.format(online));
        put("sys/devices/virtual/workqueue/cpumask", CpuMask.format(online));
    }

    /** An interrupt whose handler lets it be moved. */
    void interrupt(int number, String name, String affinity) {
        put("proc/irq/" + number + "/smp_affinity_list", affinity);
        put(
                "proc/irq/" + number + "/effective_affinity_list",
                CpuSet.parse(affinity).ids().get(0).toString());
        if (!name.isEmpty()) {
            directory("proc/irq/" + number + "/" + name);
        }
    }

    /** A queue of a device that the kernel itself has spread over the CPUs. */
    void managedInterrupt(int number, String name, String affinity) {
        interrupt(number, name, affinity);
        managed.add(String.valueOf(number));
    }

    void remove(int number) {
        try (Stream<Path> all = Files.walk(root.resolve("proc/irq/" + number))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void setOnline(CpuSet cpus) {
        online = cpus;
        put("sys/devices/system/cpu/online", cpus.toString());
    }

    /** A kernel from 6.7 on: it keeps unbound workqueues off isolated CPUs by itself. */
    void isolate(CpuSet cpus) {
        isolated = cpus;
        Path requested = path("sys/devices/virtual/workqueue/cpumask_requested");
        if (!Files.exists(requested)) {
            put("sys/devices/virtual/workqueue/cpumask_requested", says("sys/devices/virtual/workqueue/cpumask"));
        }
        CpuSet wanted = CpuMask.parse(read(requested));
        put("sys/devices/virtual/workqueue/cpumask", CpuMask.format(wanted.minus(isolated)));
    }

    /** What somebody else writes, or irqbalance. */
    void somebodyWrites(String path, String text) {
        write(path(path), text);
        writes.clear();
    }

    String says(String path) {
        return read(path(path)).strip();
    }

    String affinity(int number) {
        return says("proc/irq/" + number + "/smp_affinity_list");
    }

    /** Every file that can be written, with what it says. */
    Map<String, String> snapshot() {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(file -> file.toString().contains("affinity")
                            || file.toString().contains("cpumask"))
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("effective"))
                    .forEach(file -> texts.put(
                            root.relativize(file).toString(), read(file).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    Path path(String relative) {
        return root.resolve(relative);
    }

    private void put(String path, String text) {
        try {
            directory(path(path).getParent().toString());
            Files.writeString(path(path), text + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void directory(String path) {
        try {
            Files.createDirectories(root.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(Path file, String text) {
        String path = root.relativize(file).toString();
        writes.add(path + " " + text);
        boolean list = path.endsWith("_list");
        CpuSet cpus = list ? CpuSet.parse(text) : CpuMask.parse(text);
        if (list && managed.contains(String.valueOf(file.getParent().getFileName()))) {
            throw new CgroupException("write '" + text + "' to " + file + ": Operation not permitted");
        }
        if (!cpus.intersects(online)) {
            throw new CgroupException("write '" + text + "' to " + file + ": Invalid argument");
        }
        put(path, list ? cpus.toString() : CpuMask.format(cpus));
        if (list) {
            put(
                    path.replace("smp_affinity_list", "effective_affinity_list"),
                    cpus.intersection(online).ids().get(0).toString());
        } else if (path.endsWith("workqueue/cpumask") && Files.exists(root.resolve(path + "_requested"))) {
            // The kernel takes a mask with isolated CPUs as it is: they are somebody's wish.
            put(path + "_requested", CpuMask.format(cpus));
        }
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
    public void makeGroup(Path group) {
        throw new UnsupportedOperationException("nobody makes groups here");
    }

    @Override
    public void removeGroup(Path group) {
        throw new UnsupportedOperationException("nobody removes groups here");
    }

    @Override
    public void chown(Path path, long uid, long gid) {
        throw new UnsupportedOperationException("nobody gives files away here");
    }
}
