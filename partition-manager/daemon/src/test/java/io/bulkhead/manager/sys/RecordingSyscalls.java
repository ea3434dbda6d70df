package io.bulkhead.manager.sys;

import io.bulkhead.contract.partition.WindowSize;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps every call with its arguments, can fail one of them, and says afterwards what is left. The calls go to a model in
 * memory, or to any other kernel.
 *
 * <p>The usual loop: for k = 1, 2 … {@link #failCall} k, run the code, until it succeeds; after each failure
 * {@link #leftovers()} must be empty.
 */
public final class RecordingSyscalls implements Syscalls {
    /**
     * One call.
     *
     * @param name the method of {@link Syscalls}
     * @param arguments as given
     */
    public record Call(String name, List<Object> arguments) {
        @Override
        public String toString() {
            return name + arguments.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    private record Failure(Predicate<Call> which, Errno errno) {}

    private final Syscalls kernel;
    private final List<Call> calls = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Map<Integer, String> openDescriptors = new LinkedHashMap<>();
    private final Map<Integer, Long> processesOfDescriptors = new LinkedHashMap<>();
    private final Set<Long> processes = new LinkedHashSet<>();
    private final List<Path> hostMounts = new ArrayList<>();
    private final Set<Thread> threadsAway = new LinkedHashSet<>();
    private OptionalInt callsToFailure = OptionalInt.empty();
    private Errno failure = Errno.EIO;

    /** Records on a model of its own. */
    public RecordingSyscalls() {
        this(new InMemorySyscalls());
    }

    public RecordingSyscalls(Syscalls kernel) {
        this.kernel = kernel;
    }

    /**
     * Fails one of the coming calls, which then has no effect; those after it work.
     *
     * @param k 1 for the next one; closing a descriptor is no call
     */
    public synchronized void failCall(int k, Errno errno) {
        if (k < 1) {
            throw new IllegalArgumentException("calls are counted from 1: " + k);
        }
        callsToFailure = OptionalInt.of(k);
        failure = errno;
    }

    /** Whether the call to be failed has not come. */
    public synchronized boolean failurePending() {
        return callsToFailure.isPresent();
    }

    /** Fails every call that fits, from now on. */
    public synchronized void failWhen(Predicate<Call> which, Errno errno) {
        failures.add(new Failure(which, errno));
    }

    /** Every call so far, failed ones too, in order. */
    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** The calls of one method. */
    public synchronized List<Call> calls(String name) {
        return calls.stream().filter(call -> call.name().equals(name)).toList();
    }

    /** What is open, mounted on the host and not reaped, one line each; empty when everything was undone. */
    public synchronized List<String> leftovers() {
        return Stream.of(
                        openDescriptors.entrySet().stream()
                                .map(open -> "fd " + open.getKey() + " of " + open.getValue()),
                        hostMounts.stream().map(mount -> "mount on " + mount),
                        processes.stream().map(pid -> "process " + pid))
                .flatMap(lines -> lines)
                .toList();
    }

    private <T> T call(String name, Supplier<T> work, Object... arguments) {
        Call call = new Call(name, List.copyOf(Arrays.asList(arguments)));
        synchronized (this) {
            calls.add(call);
            failures.stream()
                    .filter(rule -> rule.which().test(call))
                    .findFirst()
                    .ifPresent(rule -> {
                        throw new ErrnoException(name, rule.errno(), "on purpose");
                    });
            if (callsToFailure.isPresent()) {
                int left = callsToFailure.getAsInt() - 1;
                callsToFailure = left == 0 ? OptionalInt.empty() : OptionalInt.of(left);
                if (left == 0) {
                    throw new ErrnoException(name, failure, "on purpose");
                }
            }
        }
        // Not under the lock: it may wait for another thread's call.
        return work.get();
    }

    private void run(String name, Runnable work, Object... arguments) {
        call(
                name,
                () -> {
                    work.run();
                    return true;
                },
                arguments);
    }

    private Fd opened(String name, Supplier<Fd> work, Object... arguments) {
        return track(call(name, work, arguments), name + Arrays.asList(arguments));
    }

    private synchronized Fd track(Fd fd, String origin) {
        openDescriptors.put(fd.number(), origin);
        return new Fd(fd.number(), number -> {
            synchronized (this) {
                openDescriptors.remove(number);
                processesOfDescriptors.remove(number);
            }
            fd.close();
        });
    }

    private Pipe track(Pipe pipe, String origin) {
        return new Pipe(track(pipe.readEnd(), origin), track(pipe.writeEnd(), origin));
    }

    private synchronized void mounted(Path target) {
        if (!threadsAway.contains(Thread.currentThread())) {
            hostMounts.add(target);
        }
    }

    private synchronized void leaveHostMounts(Set<Namespace> namespaces) {
        if (namespaces.contains(Namespace.MOUNT)) {
            threadsAway.add(Thread.currentThread());
        }
    }

    @Override
    public Fd open(Path path, Set<OpenFlag> flags) {
        return opened("open", () -> kernel.open(path, flags), path, flags);
    }

    @Override
    public Fd openAt(Fd directory, String relativePath, Set<OpenFlag> flags) {
        return opened("openAt", () -> kernel.openAt(directory, relativePath, flags), directory, relativePath, flags);
    }

    @Override
    public Fd openBeneath(Fd directory, String path, Set<OpenFlag> flags) {
        return opened("openBeneath", () -> kernel.openBeneath(directory, path, flags), directory, path, flags);
    }

    @Override
    public void allocate(Fd file, long bytes) {
        run("allocate", () -> kernel.allocate(file, bytes), file, bytes);
    }

    @Override
    public long allocatedBytes(Path file) {
        return call("allocatedBytes", () -> kernel.allocatedBytes(file), file);
    }

    @Override
    public Pipe pipe() {
        return track(call("pipe", kernel::pipe), "pipe");
    }

    @Override
    public Pipe socketPair() {
        return track(call("socketPair", kernel::socketPair), "socketPair");
    }

    @Override
    public int read(Fd fd, byte[] into, int offset, int length) {
        return call("read", () -> kernel.read(fd, into, offset, length), fd, length);
    }

    @Override
    public int read(Fd fd, ByteBuffer into) {
        return call("read", () -> kernel.read(fd, into), fd, into.remaining());
    }

    @Override
    public int readableBytes(Fd fd) {
        return call("readableBytes", () -> kernel.readableBytes(fd), fd);
    }

    @Override
    public int readAt(Fd fd, long position, byte[] into, int offset, int length) {
        return call("readAt", () -> kernel.readAt(fd, position, into, offset, length), fd, position, length);
    }

    @Override
    public int write(Fd fd, byte[] from, int offset, int length) {
        List<Byte> bytes = new ArrayList<>();
        for (int i = offset; i < offset + length; i++) {
            bytes.add(from[i]);
        }
        return call("write", () -> kernel.write(fd, from, offset, length), fd, bytes);
    }

    @Override
    public Fd duplicate(Fd fd) {
        return opened("duplicate", () -> kernel.duplicate(fd), fd);
    }

    @Override
    public void setNonBlocking(Fd fd, boolean nonBlocking) {
        run("setNonBlocking", () -> kernel.setNonBlocking(fd, nonBlocking), fd, nonBlocking);
    }

    @Override
    public void makeDirectory(Path path, int mode) {
        run("makeDirectory", () -> kernel.makeDirectory(path, mode), path, mode);
    }

    @Override
    public void makeCharacterDevice(Path path, int mode, int major, int minor) {
        run(
                "makeCharacterDevice",
                () -> kernel.makeCharacterDevice(path, mode, major, minor),
                path,
                mode,
                major,
                minor);
    }

    @Override
    public void makeBlockDevice(Path path, int mode, int major, int minor) {
        run("makeBlockDevice", () -> kernel.makeBlockDevice(path, mode, major, minor), path, mode, major, minor);
    }

    @Override
    public void makeDirectoryAt(Fd directory, String name, int mode) {
        run("makeDirectoryAt", () -> kernel.makeDirectoryAt(directory, name, mode), directory, name, mode);
    }

    @Override
    public void makeSymbolicLink(Path link, String target) {
        run("makeSymbolicLink", () -> kernel.makeSymbolicLink(link, target), link, target);
    }

    @Override
    public void changeOwner(Path path, long uid, long gid) {
        run("changeOwner", () -> kernel.changeOwner(path, uid, gid), path, uid, gid);
    }

    @Override
    public void changeMode(Path path, int mode) {
        run("changeMode", () -> kernel.changeMode(path, mode), path, mode);
    }

    @Override
    public boolean exists(Path path) {
        return call("exists", () -> kernel.exists(path), path);
    }

    @Override
    public void mount(String source, Path target, String type, Set<MountFlag> flags, String data) {
        run("mount", () -> kernel.mount(source, target, type, flags, data), source, target, type, flags, data);
        boolean isNew = !type.isEmpty() || flags.contains(MountFlag.BIND);
        if (isNew && !flags.contains(MountFlag.REMOUNT)) {
            mounted(target);
        }
    }

    @Override
    public void unmount(Path target, boolean detach) {
        run("unmount", () -> kernel.unmount(target, detach), target, detach);
        synchronized (this) {
            if (!threadsAway.contains(Thread.currentThread())) {
                hostMounts.remove(target);
            }
        }
    }

    @Override
    public Fd cloneTree(Path path, boolean recursive) {
        return opened("cloneTree", () -> kernel.cloneTree(path, recursive), path, recursive);
    }

    @Override
    public void setMountAttributes(Fd tree, Set<MountAttribute> attributes, Optional<Fd> idMapping) {
        run(
                "setMountAttributes",
                () -> kernel.setMountAttributes(tree, attributes, idMapping),
                tree,
                attributes,
                idMapping);
    }

    @Override
    public Fd makeProc(Fd pidNamespace, Set<MountAttribute> attributes) {
        return opened("makeProc", () -> kernel.makeProc(pidNamespace, attributes), pidNamespace, attributes);
    }

    @Override
    public void attachTree(Fd tree, Path target) {
        run("attachTree", () -> kernel.attachTree(tree, target), tree, target);
        mounted(target);
    }

    @Override
    public void attachTree(Fd tree, Fd target) {
        run("attachTree", () -> kernel.attachTree(tree, target), tree, target);
    }

    @Override
    public Fd makeMount(String type, Path device, Map<String, String> options, Set<MountAttribute> attributes) {
        return opened(
                "makeMount",
                () -> kernel.makeMount(type, device, options, attributes),
                type,
                device,
                options,
                attributes);
    }

    @Override
    public void pivotRoot(Path newRoot, Path putOld) {
        run("pivotRoot", () -> kernel.pivotRoot(newRoot, putOld), newRoot, putOld);
    }

    @Override
    public void changeDirectory(Path path) {
        run("changeDirectory", () -> kernel.changeDirectory(path), path);
    }

    @Override
    public void unshare(Set<Namespace> namespaces) {
        run("unshare", () -> kernel.unshare(namespaces), namespaces);
        leaveHostMounts(namespaces);
    }

    @Override
    public void unshareFileSystemContext() {
        run("unshareFileSystemContext", kernel::unshareFileSystemContext);
    }

    @Override
    public void setUmask(int mask) {
        run("setUmask", () -> kernel.setUmask(mask), mask);
    }

    @Override
    public void enterNamespaces(Fd target, Set<Namespace> namespaces) {
        run("enterNamespaces", () -> kernel.enterNamespaces(target, namespaces), target, namespaces);
        leaveHostMounts(namespaces);
    }

    @Override
    public void setHostname(String hostname) {
        run("setHostname", () -> kernel.setHostname(hostname), hostname);
    }

    @Override
    public byte[] askNetlink(NetlinkFamily family, byte[] request) {
        return call("askNetlink", () -> kernel.askNetlink(family, request), family);
    }

    @Override
    public void bringLoopbackUp() {
        run("bringLoopbackUp", kernel::bringLoopbackUp);
    }

    @Override
    public void joinNewSessionKeyring() {
        run("joinNewSessionKeyring", kernel::joinNewSessionKeyring);
    }

    @Override
    public void setNoNewPrivileges() {
        run("setNoNewPrivileges", kernel::setNoNewPrivileges);
    }

    @Override
    public long currentThreadId() {
        return call("currentThreadId", kernel::currentThreadId);
    }

    @Override
    public long spawn(SpawnRequest request) {
        long pid = call("spawn", () -> kernel.spawn(request), request);
        synchronized (this) {
            processes.add(pid);
        }
        return pid;
    }

    @Override
    public Fd openProcess(long pid) {
        Fd process = opened("openProcess", () -> kernel.openProcess(pid), pid);
        synchronized (this) {
            processesOfDescriptors.put(process.number(), pid);
        }
        return process;
    }

    @Override
    public void signal(Fd process, int signal) {
        run("signal", () -> kernel.signal(process, signal), process, signal);
    }

    @Override
    public Fd takeDescriptor(Fd process, int number) {
        return opened("takeDescriptor", () -> kernel.takeDescriptor(process, number), process, number);
    }

    @Override
    public Optional<ProcessEnd> pollEnd(Fd process) {
        Optional<ProcessEnd> end = call("pollEnd", () -> kernel.pollEnd(process), process);
        synchronized (this) {
            Long pid = processesOfDescriptors.get(process.number());
            if (end.isPresent() && pid != null) {
                processes.remove(pid);
            }
        }
        return end;
    }

    @Override
    public PseudoTerminal openPseudoTerminal() {
        PseudoTerminal terminal = call("openPseudoTerminal", kernel::openPseudoTerminal);
        return new PseudoTerminal(track(terminal.master(), "openPseudoTerminal"), terminal.number());
    }

    @Override
    public int pseudoTerminalNumber(Fd master) {
        return call("pseudoTerminalNumber", () -> kernel.pseudoTerminalNumber(master), master);
    }

    @Override
    public WindowSize windowSize(Fd terminal) {
        return call("windowSize", () -> kernel.windowSize(terminal), terminal);
    }

    @Override
    public void setWindowSize(Fd terminal, WindowSize size) {
        run("setWindowSize", () -> kernel.setWindowSize(terminal, size), terminal, size);
    }

    @Override
    public int freeLoopDevice(Fd control) {
        return call("freeLoopDevice", () -> kernel.freeLoopDevice(control), control);
    }

    @Override
    public void configureLoopDevice(Fd device, Fd file, boolean directIo) {
        run("configureLoopDevice", () -> kernel.configureLoopDevice(device, file, directIo), device, file, directIo);
    }

    @Override
    public Fd createPoll() {
        return opened("createPoll", kernel::createPoll);
    }

    @Override
    public void addToPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        run(
                "addToPoll",
                () -> kernel.addToPoll(poll, fd, token, readable, writable),
                poll,
                fd,
                token,
                readable,
                writable);
    }

    @Override
    public void addToPollForChanges(Fd poll, Fd fd, long token) {
        run("addToPollForChanges", () -> kernel.addToPollForChanges(poll, fd, token), poll, fd, token);
    }

    @Override
    public void changeInPoll(Fd poll, Fd fd, long token, boolean readable, boolean writable) {
        run(
                "changeInPoll",
                () -> kernel.changeInPoll(poll, fd, token, readable, writable),
                poll,
                fd,
                token,
                readable,
                writable);
    }

    @Override
    public void removeFromPoll(Fd poll, Fd fd) {
        run("removeFromPoll", () -> kernel.removeFromPoll(poll, fd), poll, fd);
    }

    @Override
    public List<Ready> awaitReady(Fd poll, int timeoutMillis) {
        return call("awaitReady", () -> kernel.awaitReady(poll, timeoutMillis), poll, timeoutMillis);
    }

    @Override
    public Fd createWakeUp() {
        return opened("createWakeUp", kernel::createWakeUp);
    }
}
