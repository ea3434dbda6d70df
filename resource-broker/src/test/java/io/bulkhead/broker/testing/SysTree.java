package io.bulkhead.broker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files of {@code /sys} and {@code /proc} that describe a machine, under a directory of a test. */
public final class SysTree {
    private final Path root;

    public SysTree(Path root) {
        this.root = root;
    }

    /** One socket with two CPUs of one thread each, as small virtual machines are: no node directory at all. */
    public static SysTree oneSocketTwoCpu(Path root) {
        return new SysTree(root)
                .file("sys/devices/system/cpu/online", "0-1")
                .cpu(0, 0, 0, "0")
                .cpu(1, 0, 1, "1")
                .memInfo("proc/meminfo", "", 4_000_000);
    }

    /** Two sockets, one node each, eight cores of two threads; siblings are n and n+8. */
    public static SysTree twoSocketTwoNodeSmtEightCore(Path root) {
        SysTree tree = new SysTree(root).file("sys/devices/system/cpu/online", "0-15");
        for (int core = 0; core < 8; core++) {
            tree.cpu(core, core / 4, core % 4, core + "," + (core + 8));
            tree.cpu(core + 8, core / 4, core % 4, core + "," + (core + 8));
        }
        return tree.file("sys/devices/system/node/online", "0-1")
                .node(0, "0-3,8-11", 16_000_000)
                .node(1, "4-7,12-15", 8_000_000)
                .memInfo("proc/meminfo", "", 24_000_000);
    }

    /** Eight possible CPUs with two threads a core of which 1 and 6 are offline; nodes 0 and 2, the latter without memory. */
    public static SysTree holesAndOffline(Path root) {
        SysTree tree = new SysTree(root).file("sys/devices/system/cpu/online", "0,2-5,7");
        for (int id : new int[] {0, 2, 3, 4, 5, 7}) {
            int first = id / 2 * 2;
            tree.cpu(id, 0, id / 2 * 4, id == 0 ? "0" : id == 7 ? "7" : first + "-" + (first + 1));
        }
        return tree.file("sys/devices/system/node/online", "0,2")
                .node(0, "0-3", 6_000_000)
                .node(2, "4-7", 0)
                .memInfo("proc/meminfo", "", 6_000_000);
    }

    public SysTree cpu(int id, int packageId, int coreId, String siblings) {
        String topology = "sys/devices/system/cpu/cpu" + id + "/topology/";
        return file(topology + "physical_package_id", String.valueOf(packageId))
                .file(topology + "core_id", String.valueOf(coreId))
                .file(topology + "core_cpus_list", siblings);
    }

    public SysTree node(int id, String cpus, long kibibytes) {
        String directory = "sys/devices/system/node/node" + id + "/";
        return file(directory + "cpulist", cpus).memInfo(directory + "meminfo", "Node " + id + " ", kibibytes);
    }

    public SysTree memInfo(String path, String prefix, long kibibytes) {
        return file(path, prefix + "MemTotal:       " + kibibytes + " kB\n" + prefix + "MemFree:  12 kB");
    }

    public SysTree file(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path root() {
        return root;
    }
}
