package io.bulkhead.manager.sys;

import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The system calls that the manager needs. Every method fails with {@link ErrnoException} unless it says otherwise;
 * EINTR is retried inside. Safe for any thread; what acts on "the calling thread" says so, and such calls belong on a
 * platform thread that is thrown away afterwards.
 */
public interface Syscalls {
    // ---- descriptors

    /** open(2), always O_CLOEXEC; created files get mode 0600. */
    Fd open(Path path, Set<OpenFlag> flags);

    /** openat(2) below a directory; O_CLOEXEC. */
    Fd openAt(Fd directory, String relativePath, Set<OpenFlag> flags);

    /**
     * openat2(2) below a directory and nowhere else, whatever somebody has put into the path: no symbolic or magic link is
     * followed (ELOOP) and no way leads up and out (EXDEV). O_CLOEXEC; for directories that a partition can write.
     *
     * @param path relative, {@code .} for the directory itself
     */
    Fd openBeneath(Fd directory, String path, Set<OpenFlag> flags);

    /** fallocate(2): sets blocks aside for the first bytes of a file, which gets at least that length. What is in it stays. */
    void allocate(Fd file, long bytes);

    /** statx(2): how many bytes the file system has set aside for a file; a link is not followed. */
    long allocatedBytes(Path file);
    /** pipe2(2), O_CLOEXEC, blocking. */
    Pipe pipe();

    /** socketpair(2) of a Unix stream, O_CLOEXEC, blocking; both ends read and write. */
    Pipe socketPair();

    /**
     * read(2). Returns the count, or -1 at the end of file; EAGAIN comes as {@link ErrnoException}, EIO too (a master
     * whose last slave was closed).
     */
    int read(Fd fd, byte[] into, int offset, int length);

    /** The same into all that remains of a direct buffer, whose position stays. */
    int read(Fd fd, ByteBuffer into);

    /** ioctl(2) FIONREAD: how many bytes a read would give now; of a terminal, those that are past its line discipline. */
    int readableBytes(Fd fd);

    /**
     * pread(2): reads from a position, whatever was read before. On a file of the kernel's, reading from 0 makes its text
     * anew, and takes the notice of a change away. Returns as {@link #read}.
     */
    int readAt(Fd fd, long position, byte[] into, int offset, int length);

    /** write(2). Returns the count, which may be short. */
    int write(Fd fd, byte[] from, int offset, int length);

    /** A second descriptor of the same open file, O_CLOEXEC; fcntl(2) F_DUPFD_CLOEXEC. */
    Fd duplicate(Fd fd);

    void setNonBlocking(Fd fd, boolean nonBlocking);

    // ---- file system, in the calling thread's root

    /** mkdir(2), with this mode less the umask. */
    void makeDirectory(Path path, int mode);

    /** A character device node with this mode less the umask; mknod(2). */
    void makeCharacterDevice(Path path, int mode, int major, int minor);

    /** A block device node with this mode less the umask; mknod(2). */
    void makeBlockDevice(Path path, int mode, int major, int minor);

    /** mkdirat(2) of one name in a directory, with this mode less the umask. */
    void makeDirectoryAt(Fd directory, String name, int mode);

    void makeSymbolicLink(Path link, String target);

    /** lchown(2): a link itself, not what it points to. */
    void changeOwner(Path path, long uid, long gid);

    void changeMode(Path path, int mode);

    /** Whether something is there; a link counts itself. */
    boolean exists(Path path);

    // ---- mounts, in the calling thread's mount namespace

    /**
     * mount(2).
     *
     * @param source device, directory or any word
     * @param target where
     * @param type file system, empty for bind, remount and propagation
     * @param flags of the mount
     * @param data options of the file system, empty for none
     */
    void mount(String source, Path target, String type, Set<MountFlag> flags, String data);

    /** umount2(2). */
    void unmount(Path target, boolean detach);

    /** open_tree(2) with OPEN_TREE_CLONE: a detached copy of the mount at a path. */
    Fd cloneTree(Path path, boolean recursive);

    /**
     * mount_setattr(2) on a detached tree, which also becomes private.
     *
     * @param tree from {@link #cloneTree}
     * @param attributes to be set
     * @param idMapping a user namespace whose mapping the mount takes on, if any
     */
    void setMountAttributes(Fd tree, Set<MountAttribute> attributes, Optional<Fd> idMapping);

    /**
     * A detached proc that shows a pid namespace which need not be the caller's: fsopen(2), fsconfig(2) with {@code
     * pidns}, fsmount(2). Its super block belongs to the user namespace of that pid namespace, as if it had been mounted
     * inside. EINVAL on kernels without that option.
     *
     * @param pidNamespace as opened from {@code /proc/PID/ns/pid}
     * @param attributes of the mount
     */
    Fd makeProc(Fd pidNamespace, Set<MountAttribute> attributes);

    /** move_mount(2) of a detached tree. */
    void attachTree(Fd tree, Path target);

    /** move_mount(2) of a detached tree onto the very directory of a descriptor, whatever its path leads to. */
    void attachTree(Fd tree, Fd target);

    /**
     * A detached mount of a file system on a device, which nobody sees until it is attached, and which goes with its
     * descriptor: fsopen(2), fsconfig(2), fsmount(2).
     *
     * @param options of the file system; an empty value for those that take none
     */
    Fd makeMount(String type, Path device, Map<String, String> options, Set<MountAttribute> attributes);

    /** pivot_root(2). */
    void pivotRoot(Path newRoot, Path putOld);

    /** chdir(2); of the calling thread once it has unshared its file-system context. */
    void changeDirectory(Path path);

    // ---- the calling thread

    /** unshare(2) of the calling thread. After PID the thread can make no more threads. */
    void unshare(Set<Namespace> namespaces);

    /** unshare(CLONE_FS): the calling thread gets its own root, working directory and umask. */
    void unshareFileSystemContext();

    /** umask(2); of the calling thread once it has unshared its file-system context. */
    void setUmask(int mask);

    /** setns(2) of the calling thread with a pidfd or a namespace's descriptor. */
    void enterNamespaces(Fd target, Set<Namespace> namespaces);

    /** sethostname(2) in the calling thread's UTS namespace. */
    void setHostname(String hostname);

    /** Brings {@code lo} up in the calling thread's network namespace; netdevice(7), SIOCSIFFLAGS. */
    void bringLoopbackUp();

    /** keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL): an empty session keyring for the calling thread and its children. */
    void joinNewSessionKeyring();

    /** prctl(PR_SET_NO_NEW_PRIVS) on the calling thread; cannot be taken back. */
    void setNoNewPrivileges();

    /** gettid(2). */
    long currentThreadId();

    // ---- processes

    /** Starts a program and returns its process id. Fails with the error of the exec. */
    long spawn(SpawnRequest request);

    /** pidfd_open(2). Succeeds on a zombie too. */
    Fd openProcess(long pid);

    /** pidfd_send_signal(2). */
    void signal(Fd process, int signal);

    /** pidfd_getfd(2): a copy of another process's descriptor, O_CLOEXEC. */
    Fd takeDescriptor(Fd process, int number);

    /**
     * How the process of a pidfd ended, and reaps it if it is our child; empty while it runs. waitid(P_PIDFD) first;
     * where it is not our child, ioctl PIDFD_GET_INFO of newer kernels, else {@link ProcessEnd.Unknown}.
     */
    Optional<ProcessEnd> pollEnd(Fd process);

    // ---- terminals

    /** Opens a new pseudo-terminal in the host's devpts, unlocked, the master non-blocking. */
    PseudoTerminal openPseudoTerminal();

    /** TIOCGPTN: the number of a master's slave. */
    int pseudoTerminalNumber(Fd master);

    WindowSize windowSize(Fd terminal);

    /** TIOCSWINSZ; the foreground processes get SIGWINCH. */
    void setWindowSize(Fd terminal, WindowSize size);

    // ---- loop devices

    /** LOOP_CTL_GET_FREE of loop(4): the number of a device that nobody uses now, which another may take before us. */
    int freeLoopDevice(Fd control);

    /**
     * LOOP_CONFIGURE of loop(4): shows a file as a block device with sectors of 4096 bytes, until the last who uses the
     * device lets go of it (LO_FLAGS_AUTOCLEAR). EBUSY where the device has a file already.
     *
     * @param directIo whether the host's page cache is gone by
     */
    void configureLoopDevice(Fd device, Fd file, boolean directIo);

    // ---- the kernel's answers

    /**
     * Sends one request by netlink(7) in the calling thread's network namespace, and returns every message of the answer,
     * one behind the other as they came. An error of the kernel is in the answer, not thrown.
     *
     * @param request one whole message with its header
     */
    byte[] askNetlink(NetlinkFamily family, byte[] request);

    // ---- readiness

    /** epoll_create1(2), O_CLOEXEC. */
    Fd createPoll();

    /** EPOLL_CTL_ADD, level-triggered. */
    void addToPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable);

    /**
     * EPOLL_CTL_ADD for EPOLLPRI alone, level-triggered: the file of a control group, or of sysfs(5), that the kernel gives
     * notice of, has changed since it was last read from its beginning. One that was never read counts as changed.
     */
    void addToPollForChanges(Fd poll, Fd fd, long token);

    /** EPOLL_CTL_MOD. */
    void changeInPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable);

    /** EPOLL_CTL_DEL. */
    void removeFromPoll(Fd poll, Fd fd);

    /** epoll_wait(2); empty after the time. Negative waits without end. */
    List<Ready> awaitReady(Fd poll, int timeoutMillis);

    /** eventfd2(2), non-blocking: eight bytes written by any thread make it readable. */
    Fd createWakeUp();
}
