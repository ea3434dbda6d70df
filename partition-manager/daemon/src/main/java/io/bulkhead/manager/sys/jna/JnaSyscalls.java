package io.bulkhead.manager.sys.jna;

import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.MountFlag;
import io.bulkhead.manager.sys.Namespace;
import io.bulkhead.manager.sys.NetlinkFamily;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.Ready;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The real kernel, through JNA. Stateless and safe for any thread; make one per process, before any thread changes its
 * root (see the package's notes on threads).
 *
 * <p>Beyond the port: directories and device nodes get exactly the mode asked for, whatever the umask; one read or write
 * moves at most 256 KiB; a terminal whose size was never set reads as 80 columns and 24 rows.
 */
public final class JnaSyscalls implements Syscalls {
    private static final List<Class<?>> USED_BY_CALLS = List.of(
            FileCalls.class,
            FileSystemCalls.class,
            MountCalls.class,
            ThreadCalls.class,
            ProcessCalls.class,
            SpawnCalls.class,
            TerminalCalls.class,
            PollCalls.class,
            LoopCalls.class,
            FcntlHeader.class,
            SyscallHeader.class,
            ProcessEnd.Exited.class,
            ProcessEnd.Killed.class,
            ProcessEnd.Unknown.class,
            PseudoTerminal.class,
            SpawnRequest.class,
            WindowSize.class);

    /**
     * Binds the functions and loads all classes that calls use.
     *
     * @throws UnsupportedOperationException on an architecture or a C library that is not served
     */
    public JnaSyscalls() {
        warmUp();
    }

    /**
     * Initialises every class and makes a few calls, a failing one too: on a thread that has pivoted the class path
     * cannot be read, and what is loaded first there would be missing.
     */
    private void warmUp() {
        USED_BY_CALLS.forEach(JnaSyscalls::initialise);
        try (Pipe pipe = pipe();
                Fd poll = createPoll()) {
            addToPoll(poll, pipe.readEnd(), 0, true, false);
            write(pipe.writeEnd(), new byte[1], 0, 1);
            awaitReady(poll, 0);
            setNonBlocking(pipe.readEnd(), true);
            read(pipe.readEnd(), new byte[1], 0, 1);
            read(pipe.readEnd(), new byte[1], 0, 1);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
        }
    }

    private static void initialise(Class<?> type) {
        try {
            Class.forName(type.getName(), true, type.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Fd open(Path path, Set<OpenFlag> flags) {
        return FileCalls.open(path, flags);
    }

    @Override
    public Fd openAt(Fd directory, String relativePath, Set<OpenFlag> flags) {
        return FileCalls.openAt(directory, relativePath, flags);
    }

    @Override
    public Fd openBeneath(Fd directory, String path, Set<OpenFlag> flags) {
        return FileCalls.openBeneath(directory, path, flags);
    }

    @Override
    public void allocate(Fd file, long bytes) {
        FileCalls.allocate(file, bytes);
    }

    @Override
    public long allocatedBytes(Path file) {
        return FileSystemCalls.allocatedBytes(file);
    }

    @Override
    public Pipe pipe() {
        return FileCalls.pipe();
    }

    @Override
    public byte[] askNetlink(NetlinkFamily family, byte[] request) {
        return NetlinkCalls.ask(family, request);
    }

    @Override
    public Pipe socketPair() {
        return FileCalls.socketPair();
    }

    @Override
    public int read(Fd fd, byte[] into, int offset, int length) {
        return FileCalls.read(fd, into, offset, length);
    }

    @Override
    public int read(Fd fd, ByteBuffer into) {
        return FileCalls.read(fd, into);
    }

    @Override
    public int readableBytes(Fd fd) {
        return TerminalCalls.readableBytes(fd);
    }

    @Override
    public int readAt(Fd fd, long position, byte[] into, int offset, int length) {
        return FileCalls.readAt(fd, position, into, offset, length);
    }

    @Override
    public int write(Fd fd, byte[] from, int offset, int length) {
        return FileCalls.write(fd, from, offset, length);
    }

    @Override
    public Fd duplicate(Fd fd) {
        return FileCalls.duplicate(fd);
    }

    @Override
    public void setNonBlocking(Fd fd, boolean nonBlocking) {
        FileCalls.setNonBlocking(fd, nonBlocking);
    }

    @Override
    public void makeDirectory(Path path, int mode) {
        FileSystemCalls.makeDirectory(path, mode);
    }

    @Override
    public void makeCharacterDevice(Path path, int mode, int major, int minor) {
        FileSystemCalls.makeCharacterDevice(path, mode, major, minor);
    }

    @Override
    public void makeBlockDevice(Path path, int mode, int major, int minor) {
        FileSystemCalls.makeBlockDevice(path, mode, major, minor);
    }

    @Override
    public void makeDirectoryAt(Fd directory, String name, int mode) {
        FileSystemCalls.makeDirectoryAt(directory, name, mode);
    }

    @Override
    public void makeSymbolicLink(Path link, String target) {
        FileSystemCalls.makeSymbolicLink(link, target);
    }

    @Override
    public void changeOwner(Path path, long uid, long gid) {
        FileSystemCalls.changeOwner(path, uid, gid);
    }

    @Override
    public void changeMode(Path path, int mode) {
        FileSystemCalls.changeMode(path, mode);
    }

    @Override
    public boolean exists(Path path) {
        return FileSystemCalls.exists(path);
    }

    @Override
    public void mount(String source, Path target, String type, Set<MountFlag> flags, String data) {
        MountCalls.mount(source, target, type, flags, data);
    }

    @Override
    public void unmount(Path target, boolean detach) {
        MountCalls.unmount(target, detach);
    }

    @Override
    public Fd cloneTree(Path path, boolean recursive) {
        return MountCalls.cloneTree(path, recursive);
    }

    @Override
    public void setMountAttributes(Fd tree, Set<MountAttribute> attributes, Optional<Fd> idMapping) {
        MountCalls.setMountAttributes(tree, attributes, idMapping);
    }

    @Override
    public Fd makeProc(Fd pidNamespace, Set<MountAttribute> attributes) {
        return MountCalls.makeProc(pidNamespace, attributes);
    }

    @Override
    public void attachTree(Fd tree, Path target) {
        MountCalls.attachTree(tree, target);
    }

    @Override
    public void attachTree(Fd tree, Fd target) {
        MountCalls.attachTree(tree, target);
    }

    @Override
    public Fd makeMount(String type, Path device, Map<String, String> options, Set<MountAttribute> attributes) {
        return MountCalls.makeMount(type, device, options, attributes);
    }

    @Override
    public void pivotRoot(Path newRoot, Path putOld) {
        MountCalls.pivotRoot(newRoot, putOld);
    }

    @Override
    public void changeDirectory(Path path) {
        FileSystemCalls.changeDirectory(path);
    }

    @Override
    public void unshare(Set<Namespace> namespaces) {
        ThreadCalls.unshare(namespaces);
    }

    @Override
    public void unshareFileSystemContext() {
        ThreadCalls.unshareFileSystemContext();
    }

    @Override
    public void setUmask(int mask) {
        ThreadCalls.setUmask(mask);
    }

    @Override
    public void enterNamespaces(Fd target, Set<Namespace> namespaces) {
        ThreadCalls.enterNamespaces(target, namespaces);
    }

    @Override
    public void setHostname(String hostname) {
        ThreadCalls.setHostname(hostname);
    }

    @Override
    public void bringLoopbackUp() {
        ThreadCalls.bringLoopbackUp();
    }

    @Override
    public void joinNewSessionKeyring() {
        ThreadCalls.joinNewSessionKeyring();
    }

    @Override
    public void setNoNewPrivileges() {
        ThreadCalls.setNoNewPrivileges();
    }

    @Override
    public long currentThreadId() {
        return ThreadCalls.currentThreadId();
    }

    @Override
    public long spawn(SpawnRequest request) {
        return SpawnCalls.spawn(request);
    }

    @Override
    public Fd openProcess(long pid) {
        return ProcessCalls.openProcess(pid);
    }

    @Override
    public void signal(Fd process, int signal) {
        ProcessCalls.signal(process, signal);
    }

    @Override
    public Fd takeDescriptor(Fd process, int number) {
        return ProcessCalls.takeDescriptor(process, number);
    }

    @Override
    public Optional<ProcessEnd> pollEnd(Fd process) {
        return ProcessCalls.pollEnd(process);
    }

    @Override
    public PseudoTerminal openPseudoTerminal() {
        return TerminalCalls.openPseudoTerminal();
    }

    @Override
    public int pseudoTerminalNumber(Fd master) {
        return TerminalCalls.pseudoTerminalNumber(master);
    }

    @Override
    public WindowSize windowSize(Fd terminal) {
        return TerminalCalls.windowSize(terminal);
    }

    @Override
    public void setWindowSize(Fd terminal, WindowSize size) {
        TerminalCalls.setWindowSize(terminal, size);
    }

    @Override
    public int freeLoopDevice(Fd control) {
        return LoopCalls.freeDevice(control);
    }

    @Override
    public void configureLoopDevice(Fd device, Fd file, boolean directIo) {
        LoopCalls.configure(device, file, directIo);
    }

    @Override
    public Fd createPoll() {
        return PollCalls.createPoll();
    }

    @Override
    public void addToPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        PollCalls.add(poll, fd, token, readable, writable);
    }

    @Override
    public void addToPollForChanges(Fd poll, Fd fd, long token) {
        PollCalls.addForChanges(poll, fd, token);
    }

    @Override
    public void changeInPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        PollCalls.change(poll, fd, token, readable, writable);
    }

    @Override
    public void removeFromPoll(Fd poll, Fd fd) {
        PollCalls.remove(poll, fd);
    }

    @Override
    public List<Ready> awaitReady(Fd poll, int timeoutMillis) {
        return PollCalls.await(poll, timeoutMillis);
    }

    @Override
    public Fd createWakeUp() {
        return FileCalls.createWakeUp();
    }
}
