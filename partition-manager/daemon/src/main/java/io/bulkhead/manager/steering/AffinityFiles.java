package io.bulkhead.manager.steering;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The kernel's files about who may use which CPU, below {@code root/proc} and {@code root/sys}. They behave like those of
 * control groups, one setting a file and one write(2) each, so they go through the same port.
 */
final class AffinityFiles {
    static final String DEFAULT = "default_smp_affinity";
    static final String WORKQUEUES = "workqueue";

    private final CgroupFiles files;
    private final Path interrupts;
    private final Path workqueue;
    private final Path requested;
    private final Path online;

    AffinityFiles(CgroupFiles files, Path root) {
        this.files = files;
        this.interrupts = root.resolve("proc/irq");
        Path workqueues = root.resolve("sys/devices/virtual/workqueue");
        this.workqueue = workqueues.resolve("cpumask");
        this.requested = workqueues.resolve("cpumask_requested");
        this.online = root.resolve("sys/devices/system/cpu/online");
    }

    /** What a key stands for. */
    static String inWords(String key, String name) {
        return switch (key) {
            case DEFAULT -> "the default for new interrupts";
            case WORKQUEUES -> "the kernel's unbound workers";
            default -> "interrupt " + key + " (" + name + ")";
        };
    }

    CpuSet online() {
        return CpuSet.parse(files.read(online));
    }

    /** The interrupts that have a file, by number; most of those that nobody handles among them. */
    List<String> interrupts() {
        return files.groupsIn(interrupts).stream()
                .map(directory -> String.valueOf(directory.getFileName()))
                .filter(number -> number.matches("[0-9]{1,9}"))
                .sorted(Comparator.comparingInt(Integer::parseInt))
                .toList();
    }

    /** The names of an interrupt's handlers, with commas between; empty if nobody handles it. */
    String handlers(String interrupt) {
        return files.groupsIn(interrupts.resolve(interrupt)).stream()
                .map(handler -> String.valueOf(handler.getFileName()))
                .collect(Collectors.joining(", "));
    }

    /** The CPUs that the hardware was told to fire on; absent where the kernel does not say. */
    Optional<CpuSet> effective(String interrupt) {
        return list(interrupts.resolve(interrupt).resolve("effective_affinity_list"))
                .filter(cpus -> !cpus.isEmpty());
    }

    /** Where an interrupt may fire that is set up later; absent where the kernel has no such file. */
    Optional<CpuSet> newInterrupts() {
        return mask(interrupts.resolve(DEFAULT));
    }

    /** Where unbound workqueues may run now. */
    Optional<CpuSet> workqueues() {
        return mask(workqueue);
    }

    /** Where they were last told to run by a write; the kernel itself takes isolated CPUs out of that (since 6.7). */
    Optional<CpuSet> requestedWorkqueues() {
        return mask(requested).or(this::workqueues);
    }

    private Optional<CpuSet> mask(Path file) {
        return files.exists(file) ? Optional.of(CpuMask.parse(files.read(file))) : Optional.empty();
    }

    /** The CPUs of one file now; absent if it is gone. */
    Optional<CpuSet> cpus(String key) {
        return switch (key) {
            case DEFAULT -> newInterrupts();
            case WORKQUEUES -> requestedWorkqueues();
            default -> list(listFile(key));
        };
    }

    /** Throws {@link CgroupException} with the kernel's words. */
    void set(String key, CpuSet cpus) {
        switch (key) {
            case DEFAULT -> files.write(interrupts.resolve(DEFAULT), CpuMask.format(cpus));
            case WORKQUEUES -> files.write(workqueue, CpuMask.format(cpus));
            default -> files.write(listFile(key), cpus.toString());
        }
    }

    private Path listFile(String interrupt) {
        return interrupts.resolve(interrupt).resolve("smp_affinity_list");
    }

    /** Interrupts come and go with their devices, also between two calls. */
    private Optional<CpuSet> list(Path file) {
        try {
            return files.exists(file) ? Optional.of(CpuSet.parse(files.read(file))) : Optional.empty();
        } catch (CgroupException e) {
            if (files.exists(file)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
