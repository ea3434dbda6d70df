package io.bulkhead.harness.bench;

import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.wire.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code config.json} of an OCI bundle with the walls and limits of a partition; OCI runtime specification 1.0. */
final class OciBundle {
    private static final String[] NAMESPACES = {"pid", "network", "ipc", "uts", "mount", "user", "cgroup"};
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/kcore",
            "/proc/keys",
            "/proc/timer_list",
            "/proc/kallsyms",
            "/proc/key-users",
            "/proc/vmallocinfo",
            "/proc/iomem",
            "/proc/ioports",
            "/proc/config.gz",
            "/sys/firmware");
    private static final List<String> READ_ONLY = List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys");

    private OciBundle() {}

    /**
     * Writes a bundle onto a stage and returns its directory.
     *
     * @param root of its file system
     * @param group the cgroup's path
     * @param terminal whether process 1 gets a terminal of its own
     */
    static Path write(Stage stage, String name, Path root, Terms terms, String group, boolean terminal) {
        return write(
                stage,
                name,
                root,
                process(terminal, Terms.PROGRAM),
                new Json.Array(mounts()),
                linux(terms, group, resources(terms)));
    }

    /**
     * Writes a bundle whose process 1 does nothing, without a terminal, for others to be started beside it.
     *
     * @param writesPerSecond how often it may write to the disk, where the terms have one
     * @param var what it has as /var
     */
    static Path writeWaiting(
            Stage stage,
            String name,
            Path root,
            Terms terms,
            long writesPerSecond,
            String group,
            List<String> program,
            Path var) {
        List<Json> mounts = new ArrayList<>(mounts());
        mounts.add(object(Map.of())
                .with("destination", Json.of("/var"))
                .with("type", Json.of("bind"))
                .with("source", Json.of(var.toString()))
                .with("options", texts(List.of("bind", "rw"))));
        Json.Obj resources = terms.disk()
                .map(disk -> resources(terms)
                        .with(
                                "blockIO",
                                throttles(terms, disk)
                                        .with("throttleWriteIOPSDevice", throttle(disk, writesPerSecond))))
                .orElseGet(() -> resources(terms));
        return write(
                stage, name, root, process(false, program), new Json.Array(mounts), linux(terms, group, resources));
    }

    private static Path write(Stage stage, String name, Path root, Json process, Json mounts, Json linux) {
        Json.Obj config = object(Map.of())
                .with("ociVersion", Json.of("1.0.0"))
                .with("process", process)
                .with("root", object(Map.of("path", Json.of(root.toString()), "readonly", Json.of(false))))
                .with("hostname", Json.of("bench"))
                .with("mounts", mounts)
                .with("linux", linux);
        return stage.write(name + "/config.json", config.toString()).getParent();
    }

    private static Json.Obj process(boolean terminal, List<String> program) {
        return object(Map.of())
                .with("terminal", Json.of(terminal))
                .with("user", object(Map.of("uid", Json.of(0), "gid", Json.of(0))))
                .with("args", texts(program))
                .with("env", texts(List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin")))
                .with("cwd", Json.of("/"));
    }

    private static List<Json> mounts() {
        return List.of(
                mount("/proc", "proc"),
                mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=1m"),
                mount("/dev/pts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
                mount("/dev/shm", "tmpfs", "nosuid", "nodev", "mode=1777", "size=512m"),
                mount("/dev/mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                mount("/sys", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                mount("/sys/fs/cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro"),
                mount("/run", "tmpfs", "nosuid", "nodev", "mode=755", "size=64m"),
                mount("/tmp", "tmpfs", "nosuid", "nodev", "mode=1777", "size=512m"));
    }

    private static Json mount(String destination, String type, String... options) {
        return object(Map.of())
                .with("destination", Json.of(destination))
                .with("type", Json.of(type))
                .with("source", Json.of(type))
                .with("options", texts(Arrays.asList(options)));
    }

    private static Json.Obj linux(Terms terms, String group, Json resources) {
        Json ids = new Json.Array(List.of(object(Map.of())
                .with("containerID", Json.of(0))
                .with("hostID", Json.of(terms.uidBase()))
                .with("size", Json.of(Terms.UIDS))));
        return object(Map.of())
                .with("cgroupsPath", Json.of(group))
                .with(
                        "namespaces",
                        new Json.Array(Arrays.stream(NAMESPACES)
                                .map(type -> (Json) object(Map.of("type", Json.of(type))))
                                .toList()))
                .with("uidMappings", ids)
                .with("gidMappings", ids)
                .with("resources", resources)
                .with("maskedPaths", texts(MASKED))
                .with("readonlyPaths", texts(READ_ONLY));
    }

    private static Json.Obj resources(Terms terms) {
        Json.Obj cpu = object(Map.of())
                .with("cpus", Json.of(terms.poolCpus().toString()))
                .with("mems", Json.of("0"));
        if (terms.cpuMillis() > 0) {
            cpu = cpu.with("quota", Json.of(terms.cpuMillis() * 100L)).with("period", Json.of(100_000));
        }
        Json.Obj memory = object(Map.of("limit", Json.of(terms.memoryBytes()), "swap", Json.of(terms.memoryBytes())));
        Json.Obj resources = object(Map.of())
                .with("cpu", cpu)
                .with("memory", memory)
                .with("pids", object(Map.of("limit", Json.of(terms.tasks()))));
        return terms.disk()
                .map(disk -> resources.with("blockIO", throttles(terms, disk)))
                .orElse(resources);
    }

    private static Json throttle(Disk disk, long rate) {
        String[] numbers = disk.device().split(":");
        return new Json.Array(List.of(object(Map.of())
                .with("major", Json.of(Long.parseLong(numbers[0])))
                .with("minor", Json.of(Long.parseLong(numbers[1])))
                .with("rate", Json.of(rate))));
    }

    private static Json.Obj throttles(Terms terms, Disk disk) {
        Json each = throttle(disk, terms.ioBytesPerSecond());
        return object(Map.of("throttleReadBpsDevice", each, "throttleWriteBpsDevice", each));
    }

    private static Json.Obj object(Map<String, Json> members) {
        return new Json.Obj(new LinkedHashMap<>(members));
    }

    private static Json.Array texts(List<String> texts) {
        return new Json.Array(texts.stream().map(text -> (Json) Json.of(text)).toList());
    }
}
