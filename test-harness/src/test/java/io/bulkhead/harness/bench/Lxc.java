package io.bulkhead.harness.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** lxc-start(1) in the foreground. Its console goes to a terminal that is named, since there is no controlling one. */
final class Lxc implements Contender {
    private final Stage stage;
    private final Terms terms;
    private List<String> command = List.of();

    Lxc(Stage stage, Terms terms) {
        this.stage = stage;
        this.terms = terms;
    }

    @Override
    public String name() {
        return "lxc-start";
    }

    @Override
    public String version() {
        return "lxc " + Versions.of("lxc-start");
    }

    @Override
    public String terms() {
        return "all seven namespaces and the same limits; a terminal of its own; its root is ready-made";
    }

    @Override
    public void prepare() throws CannotRunException {
        String id = terms.instance() + "-lxc";
        String path = Versions.find("lxc-start", "lxc");
        Path root = stage.makeRoot(id, terms.uidBase());
        Path config = stage.write(id + "-state/config", config(id, root));
        command = new ArrayList<>(List.of(
                path,
                "-F",
                "-n",
                id,
                "-P",
                config.getParent().toString(),
                "-f",
                config.toString(),
                "-c",
                ConsoleRun.TERMINAL,
                "--"));
        command.addAll(Terms.PROGRAM);
    }

    private String config(String id, Path root) {
        List<String> lines = new ArrayList<>(List.of(
                "lxc.rootfs.path = dir:" + root,
                "lxc.uts.name = bench",
                "lxc.idmap = u 0 " + terms.uidBase() + " " + Terms.UIDS,
                "lxc.idmap = g 0 " + terms.uidBase() + " " + Terms.UIDS,
                "lxc.net.0.type = empty",
                "lxc.mount.auto = proc:mixed sys:ro cgroup:ro",
                "lxc.autodev = 1",
                "lxc.tty.max = 0",
                "lxc.pty.max = 256",
                "lxc.cgroup.dir = " + terms.instance() + "/" + id,
                "lxc.cgroup.cpuset.cpus = " + terms.poolCpus(),
                "lxc.cgroup.cpu.cfs_quota_us = " + terms.cpuMillis() * 100,
                "lxc.cgroup.memory.limit_in_bytes = " + terms.memoryBytes(),
                "lxc.cgroup.memory.memsw.limit_in_bytes = " + terms.memoryBytes(),
                "lxc.cgroup.pids.max = " + terms.tasks()));
        terms.disk().ifPresent(disk -> {
            for (String way : List.of("read", "write")) {
                lines.add("lxc.cgroup.blkio.throttle." + way + "_bps_device = " + disk.device() + " "
                        + terms.ioBytesPerSecond());
            }
        });
        return String.join("\n", lines) + "\n";
    }

    @Override
    public long start() throws CannotRunException {
        return ConsoleRun.nanosToFirstByte(stage, command);
    }

    @Override
    public void close() {
        // Its groups go with those of the instance, all else is on the stage.
    }
}
