package io.bulkhead.manager.mount;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of /proc and /sys a partition does not get as it is, each with its reason: the lists of runc, crun and systemd-nspawn,
 * and what kernels up to 6.18 have added. Most belongs to the host's root, who nobody inside is, so that this is a second
 * wall; what everybody may read or write it is the first for. Pure.
 */
final class KernelFiles {
    /** What is done with a path. */
    enum Treatment {
        /** Can be read, not written, whoever it belongs to. */
        LOCKED,
        /** A file that is empty. */
        EMPTY_FILE,
        /** A directory with nothing inside. */
        EMPTY_DIRECTORY
    }

    /**
     * A path.
     *
     * @param reason why
     */
    record Entry(String path, Treatment treatment, String reason) {}

    private static final List<Entry> ENTRIES = List.of(
            locked(
                    "/proc/sys",
                    "settings of the whole kernel, core_pattern among them, which names a program of the host's"),
            locked("/proc/sysrq-trigger", "reboots and crashes the host"),
            locked("/proc/irq", "where interrupts go"),
            locked("/proc/bus", "configuration space of PCI and USB devices"),
            locked("/proc/fs", "settings of file systems of the host"),
            locked("/proc/asound", "sound cards"),
            locked("/proc/mtrr", "caching of memory ranges"),
            locked("/proc/pressure", "everybody may set triggers here, each of which is work for the kernel"),
            locked("/proc/dynamic_debug", "what the kernel logs"),
            file("/proc/kcore", "the memory of the machine"),
            file("/proc/kallsyms", "addresses in the kernel, of use to who attacks it"),
            file("/proc/kmsg", "the kernel's log, and reading takes it away from the host"),
            file("/proc/keys", "keys of the host by name"),
            file("/proc/key-users", "who of the host has keys"),
            file("/proc/timer_list", "addresses in the kernel, and processes of others"),
            file("/proc/timer_stats", "processes of others"),
            file("/proc/sched_debug", "processes and groups of others"),
            file("/proc/latency_stats", "what others wait for"),
            file("/proc/kpagecount", "use of each page of the machine, of use to who attacks memory (rowhammer)"),
            file("/proc/kpageflags", "the same"),
            file("/proc/kpagecgroup", "the same"),
            file("/proc/vmallocinfo", "addresses in the kernel"),
            file("/proc/slabinfo", "objects of the kernel: a channel between partitions"),
            file("/proc/allocinfo", "the same, from kernel 6.10 on"),
            file("/proc/pagetypeinfo", "the same"),
            file(
                    "/proc/interrupts",
                    "when others type and work, in numbers; nothing inside is interrupted for its own"),
            file("/proc/iomem", "addresses of devices and of the kernel"),
            file("/proc/ioports", "the same"),
            file("/proc/config.gz", "what the kernel has, of use to who attacks it"),
            file("/proc/bootconfig", "how the host boots"),
            directory("/proc/acpi", "power and wake-up of the machine"),
            directory("/proc/scsi", "disks, and adding and removing them"),
            directory("/sys/devices/virtual/dmi", "serial numbers of the hardware, by which the host can be told"),
            directory("/sys/firmware", "tables of the firmware, EFI variables"),
            directory("/sys/kernel/debug", "the kernel's insides"),
            directory("/sys/kernel/tracing", "the same"),
            directory("/sys/kernel/security", "policies of the host's security modules"),
            directory("/sys/kernel/slab", "objects of the kernel: a channel between partitions"),
            directory("/sys/kernel/config", "devices and targets that the kernel is to make"),
            directory("/sys/fs/bpf", "programs and maps of the host"),
            directory("/sys/fs/pstore", "what the host left when it crashed"),
            directory(
                    "/sys/devices/virtual/powercap",
                    "power by the microsecond: what others compute can be told from it (PLATYPUS)"));

    private KernelFiles() {}

    /** All, those in /proc and /sys first that are locked. */
    static List<Entry> all() {
        return ENTRIES;
    }

    static Set<String> paths() {
        return ENTRIES.stream().map(Entry::path).collect(Collectors.toSet());
    }

    /** The paths with this treatment. */
    static Stream<String> with(Treatment treatment) {
        return ENTRIES.stream().filter(entry -> entry.treatment() == treatment).map(Entry::path);
    }

    private static Entry locked(String path, String reason) {
        return new Entry(path, Treatment.LOCKED, reason);
    }

    private static Entry file(String path, String reason) {
        return new Entry(path, Treatment.EMPTY_FILE, reason);
    }

    private static Entry directory(String path, String reason) {
        return new Entry(path, Treatment.EMPTY_DIRECTORY, reason);
    }
}
