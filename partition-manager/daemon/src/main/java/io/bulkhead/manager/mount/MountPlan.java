package io.bulkhead.manager.mount;

import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.Cgroups.CgroupMount;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.mount.KernelFiles.Treatment;
import io.bulkhead.manager.mount.MountStep.BlockNode;
import io.bulkhead.manager.mount.MountStep.Console;
import io.bulkhead.manager.mount.MountStep.DeviceNode;
import io.bulkhead.manager.mount.MountStep.Directory;
import io.bulkhead.manager.mount.MountStep.FileSystem;
import io.bulkhead.manager.mount.MountStep.IdmappedBind;
import io.bulkhead.manager.mount.MountStep.IdmappedBindIfPresent;
import io.bulkhead.manager.mount.MountStep.LockReadOnly;
import io.bulkhead.manager.mount.MountStep.MaskDirectory;
import io.bulkhead.manager.mount.MountStep.MaskFile;
import io.bulkhead.manager.mount.MountStep.Proc;
import io.bulkhead.manager.mount.MountStep.RemountReadOnly;
import io.bulkhead.manager.mount.MountStep.ShownText;
import io.bulkhead.manager.mount.MountStep.Symlink;
import io.bulkhead.manager.mount.MountStep.TextFile;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.MountFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The file system of a partition as ordered steps: a sparse root on tmpfs, the host's /usr read-only, private /etc,
 * /var, /home, /root and /srv, and kernel file systems with what concerns the host masked.
 *
 * <p>What the partition itself may have written is shown last ({@link #ownFiles}): until then programs run in the new
 * root with the host's power, and the dynamic loader obeys {@code /etc/ld.so.preload} (ld.so(8)).
 *
 * @param root steps before the pivot; nothing in them touches a path that the partition can write
 * @param kernel steps inside the partition's namespaces, after the pivot
 * @param ownFiles the partition's own directories, after the last program has run there on the host's behalf; their sources
 *     are relative to wherever they are kept
 */
public record MountPlan(List<MountStep> root, List<MountStep> kernel, List<MountStep> ownFiles) {
    /** The group tty of Debian; its members may write to terminals. */
    static final int GROUP_TTY = 5;

    /** The group disk of Debian. */
    static final int GROUP_DISK = 6;

    /** Devpts instances share kernel.pty.max with the host; no partition takes more of it than this. */
    private static final int TERMINALS = 256;

    /** What is behind the texts that are shown in place of the kernel's. */
    static final String SHOWN = "/run/.shown";

    private static final String GROUPS = "/sys/fs/cgroup";
    private static final String DPKG = "/var/lib/dpkg";
    private static final List<String> OWN = List.of("etc", "var", "home", "root", "srv");

    /** What the root has by itself of the directories that something may be shown below. */
    private static final Set<String> MADE = Set.of("/mnt", "/media");

    private static final Set<MountFlag> NO_DEVICES = EnumSet.of(MountFlag.NO_SUID, MountFlag.NO_DEV);
    private static final Set<MountFlag> DATA_ONLY = EnumSet.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC);

    public MountPlan {
        root = List.copyOf(root);
        kernel = List.copyOf(kernel);
        ownFiles = List.copyOf(ownFiles);
    }

    /**
     * Plans a boot.
     *
     * @param groups to be mounted below /sys/fs/cgroup
     * @param layout of the host
     */
    public static MountPlan of(RootRequest request, InitProgram init, List<CgroupMount> groups, HostLayout layout) {
        List<MountStep> root = new ArrayList<>();
        addRoot(root, request, layout);
        addDevices(root, request.ids(), request.console());
        addVolatile(root, request.ids());
        addStorage(root, request.storage());
        addInit(root, init);
        List<MountStep> kernel = new ArrayList<>();
        addKernelFileSystems(kernel, groups);
        addMasks(kernel, layout);
        kernel.add(new Directory(SHOWN, 0755));
        new TreeMap<>(request.shownTexts()).forEach((target, text) -> kernel.add(new ShownText(target, text)));
        return new MountPlan(root, kernel, ownFiles(layout));
    }

    /** The first step of all: what the root is on. */
    public List<MountStep> rootMount() {
        return root.subList(0, 1);
    }

    /** What is made inside it. */
    public List<MountStep> rootContent() {
        return root.subList(1, root.size());
    }

    /** Every step in the order in which they are performed. */
    public List<MountStep> steps() {
        return Stream.of(root, kernel, ownFiles).flatMap(List::stream).toList();
    }

    /** The paths whose existence on the host decides about a step. */
    static Set<String> optionalPaths() {
        Set<String> paths = new TreeSet<>(Set.of(DPKG, "/opt"));
        paths.addAll(KernelFiles.paths());
        return paths;
    }

    private static void addRoot(List<MountStep> steps, RootRequest request, HostLayout layout) {
        steps.add(new FileSystem(
                "/", "tmpfs", Set.of(MountFlag.NO_DEV), owned(request.ids(), "mode=0755,size=4m,nr_inodes=4096")));
        for (String name : List.of("usr", "dev", "proc", "sys", "run", "etc", "var", "home", "srv", "mnt", "media")) {
            steps.add(new Directory("/" + name, 0755));
        }
        steps.add(new Directory("/root", 0700));
        steps.add(new Directory("/tmp", 0755));
        steps.add(hostDirectory("usr"));
        if (request.hostOpt() && layout.present().contains("/opt")) {
            steps.add(new Directory("/opt", 0755));
            steps.add(hostDirectory("opt"));
        }
        new TreeMap<>(layout.rootLinks()).forEach((name, target) -> steps.add(new Symlink("/" + name, target)));
        for (String name : new TreeSet<>(layout.rootDirectories())) {
            steps.add(new Directory("/" + name, 0755));
            steps.add(hostDirectory(name));
        }
    }

    private static IdmappedBind hostDirectory(String name) {
        return new IdmappedBind(
                Path.of("/", name), "/" + name, EnumSet.of(MountAttribute.READ_ONLY, MountAttribute.NO_DEV));
    }

    private static void addDevices(List<MountStep> steps, UidRange range, Path console) {
        steps.add(new FileSystem(
                "/dev",
                "tmpfs",
                EnumSet.of(MountFlag.NO_SUID, MountFlag.NO_EXEC),
                owned(range, "mode=0755,size=1m,nr_inodes=1024")));
        steps.add(new DeviceNode("/dev/null", 1, 3));
        steps.add(new DeviceNode("/dev/zero", 1, 5));
        steps.add(new DeviceNode("/dev/full", 1, 7));
        steps.add(new DeviceNode("/dev/random", 1, 8));
        steps.add(new DeviceNode("/dev/urandom", 1, 9));
        steps.add(new DeviceNode("/dev/tty", 5, 0));
        steps.add(new Directory("/dev/pts", 0755));
        steps.add(new FileSystem(
                "/dev/pts",
                "devpts",
                EnumSet.of(MountFlag.NO_SUID, MountFlag.NO_EXEC),
                "newinstance,ptmxmode=0666,mode=0620,gid=" + (range.base() + GROUP_TTY) + ",max=" + TERMINALS));
        steps.add(new Symlink("/dev/ptmx", "pts/ptmx"));
        steps.add(new Symlink("/dev/fd", "/proc/self/fd"));
        steps.add(new Symlink("/dev/stdin", "/proc/self/fd/0"));
        steps.add(new Symlink("/dev/stdout", "/proc/self/fd/1"));
        steps.add(new Symlink("/dev/stderr", "/proc/self/fd/2"));
        steps.add(new Directory("/dev/shm", 0755));
        steps.add(new FileSystem("/dev/shm", "tmpfs", NO_DEVICES, owned(range, "mode=1777,size=512m")));
        steps.add(new Directory("/dev/mqueue", 0755));
        steps.add(new Console(console));
    }

    /** Nodes of disks, and places outside of the partition's own files. */
    private static void addStorage(List<MountStep> steps, StoragePlan storage) {
        for (StoragePlan.DiskNode disk : storage.disks()) {
            steps.add(new BlockNode("/dev/" + disk.name(), disk.major(), disk.minor()));
        }
        Set<String> made = new TreeSet<>(MADE);
        for (InsidePath place : storage.places()) {
            if (!isInOwnFiles(place)) {
                for (int end = 1; end > 0; ) {
                    end = place.value().indexOf('/', end + 1);
                    String directory = end < 0 ? place.value() : place.value().substring(0, end);
                    if (made.add(directory)) {
                        steps.add(new Directory(directory, 0755));
                    }
                }
            }
        }
    }

    /** Whether a place is below one of the directories that the partition keeps. */
    static boolean isInOwnFiles(InsidePath place) {
        return OWN.stream().anyMatch(name -> place.value().startsWith("/" + name + "/"));
    }

    /** What is empty at each boot. Its pages count against the partition's memory; the sizes only bound an accident. */
    private static void addVolatile(List<MountStep> steps, UidRange range) {
        steps.add(new FileSystem("/run", "tmpfs", NO_DEVICES, owned(range, "mode=0755,size=64m")));
        steps.add(new Directory("/run/lock", 01777));
        steps.add(new TextFile("/run/utmp", "", 0644));
        steps.add(new FileSystem("/tmp", "tmpfs", NO_DEVICES, owned(range, "mode=1777,size=512m")));
    }

    private static void addInit(List<MountStep> steps, InitProgram init) {
        for (String directory : init.directories()) {
            steps.add(new Directory(directory, 0755));
        }
        new TreeMap<>(init.files()).forEach((path, content) -> steps.add(new TextFile(path, content, 0755)));
        new TreeMap<>(init.links()).forEach((path, target) -> steps.add(new Symlink(path, target)));
    }

    private static void addKernelFileSystems(List<MountStep> steps, List<CgroupMount> groups) {
        Set<MountFlag> readOnly =
                EnumSet.of(MountFlag.READ_ONLY, MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC);
        steps.add(new FileSystem("/sys", "sysfs", readOnly, ""));
        steps.add(new FileSystem("/dev/mqueue", "mqueue", DATA_ONLY, ""));
        for (CgroupMount mount : groups) {
            if (!mount.directory().isEmpty()) {
                steps.add(new Directory(place(mount), 0755));
            }
            steps.add(new FileSystem(place(mount), mount.type(), DATA_ONLY, mount.options()));
        }
        // Only now: the directories of the later ones are made in the first.
        groups.stream()
                .filter(mount -> !mount.writable())
                .map(mount -> new RemountReadOnly(place(mount)))
                .forEach(steps::add);
        steps.add(new Proc());
    }

    private static String place(CgroupMount mount) {
        return mount.directory().isEmpty() ? GROUPS : GROUPS + "/" + mount.directory();
    }

    private static void addMasks(List<MountStep> steps, HostLayout layout) {
        KernelFiles.with(Treatment.LOCKED)
                .filter(layout.present()::contains)
                .map(LockReadOnly::new)
                .forEach(steps::add);
        KernelFiles.with(Treatment.EMPTY_FILE)
                .filter(layout.present()::contains)
                .map(MaskFile::new)
                .forEach(steps::add);
        KernelFiles.with(Treatment.EMPTY_DIRECTORY)
                .filter(layout.present()::contains)
                .map(MaskDirectory::new)
                .forEach(steps::add);
    }

    private static List<MountStep> ownFiles(HostLayout layout) {
        List<MountStep> steps = new ArrayList<>();
        for (String name : OWN) {
            // Set-user-id programs of its own stay possible, as on any machine; they cannot reach beyond its ids.
            steps.add(new IdmappedBind(Path.of(name), "/" + name, EnumSet.of(MountAttribute.NO_DEV)));
        }
        if (layout.present().contains(DPKG)) {
            steps.add(new IdmappedBindIfPresent(new IdmappedBind(
                    Path.of(DPKG),
                    DPKG,
                    EnumSet.of(
                            MountAttribute.READ_ONLY,
                            MountAttribute.NO_SUID,
                            MountAttribute.NO_DEV,
                            MountAttribute.NO_EXEC))));
        }
        return steps;
    }

    private static String owned(UidRange range, String options) {
        return "uid=" + range.base() + ",gid=" + range.base() + "," + options;
    }
}
