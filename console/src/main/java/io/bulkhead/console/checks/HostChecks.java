package io.bulkhead.console.checks;

import io.bulkhead.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether Bulkhead can work on a host, with a remedy for what it lacks. Usable when nothing is up. */
public final class HostChecks {
    /** Programs that the two processes or partitions use, with the Debian package of each. */
    private static final Map<String, String> PROGRAMS = programs();

    /** Those that only partitions with a network need. */
    private static final Map<String, String> NETWORK_PROGRAMS = networkPrograms();

    private static final int OLDEST_JAVA = 17;
    private static final long FEW_TERMINALS = 32;

    private final HostFiles files;
    private final Settings settings;
    private final Leftovers leftovers;

    /**
     * @param root of the file system, {@code /} on the live machine
     */
    public HostChecks(Path root, Settings settings) {
        this.files = new HostFiles(root);
        this.settings = settings;
        this.leftovers = new Leftovers(root, settings);
    }

    private static Map<String, String> programs() {
        Map<String, String> programs = new LinkedHashMap<>();
        programs.put("setpriv", "util-linux");
        programs.put("setsid", "util-linux");
        programs.put("unshare", "util-linux");
        programs.put("perl", "perl-base");
        programs.put("mount", "mount");
        programs.put("login", "login");
        programs.put("stty", "coreutils");
        return programs;
    }

    private static Map<String, String> networkPrograms() {
        Map<String, String> programs = new LinkedHashMap<>();
        programs.put("ip", "iproute2");
        programs.put("tc", "iproute2");
        programs.put("nft", "nftables");
        return programs;
    }

    /**
     * Everything, in the order in which it matters.
     *
     * @param up whether the instance is up, so that what it holds is in use rather than left over
     */
    public List<Finding> all(boolean up) {
        List<Finding> all = new ArrayList<>();
        all.add(java());
        all.addAll(new HardeningChecks(files, settings).all());
        all.addAll(new ControlGroupChecks(files, settings.instance().value()).all());
        all.add(programsFound());
        all.add(views());
        all.add(network());
        all.add(terminals());
        all.add(tick());
        all.add(osIsMerged());
        all.add(disk());
        all.add(directory("state directory", settings.stateDirectory()));
        all.add(directory("run directory", settings.runDirectory()));
        if (!up) {
            all.add(left("control groups left over", leftovers.groups()));
            all.add(left("mounts left over", leftovers.mounts()));
            all.add(left("processes left over", leftovers.processes()));
            all.add(left("loop devices left over", leftovers.loopDevices()));
            all.add(left("network interfaces left over", leftovers.interfaces()));
            all.add(left("packet filter tables left over", leftovers.filterTables()));
        }
        return all;
    }

    private static Finding java() {
        int version = Runtime.version().feature();
        String found = Runtime.version() + " (" + System.getProperty("java.home") + ")";
        return version >= OLDEST_JAVA
                ? Finding.good("Java", found)
                : Finding.bad("Java", found, "apt-get install openjdk-17-jre-headless");
    }

    private Finding programsFound() {
        List<String> missing = PROGRAMS.keySet().stream()
                .filter(program -> !files.hasProgram(program))
                .toList();
        return missing.isEmpty()
                ? Finding.good("programs", String.join(", ", PROGRAMS.keySet()))
                : Finding.bad(
                        "programs",
                        "missing: " + String.join(", ", missing),
                        "apt-get install "
                                + missing.stream().map(PROGRAMS::get).distinct().collect(Collectors.joining(" ")));
    }

    /** Partitions start without, and see the host's CPUs and memory in /proc. */
    private Finding views() {
        String what = "views of /proc";
        if (!files.hasProgram("lxcfs")) {
            return Finding.weak(
                    what, "no lxcfs: free and top inside show the host", "apt-get install lxcfs; it is found at once");
        }
        if (!files.exists("/dev/fuse")) {
            return Finding.weak(what, "no /dev/fuse: free and top inside show the host", "modprobe fuse");
        }
        return files.exists("/proc/self/timens_offsets")
                ? Finding.good(what, "lxcfs, and clocks of their own")
                : Finding.good(what, "lxcfs; clocks are the host's, this kernel has no time namespaces");
    }

    /** Nothing is wrong without: only partitions with a share of the network need them. */
    private Finding network() {
        List<String> missing = NETWORK_PROGRAMS.keySet().stream()
                .filter(program -> !files.hasProgram(program))
                .toList();
        Optional<String> collision = new SubnetCheck(files).collision(settings);
        if (missing.isEmpty() && collision.isPresent()) {
            return Finding.weak(
                    "network",
                    "no partition can have one: " + collision.get() + ", which is not apart from network.subnet = "
                            + settings.network().subnet(),
                    SubnetCheck.REMEDY);
        }
        return missing.isEmpty()
                ? Finding.good("network", String.join(", ", NETWORK_PROGRAMS.keySet()))
                : Finding.good(
                        "network",
                        "without " + String.join(", ", missing)
                                + " no partition can have a network; apt-get install "
                                + missing.stream()
                                        .map(NETWORK_PROGRAMS::get)
                                        .distinct()
                                        .collect(Collectors.joining(" ")));
    }

    private Finding terminals() {
        String what = "pseudoterminals";
        if (!files.exists("/dev/ptmx")) {
            return Finding.bad(what, "there is no /dev/ptmx", "mount -t devpts devpts /dev/pts");
        }
        long most = files.number("/proc/sys/kernel/pty/max").orElse(Long.MAX_VALUE);
        long used = files.number("/proc/sys/kernel/pty/nr").orElse(0L);
        String found = used + " of " + most + " in use";
        String remedy = "sysctl kernel.pty.max=" + Math.max(4096, 2 * most);
        if (most - used >= FEW_TERMINALS) {
            return Finding.good(what, found);
        }
        return most > used ? Finding.weak(what, found, remedy) : Finding.bad(what, found, remedy);
    }

    /** Nothing is wrong without: it decides about the highest level of isolation alone. */
    private Finding tick() {
        String what = "kernel's tick";
        String tickless = files.text("/sys/devices/system/cpu/nohz_full").orElse("");
        return tickless.isEmpty() || tickless.contains("null")
                ? Finding.good(what, "on every CPU; whole CPUs without it need nohz_full=CPUS rcu_nocbs=CPUS at boot")
                : Finding.good(what, "kept off CPUs " + tickless + " by nohz_full");
    }

    private Finding osIsMerged() {
        boolean merged = Files.isSymbolicLink(files.at("/bin")) && Files.isSymbolicLink(files.at("/lib"));
        return merged
                ? Finding.good("file system layout", "/usr is merged")
                : Finding.bad("file system layout", "/bin or /lib is apart from /usr", "apt-get install usrmerge");
    }

    /** The block device under the state directory, by the longest mount point above it. */
    private Finding disk() {
        String what = "disk of the partitions";
        String device = files.mounts().stream()
                .filter(mount -> settings.stateDirectory().startsWith(mount.point()))
                .reduce((one, other) -> other.point().length() >= one.point().length() ? other : one)
                .map(MountLine::device)
                .orElse("0:0");
        boolean isBlock = !device.startsWith("0:") && files.exists("/sys/dev/block/" + device);
        return isBlock
                ? Finding.good(what, device + " under " + settings.stateDirectory())
                : Finding.weak(
                        what,
                        "no block device under " + settings.stateDirectory() + " (" + device + ")",
                        "I/O cannot be bounded; move instance.state_dir to a file system on a disk");
    }

    private Finding directory(String what, Path directory) {
        Path there = files.at(directory.toString());
        if (Files.isDirectory(there)) {
            return Finding.good(what, directory.toString());
        }
        return Files.exists(there)
                ? Finding.bad(what, directory + " is no directory", "remove it")
                : Finding.good(what, directory + ", made by 'bulkhead up'");
    }

    private static Finding left(String what, List<String> found) {
        return found.isEmpty()
                ? Finding.good(what, "none")
                : Finding.weak(
                        what,
                        found.size() + ": " + found.stream().limit(3).collect(Collectors.joining(", ")),
                        "'bulkhead up' takes up or removes what an earlier manager left; then 'bulkhead down'");
    }
}
