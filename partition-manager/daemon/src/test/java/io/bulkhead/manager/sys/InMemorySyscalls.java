package io.bulkhead.manager.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in memory, good enough to drive a partition's start: descriptors, pipes, terminals, readiness, a tree of files
 * with mounts per namespace, roots per thread, and processes that run nothing ({@link InMemoryProcess}).
 *
 * <p>What the tree lacks is looked for on the real disk, where it counts as there but is never changed. A process has
 * {@code /proc/PID/{uid_map,gid_map,stat,ns/…,task/PID/children}}. A program with {@code --fork} among its arguments gets
 * a child, with whose end it ends. A call that would wait for ever fails after ten seconds.
 */
public final class InMemorySyscalls implements Syscalls {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int FIRST_DESCRIPTOR = 100;
    private static final Set<String> DONE_AT_ONCE = Set.of("true", "mount", "umount");
    private static final int INPUT_ENDED = 98;

    /** Something in the tree of files. */
    static final class Node {
        final String kind;
        private byte[] content = new byte[0];
        int mode;
        long uid;
        long gid;

        /** Whether it is a file of the kernel's that can be polled for changes, how often it has, and whether it is there. */
        boolean tellsChanges;

        long changes;
        long allocated;
        boolean gone;

        Node(String kind, int mode) {
            this.kind = kind;
            this.mode = mode;
        }

        byte[] content() {
            return content.clone();
        }

        void content(byte[] bytes) {
            content = bytes.clone();
        }
    }

    /** Where a thread or process stands: its mount namespace, root and working directory. */
    record Place(long mountNamespace, Path root, Path directory) {
        Path resolve(Path path) {
            return path.isAbsolute()
                    ? root.resolve(path.toString().substring(1)).normalize()
                    : directory.resolve(path).normalize();
        }
    }

    private record Mounted(Path target, Optional<Path> source, String what) {}

    private static final Path ROOT = Path.of("/");
    private static final Place HOST = new Place(0, ROOT, ROOT);

    private final Map<Integer, OpenFile> descriptors = new TreeMap<>();
    private final Map<Path, Node> nodes = new TreeMap<>();
    private final Map<Long, List<Mounted>> mounts = new HashMap<>(Map.of(0L, new ArrayList<>()));
    private final Map<Thread, Place> places = new WeakHashMap<>();
    private final Map<Long, InMemoryProcess> processes = new TreeMap<>();
    private final Map<Integer, OpenFile.End> masters = new HashMap<>();
    private final Map<Integer, WindowSize> windowSizes = new HashMap<>();
    private int nextDescriptor = FIRST_DESCRIPTOR;
    private long nextPid = 5_000_000;
    private long nextNamespace = 1;
    private int nextTerminal = 1_000;

    // ---- what tests set up and look at

    /** Puts a file into the tree. */
    public synchronized void addFile(Path path, String content) {
        Node node = new Node("file", 0644);
        node.content(content.getBytes(US_ASCII));
        nodes.put(path, node);
    }

    /** What is written to a file of the tree, by its path on the host. */
    public synchronized String contentOf(Path path) {
        return new String(nodes.get(path).content(), US_ASCII);
    }

    /** All paths made so far, as the host sees them. */
    public synchronized Set<Path> paths() {
        return Set.copyOf(nodes.keySet());
    }

    /** The processes that have not been reaped by us, or by the end of their parents. */
    public synchronized List<InMemoryProcess> processes() {
        return processes.values().stream().filter(process -> !process.reaped).toList();
    }

    /** Makes a process end. */
    public synchronized void end(long pid, ProcessEnd end) {
        end(processes.get(pid), end);
    }

    /** Mounts of the host's own namespace that calls have made. */
    public synchronized List<String> hostMounts() {
        return mounts.get(0L).stream().map(Mounted::what).toList();
    }

    /** Puts a file of the kernel's there, or changes it, with notice. */
    public synchronized void change(Path path, String text) {
        Node node = nodes.computeIfAbsent(path, absent -> new Node("file", 0444));
        node.tellsChanges = true;
        node.changes++;
        node.content(text.getBytes(US_ASCII));
        notifyAll();
    }

    /** Takes a file of the kernel's away, as the removal of its group does: without notice. */
    public synchronized void vanish(Path path) {
        Node node = nodes.remove(path);
        if (node != null) {
            node.gone = true;
        }
    }

    // ---- descriptors

    @Override
    public synchronized Fd open(Path path, Set<OpenFlag> flags) {
        return openResolved("open", "\"" + path + "\"", place().resolve(path), flags);
    }

    @Override
    public synchronized Fd openAt(Fd directory, String relativePath, Set<OpenFlag> flags) {
        String subject = directory + ", \"" + relativePath + "\"";
        OpenFile.TreeFile base = file("openat", subject, directory, OpenFile.TreeFile.class);
        return openResolved(
                "openat",
                subject,
                Path.of(base.description).resolve(relativePath).normalize(),
                flags);
    }

    /** The model follows no links anyway. */
    @Override
    public synchronized Fd openBeneath(Fd directory, String path, Set<OpenFlag> flags) {
        String subject = directory + ", \"" + path + "\"";
        OpenFile.TreeFile base = file("openat2", subject, directory, OpenFile.TreeFile.class);
        Path top = Path.of(base.description);
        Path target = top.resolve(path).normalize();
        if (!target.startsWith(top) || path.startsWith("..") || path.startsWith("/")) {
            throw new ErrnoException("openat2", Errno.EXDEV, subject);
        }
        for (Path each = target; each.startsWith(top); each = each.getParent()) {
            Node node = find(throughMounts(each));
            if (node != null && node.kind.startsWith("link")) {
                throw new ErrnoException("openat2", Errno.ELOOP, subject);
            }
            if (each.equals(top)) {
                break;
            }
        }
        return openResolved("openat2", subject, target, flags);
    }

    @Override
    public synchronized void allocate(Fd file, long bytes) {
        Node node = file("fallocate", file + ", " + bytes, file, OpenFile.TreeFile.class).node;
        node.allocated = Math.max(node.allocated, bytes);
    }

    @Override
    public synchronized long allocatedBytes(Path path) {
        Node node = existing("statx", path);
        return Math.max(node.allocated, node.content().length);
    }

    private Fd openResolved(String call, String subject, Path path, Set<OpenFlag> flags) {
        Path real = throughMounts(path);
        if (real.equals(Path.of("/dev/ptmx"))) {
            return openPseudoTerminal().master();
        }
        if (real.startsWith("/dev/pts") && real.getNameCount() == 3 && masters.containsKey(terminalOf(real))) {
            return openSlave(terminalOf(real));
        }
        Node node = find(real);
        if (node == null) {
            if (!flags.contains(OpenFlag.CREATE)) {
                throw new ErrnoException(call, Errno.ENOENT, subject);
            }
            node = create(call, subject, real, "file", 0600);
        }
        if (flags.contains(OpenFlag.DIRECTORY) && !node.kind.equals("directory")) {
            throw new ErrnoException(call, Errno.ENOTDIR, subject);
        }
        if (flags.contains(OpenFlag.TRUNCATE)) {
            node.content(new byte[0]);
        }
        OpenFile file = new OpenFile.TreeFile(real.toString(), node);
        file.nonBlocking = flags.contains(OpenFlag.NON_BLOCKING);
        return install(file);
    }

    private static int terminalOf(Path path) {
        String name = path.getFileName().toString();
        return name.chars().allMatch(Character::isDigit) ? Integer.parseInt(name) : -1;
    }

    private Fd openSlave(int number) {
        OpenFile.End master = masters.get(number);
        master.otherSideWasThere = true;
        OpenFile.End slave = new OpenFile.End("/dev/pts/" + number, master.peerIn(), master.in, Optional.of(number));
        slave.otherSideWasThere = true;
        return install(slave);
    }

    @Override
    public synchronized Pipe pipe() {
        OpenFile.Channel channel = new OpenFile.Channel();
        return new Pipe(
                install(new OpenFile.End("pipe's read end", channel, null, Optional.empty())),
                install(new OpenFile.End("pipe's write end", null, channel, Optional.empty())));
    }

    @Override
    public synchronized Pipe socketPair() {
        OpenFile.Channel there = new OpenFile.Channel();
        OpenFile.Channel back = new OpenFile.Channel();
        return new Pipe(
                install(new OpenFile.End("socket", there, back, Optional.empty())),
                install(new OpenFile.End("socket", back, there, Optional.empty())));
    }

    @Override
    public synchronized int read(Fd fd, byte[] into, int offset, int length) {
        OpenFile file = file("read", fd.toString(), fd, OpenFile.class);
        return transfer("read", fd, file, () -> file.read(into, offset, length));
    }

    @Override
    public int read(Fd fd, ByteBuffer into) {
        byte[] bytes = new byte[into.remaining()];
        int count = read(fd, bytes, 0, bytes.length);
        into.duplicate().put(bytes, 0, Math.max(count, 0));
        return count;
    }

    @Override
    public synchronized int readableBytes(Fd fd) {
        return file("FIONREAD", fd.toString(), fd, OpenFile.class).readableBytes();
    }

    @Override
    public synchronized int readAt(Fd fd, long position, byte[] into, int offset, int length) {
        OpenFile file = file("pread", fd.toString(), fd, OpenFile.class);
        return transfer("pread", fd, file, () -> file.readAt(position, into, offset, length));
    }

    @Override
    public synchronized int write(Fd fd, byte[] from, int offset, int length) {
        OpenFile file = file("write", fd.toString(), fd, OpenFile.class);
        int count = transfer("write", fd, file, () -> file.write(from, offset, length));
        settle();
        return count;
    }

    private int transfer(String call, Fd fd, OpenFile file, Supplier<Integer> attempt) {
        try {
            int[] count = {attempt.get()};
            if (count[0] == OpenFile.WOULD_BLOCK && file.nonBlocking) {
                throw new ErrnoException(call, Errno.EAGAIN, fd.toString());
            }
            while (count[0] == OpenFile.WOULD_BLOCK) {
                waitForChange(call + " of " + file.description);
                count[0] = attempt.get();
            }
            return count[0];
        } catch (OpenFile.Fault e) {
            throw new ErrnoException(call, e.errno(), fd.toString());
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's loop asks again
    private void waitForChange(String what) {
        long start = System.nanoTime();
        try {
            wait(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(what, e);
        }
        if (System.nanoTime() - start >= PATIENCE_NANOS) {
            throw new IllegalStateException("would wait for ever: " + what);
        }
    }

    @Override
    public synchronized Fd duplicate(Fd fd) {
        return install(file("fcntl", fd + ", F_DUPFD_CLOEXEC", fd, OpenFile.class));
    }

    @Override
    public synchronized void setNonBlocking(Fd fd, boolean nonBlocking) {
        file("fcntl", fd + ", F_GETFL", fd, OpenFile.class).nonBlocking = nonBlocking;
    }

    private Fd install(OpenFile file) {
        file.opened();
        int number = nextDescriptor++;
        descriptors.put(number, file);
        return new Fd(number, this::close);
    }

    private synchronized void close(int number) {
        OpenFile file = descriptors.remove(number);
        if (file == null) {
            throw new ErrnoException("close", Errno.EBADF, "fd " + number);
        }
        file.closed();
        settle();
    }

    private <F extends OpenFile> F file(String call, String subject, Fd fd, Class<F> type) {
        OpenFile file = descriptors.get(fd.number());
        if (file == null) {
            throw new ErrnoException(call, Errno.EBADF, subject);
        }
        if (!type.isInstance(file)) {
            throw new ErrnoException(call, Errno.EINVAL, subject);
        }
        return type.cast(file);
    }

    /** Lets processes whose input has ended end, and wakes those who wait. */
    private void settle() {
        for (InMemoryProcess process : List.copyOf(processes.values())) {
            boolean inputEnded = process.descriptors.values().stream()
                    .anyMatch(file -> file instanceof OpenFile.End end
                            && end.terminalNumber.isEmpty()
                            && end.in != null
                            && end.in.isEmpty()
                            && end.in.writers == 0);
            if (process.end.isEmpty() && process.parent == null && inputEnded) {
                end(process, new ProcessEnd.Exited(INPUT_ENDED));
            }
        }
        notifyAll();
    }

    // ---- file system

    @Override
    public synchronized void makeDirectory(Path path, int mode) {
        create("mkdir", "\"" + path + "\"", throughMounts(place().resolve(path)), "directory", mode);
    }

    @Override
    public synchronized void makeCharacterDevice(Path path, int mode, int major, int minor) {
        String kind = "character device " + major + ":" + minor;
        create("mknod", "\"" + path + "\"", throughMounts(place().resolve(path)), kind, mode);
    }

    @Override
    public synchronized void makeBlockDevice(Path path, int mode, int major, int minor) {
        String kind = "block device " + major + ":" + minor;
        create("mknod", "\"" + path + "\"", throughMounts(place().resolve(path)), kind, mode);
    }

    @Override
    public synchronized void makeDirectoryAt(Fd directory, String name, int mode) {
        String subject = directory + ", \"" + name + "\"";
        OpenFile.TreeFile base = file("mkdirat", subject, directory, OpenFile.TreeFile.class);
        create("mkdirat", subject, Path.of(base.description).resolve(name), "directory", mode);
    }

    @Override
    public synchronized void makeSymbolicLink(Path link, String target) {
        create("symlink", "\"" + link + "\"", throughMounts(place().resolve(link)), "link to " + target, 0777);
    }

    private Node create(String call, String subject, Path path, String kind, int mode) {
        if (find(path) != null) {
            throw new ErrnoException(call, Errno.EEXIST, subject);
        }
        if (path.getParent() == null || find(path.getParent()) == null) {
            throw new ErrnoException(call, Errno.ENOENT, subject);
        }
        Node node = new Node(kind, mode);
        nodes.put(path, node);
        return node;
    }

    @Override
    public synchronized void changeOwner(Path path, long uid, long gid) {
        Node node = existing("lchown", path);
        node.uid = uid;
        node.gid = gid;
    }

    @Override
    public synchronized void changeMode(Path path, int mode) {
        existing("chmod", path).mode = mode;
    }

    private Node existing(String call, Path path) {
        Node node = find(throughMounts(place().resolve(path)));
        if (node == null) {
            throw new ErrnoException(call, Errno.ENOENT, "\"" + path + "\"");
        }
        return node;
    }

    @Override
    public synchronized boolean exists(Path path) {
        return find(throughMounts(place().resolve(path))) != null;
    }

    private @Nullable Node find(Path path) {
        Node node = nodes.get(path);
        if (node == null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return new Node(Files.isDirectory(path) ? "directory" : "file", 0755);
        }
        if (node == null && path.startsWith("/dev/pts") && masters.containsKey(terminalOf(path))) {
            return new Node("character device", 0620);
        }
        return node;
    }

    /** Where a path leads once the binds over it are followed. */
    private Path throughMounts(Path path) {
        Path real = path;
        List<Mounted> own = mounts.get(place().mountNamespace());
        for (int i = own.size() - 1; i >= 0; i--) {
            Mounted mounted = own.get(i);
            if (mounted.source().isPresent() && real.startsWith(mounted.target())) {
                Path rest = mounted.target().relativize(real);
                real = mounted.source().get().resolve(rest).normalize();
            }
        }
        return real;
    }

    // ---- mounts

    @Override
    public synchronized void mount(String source, Path target, String type, Set<MountFlag> flags, String data) {
        Path place = place().resolve(target);
        String subject = "\"" + source + "\", \"" + target + "\", " + (type.isEmpty() ? flags.toString() : type);
        if (find(throughMounts(place)) == null) {
            throw new ErrnoException("mount", Errno.ENOENT, subject);
        }
        if (type.isEmpty() && !flags.contains(MountFlag.BIND) || flags.contains(MountFlag.REMOUNT)) {
            return;
        }
        Optional<Path> from = Optional.empty();
        if (flags.contains(MountFlag.BIND)) {
            from = Optional.of(throughMounts(place().resolve(Path.of(source))));
            if (!source.startsWith("/proc/self/fd/") && find(from.get()) == null) {
                throw new ErrnoException("mount", Errno.ENOENT, subject);
            }
        } else if (type.equals("proc")) {
            from = Optional.of(Path.of("/proc"));
        }
        mounts.get(place().mountNamespace()).add(new Mounted(place, from, source + " on " + place));
    }

    @Override
    public synchronized void unmount(Path target, boolean detach) {
        Path place = place().resolve(target);
        List<Mounted> own = mounts.get(place().mountNamespace());
        for (int i = own.size() - 1; i >= 0; i--) {
            if (own.get(i).target().equals(place)) {
                own.remove(i);
                return;
            }
        }
        // After a pivot the old root lies on the new one and is no mount that was made here.
        if (!place.equals(place().root())) {
            throw new ErrnoException("umount2", Errno.EINVAL, "\"" + target + "\"");
        }
    }

    @Override
    public synchronized Fd cloneTree(Path path, boolean recursive) {
        existing("open_tree", path);
        return install(new OpenFile.Tree(throughMounts(place().resolve(path)).toString()));
    }

    @Override
    public synchronized void setMountAttributes(Fd tree, Set<MountAttribute> attributes, Optional<Fd> idMapping) {
        String subject = tree + ", " + attributes;
        file("mount_setattr", subject, tree, OpenFile.Tree.class);
        idMapping.ifPresent(namespace -> file("mount_setattr", subject, namespace, OpenFile.class));
    }

    @Override
    public synchronized Fd makeProc(Fd pidNamespace, Set<MountAttribute> attributes) {
        file("fsconfig", "proc, pidns of " + pidNamespace, pidNamespace, OpenFile.class);
        return install(new OpenFile.Tree("proc"));
    }

    @Override
    public synchronized void attachTree(Fd tree, Path target) {
        String subject = tree + ", \"" + target + "\"";
        OpenFile.Tree detached = file("move_mount", subject, tree, OpenFile.Tree.class);
        Path place = place().resolve(target);
        if (detached.attached || find(throughMounts(place)) == null) {
            throw new ErrnoException("move_mount", detached.attached ? Errno.EINVAL : Errno.ENOENT, subject);
        }
        detached.attached = true;
        mounts.get(place().mountNamespace())
                .add(new Mounted(place, Optional.of(Path.of(detached.source)), detached.source + " on " + place));
    }

    @Override
    public synchronized void attachTree(Fd tree, Fd target) {
        OpenFile.TreeFile place = file("move_mount", tree + ", " + target, target, OpenFile.TreeFile.class);
        attachTree(tree, Path.of(place.description));
    }

    @Override
    public synchronized Fd makeMount(
            String type, Path device, Map<String, String> options, Set<MountAttribute> attributes) {
        existing("fsconfig", device);
        return install(new OpenFile.Tree(device.toString()));
    }

    @Override
    public synchronized int freeLoopDevice(Fd control) {
        file("ioctl", control + ", LOOP_CTL_GET_FREE", control, OpenFile.class);
        return 0;
    }

    @Override
    public synchronized void configureLoopDevice(Fd device, Fd backing, boolean directIo) {
        String subject = device + ", LOOP_CONFIGURE, " + backing;
        file("ioctl", subject, device, OpenFile.class);
        file("ioctl", subject, backing, OpenFile.class);
    }

    @Override
    public synchronized void pivotRoot(Path newRoot, Path putOld) {
        Path root = place().resolve(newRoot);
        boolean mounted = mounts.get(place().mountNamespace()).stream()
                .anyMatch(mount -> mount.target().equals(root));
        if (!mounted) {
            throw new ErrnoException("pivot_root", Errno.EINVAL, "\"" + newRoot + "\"");
        }
        stand(new Place(place().mountNamespace(), root, root));
    }

    @Override
    public synchronized void changeDirectory(Path path) {
        existing("chdir", path);
        stand(new Place(place().mountNamespace(), place().root(), place().resolve(path)));
    }

    private Place place() {
        return places.getOrDefault(Thread.currentThread(), HOST);
    }

    private void stand(Place place) {
        places.put(Thread.currentThread(), place);
    }

    // ---- the calling thread

    @Override
    public synchronized void unshare(Set<Namespace> namespaces) {
        if (namespaces.contains(Namespace.USER)) {
            throw new ErrnoException("unshare", Errno.EINVAL, namespaces.toString());
        }
        if (namespaces.contains(Namespace.MOUNT)) {
            long own = nextNamespace++;
            mounts.put(own, new ArrayList<>(mounts.get(place().mountNamespace())));
            stand(new Place(own, place().root(), place().directory()));
        }
    }

    @Override
    public void unshareFileSystemContext() {
        // Each thread of the model has its own from the beginning.
    }

    @Override
    public void setUmask(int mask) {
        // The model has none: what is made has the mode it was made with.
    }

    @Override
    public synchronized void enterNamespaces(Fd target, Set<Namespace> namespaces) {
        OpenFile file = file("setns", target + ", " + namespaces, target, OpenFile.class);
        if (namespaces.contains(Namespace.MOUNT) && file instanceof OpenFile.ProcessFile process) {
            stand(process.process.place);
        }
    }

    @Override
    public void setHostname(String hostname) {
        // Only recorded.
    }

    @Override
    public byte[] askNetlink(NetlinkFamily family, byte[] request) {
        // Nothing is known here.
        return new byte[0];
    }

    @Override
    public void bringLoopbackUp() {
        // Only recorded.
    }

    @Override
    public void joinNewSessionKeyring() {
        // Only recorded.
    }

    @Override
    public void setNoNewPrivileges() {
        // Only recorded.
    }

    @Override
    public long currentThreadId() {
        return Thread.currentThread().getId();
    }

    // ---- processes

    @Override
    public synchronized long spawn(SpawnRequest request) {
        for (Fd fd : request.descriptors().values()) {
            file("posix_spawn", "\"" + request.program() + "\"", fd, OpenFile.class);
        }
        if (!Path.of(request.program()).isAbsolute()) {
            throw new ErrnoException("posix_spawn", Errno.ENOENT, "\"" + request.program() + "\"");
        }
        InMemoryProcess process = start(request, null);
        request.descriptors().forEach((number, fd) -> {
            OpenFile file = descriptors.get(fd.number());
            file.opened();
            process.descriptors.put(number, file);
        });
        if (DONE_AT_ONCE.contains(Path.of(request.program()).getFileName().toString())) {
            end(process, new ProcessEnd.Exited(0));
        } else if (request.arguments().contains("--fork")) {
            InMemoryProcess child = start(request, process);
            addFile(children(process), child.pid + " ");
        }
        settle();
        return process.pid;
    }

    private InMemoryProcess start(SpawnRequest request, @Nullable InMemoryProcess parent) {
        InMemoryProcess process = new InMemoryProcess(nextPid++, request, place(), parent);
        processes.put(process.pid, process);
        Path directory = Path.of("/proc", Long.toString(process.pid));
        nodes.put(directory, new Node("directory", 0555));
        for (String file : List.of("uid_map", "gid_map", "setgroups", "cgroup", "oom_score_adj", "ns/user", "ns/mnt")) {
            addFile(directory.resolve(file), "");
        }
        addFile(directory.resolve("stat"), process.pid + " (model) S" + " 0".repeat(18) + " " + process.pid + " 0\n");
        addFile(children(process), "");
        return process;
    }

    private static Path children(InMemoryProcess process) {
        String pid = Long.toString(process.pid);
        return Path.of("/proc", pid, "task", pid, "children");
    }

    private void end(InMemoryProcess process, ProcessEnd end) {
        if (process.end.isPresent()) {
            return;
        }
        process.end = Optional.of(end);
        process.descriptors.values().forEach(OpenFile::closed);
        process.descriptors.clear();
        Path directory = Path.of("/proc", Long.toString(process.pid));
        nodes.keySet().removeIf(path -> path.startsWith(directory));
        if (process.parent != null) {
            process.reaped = true;
            end(process.parent, new ProcessEnd.Exited(end.shellStatus()));
        }
        settle();
    }

    @Override
    public synchronized Fd openProcess(long pid) {
        InMemoryProcess process = processes.get(pid);
        if (process == null || process.reaped) {
            throw new ErrnoException("pidfd_open", Errno.ESRCH, "pid " + pid);
        }
        return install(new OpenFile.ProcessFile(process));
    }

    @Override
    public synchronized void signal(Fd process, int signal) {
        String subject = process + ", signal " + signal;
        InMemoryProcess target = file("pidfd_send_signal", subject, process, OpenFile.ProcessFile.class).process;
        if (target.reaped) {
            throw new ErrnoException("pidfd_send_signal", Errno.ESRCH, subject);
        }
        if (signal != 0) {
            end(target, new ProcessEnd.Killed(signal, false));
        }
    }

    @Override
    public synchronized Fd takeDescriptor(Fd process, int number) {
        String subject = process + ", its fd " + number;
        InMemoryProcess owner = file("pidfd_getfd", subject, process, OpenFile.ProcessFile.class).process;
        OpenFile wanted = owner.descriptors.get(number);
        if (wanted == null) {
            throw new ErrnoException("pidfd_getfd", owner.end.isPresent() ? Errno.ESRCH : Errno.EBADF, subject);
        }
        return install(wanted);
    }

    @Override
    public synchronized Optional<ProcessEnd> pollEnd(Fd process) {
        InMemoryProcess target = file("waitid", process.toString(), process, OpenFile.ProcessFile.class).process;
        target.reaped = target.end.isPresent();
        return target.end;
    }

    // ---- terminals

    @Override
    public synchronized PseudoTerminal openPseudoTerminal() {
        int number = nextTerminal++;
        OpenFile.End master = new OpenFile.End(
                "master of /dev/pts/" + number, new OpenFile.Channel(), new OpenFile.Channel(), Optional.of(number));
        master.nonBlocking = true;
        masters.put(number, master);
        return new PseudoTerminal(install(master), number);
    }

    @Override
    public synchronized int pseudoTerminalNumber(Fd master) {
        return terminal("TIOCGPTN", master);
    }

    @Override
    public synchronized WindowSize windowSize(Fd terminal) {
        return windowSizes.getOrDefault(terminal("TIOCGWINSZ", terminal), new WindowSize(80, 24));
    }

    @Override
    public synchronized void setWindowSize(Fd terminal, WindowSize size) {
        windowSizes.put(terminal("TIOCSWINSZ", terminal), size);
    }

    private int terminal(String request, Fd fd) {
        String subject = fd + ", " + request;
        OpenFile file = file("ioctl", subject, fd, OpenFile.class);
        if (file instanceof OpenFile.End end && end.terminalNumber.isPresent()) {
            return end.terminalNumber.get();
        }
        throw new ErrnoException("ioctl", new Errno(25), subject);
    }

    // ---- readiness

    @Override
    public synchronized Fd createPoll() {
        return install(new OpenFile.Poll());
    }

    @Override
    public synchronized void addToPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        watch("EPOLL_CTL_ADD", poll, fd, new Asked(token, readable, writable, false), Errno.EEXIST);
    }

    @Override
    public synchronized void addToPollForChanges(Fd poll, Fd fd, long token) {
        watch("EPOLL_CTL_ADD", poll, fd, new Asked(token, false, false, true), Errno.EEXIST);
    }

    @Override
    public synchronized void changeInPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        watch("EPOLL_CTL_MOD", poll, fd, new Asked(token, readable, writable, false), Errno.ENOENT);
    }

    private record Asked(long token, boolean readable, boolean writable, boolean changes) {}

    private void watch(String operation, Fd poll, Fd fd, Asked asked, Errno refusal) {
        String subject = poll + ", " + operation + ", " + fd;
        Map<Integer, OpenFile.Watch> watches = file("epoll_ctl", subject, poll, OpenFile.Poll.class).watches;
        OpenFile file = file("epoll_ctl", subject, fd, OpenFile.class);
        if (watches.containsKey(fd.number()) == refusal.equals(Errno.EEXIST)) {
            throw new ErrnoException("epoll_ctl", refusal, subject);
        }
        watches.put(
                fd.number(),
                new OpenFile.Watch(file, asked.token(), asked.readable(), asked.writable(), asked.changes()));
        notifyAll();
    }

    @Override
    public synchronized void removeFromPoll(Fd poll, Fd fd) {
        String subject = poll + ", EPOLL_CTL_DEL, " + fd;
        OpenFile.Poll from = file("epoll_ctl", subject, poll, OpenFile.Poll.class);
        file("epoll_ctl", subject, fd, OpenFile.class);
        if (from.watches.remove(fd.number()) == null) {
            throw new ErrnoException("epoll_ctl", Errno.ENOENT, subject);
        }
    }

    @Override
    public synchronized List<Ready> awaitReady(Fd poll, int timeoutMillis) {
        OpenFile.Poll asked = file("epoll_wait", poll.toString(), poll, OpenFile.Poll.class);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        try {
            while (true) {
                List<Ready> ready = asked.watches.values().stream()
                        .map(InMemorySyscalls::readiness)
                        .filter(notice -> notice.readable() || notice.writable() || notice.hungUp() || notice.changed())
                        .toList();
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime() + 999_999);
                if (!ready.isEmpty() || timeoutMillis >= 0 && leftMillis <= 0) {
                    return ready;
                }
                wait(timeoutMillis < 0 ? 0 : leftMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Ready readiness(OpenFile.Watch watch) {
        OpenFile file = watch.file();
        return new Ready(
                watch.token(),
                watch.readable() && file.readable(),
                watch.writable() && file.writable(),
                file.hungUp(),
                watch.changes() && file.changed());
    }

    @Override
    public synchronized Fd createWakeUp() {
        return install(new OpenFile.WakeUp());
    }
}
