package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.mount.MountPlan;
import io.bulkhead.manager.mount.MountRunner;
import io.bulkhead.manager.mount.StorageRunner;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.MountFlag;
import io.bulkhead.manager.sys.Namespace;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The throw-away thread of one boot: steps 3 to 14. It gives up its keyring, groups, mounts, root and namespaces one
 * after the other, so it must never return to a pool.
 *
 * <p>From {@link BootStep#PIVOT} on neither class path nor host are in sight, and after {@link BootStep#NAMESPACES} it
 * can make no thread: only system calls, no logging, nothing that loads a class for the first time ({@link
 * ClassWarmUp}). It cleans up nothing but its own descriptors: what it has started is read off it by its starter, after
 * {@link #join}.
 */
final class BootThread extends Thread {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private static final Path SLASH = Path.of("/");
    private static final Path DOT = Path.of(".");
    private static final Path PROC = Path.of("/proc");
    private static final Set<MountAttribute> DATA_ONLY =
            EnumSet.of(MountAttribute.NO_SUID, MountAttribute.NO_DEV, MountAttribute.NO_EXEC);
    private static final Path NULL = Path.of("/dev/null");

    private static final Set<Namespace> OF_PROCESS_1 =
            EnumSet.of(Namespace.IPC, Namespace.UTS, Namespace.NET, Namespace.CGROUP, Namespace.PID);

    /**
     * What a boot needs.
     *
     * @param plan made while the holder loads, which is what takes longest
     * @param userNamespace of the uid range, not closed here
     * @param master of the console
     * @param slave of the console, on the host
     * @param release what process 1 waits for; not closed here
     * @param mountPoint an empty directory of the host to build the root on
     */
    record Order(
            StartRequest request,
            InitProgram init,
            Supplier<MountPlan> plan,
            Fd userNamespace,
            Fd master,
            Path slave,
            Pipe release,
            Path mountPoint) {}

    private final Syscalls sys;
    private final Cgroups cgroups;
    private final ProcessTable processes;
    private final Order order;
    private final MountRunner runner;
    private final StorageRunner storage;

    private BootStep step = BootStep.KEYRING;
    private @Nullable Child holder;
    private long init;
    private @Nullable Fd initFd;
    private @Nullable Fd pidNamespace;
    private @Nullable Throwable failure;

    BootThread(Syscalls sys, Cgroups cgroups, ProcessTable processes, Order order) {
        super("boot-" + order.request().name());
        this.sys = sys;
        this.cgroups = cgroups;
        this.processes = processes;
        this.order = order;
        this.runner = new MountRunner(sys, order.request().uidRange(), order.userNamespace(), this::mountProc);
        this.storage =
                new StorageRunner(sys, order.userNamespace(), order.request().storage());
    }

    @Override
    public void run() {
        try (runner;
                storage) {
            boot();
        } catch (Throwable e) {
            failure = e;
        } finally {
            if (pidNamespace != null) {
                pidNamespace.close();
            }
        }
    }

    private void boot() {
        step = BootStep.KEYRING;
        sys.joinNewSessionKeyring();
        step = BootStep.GROUPS;
        boolean gated = !cgroups.takesThreads();
        PartitionName name = order.request().name();
        if (!gated) {
            cgroups.enterCurrentThread(name);
        }
        step = BootStep.PRIVATE_MOUNTS;
        sys.unshare(EnumSet.of(Namespace.MOUNT));
        sys.mount("none", SLASH, "", EnumSet.of(MountFlag.RECURSIVE, MountFlag.PRIVATE), "");
        // The holder must stand exactly on the root, or the pivot would leave it behind on the host's.
        sys.changeDirectory(SLASH);
        step = BootStep.HOLDER;
        startHolder(gated);
        step = BootStep.ROOT;
        MountPlan plan = order.plan().get();
        // No earlier: the holder has inherited the manager's.
        sys.setUmask(0);
        runner.run(order.mountPoint(), plan.rootMount());
        // From where it stands in the new root, each path has one name to look up instead of all that lead there.
        sys.changeDirectory(order.mountPoint());
        runner.run(DOT, plan.rootContent());
        storage.take(order.request().files(), files -> runner.cloneTrees(files, plan.ownFiles()));
        step = BootStep.FIND_INIT;
        findInit();
        step = BootStep.PIVOT;
        sys.pivotRoot(DOT, DOT);
        sys.unmount(DOT, true);
        sys.changeDirectory(SLASH);
        step = BootStep.NAMESPACES;
        sys.enterNamespaces(initFd(), OF_PROCESS_1);
        step = BootStep.IDENTITY;
        sys.setHostname(name.value());
        sys.bringLoopbackUp();
        step = BootStep.KERNEL_FILES;
        runner.run(SLASH, plan.kernel());
        step = BootStep.OWN_FILES;
        runner.run(SLASH, plan.ownFiles());
        storage.show();
        step = BootStep.RESTRAINTS;
        // All mounts are there: process 1 may lock them, and put its restraints on.
        tellToGoOn();
    }

    private void tellToGoOn() {
        sys.write(order.release().writeEnd(), new byte[] {'\n'}, 0, 1);
    }

    private void startHolder(boolean gated) {
        List<String> command = HolderProgram.command(
                gated,
                order.request().network().isPresent(),
                order.request().restraints(),
                order.init().arguments());
        Map<String, String> environment = Perl.environment(order.init().environment());
        try (Fd nothing = sys.open(NULL, EnumSet.of(OpenFlag.READ_WRITE));
                Fd slave = sys.open(order.slave(), EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY))) {
            Map<Integer, Fd> descriptors = new HashMap<>();
            // Never the console for its own messages: were it full, the holder would wait for ever.
            descriptors.put(0, nothing);
            descriptors.put(1, nothing);
            descriptors.put(2, nothing);
            descriptors.put(PartitionStarter.HOLDERS_MASTER, order.master());
            descriptors.put(4, order.release().readEnd());
            descriptors.put(5, slave);
            descriptors.put(6, order.userNamespace());
            order.request().network().ifPresent(network -> {
                descriptors.put(7, network.namespace());
                environment.put(HostsBlock.VARIABLE, network.hosts());
            });
            holder = Child.start(sys, new SpawnRequest(command.get(0), command, environment, descriptors));
        }
        if (gated) {
            cgroups.enter(order.request().name(), holder().pid());
            tellToGoOn();
        }
    }

    /** The holder's only child, once it is there: its namespaces are complete and it waits for its release. */
    private void findInit() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        List<Long> children = processes.children(holder().pid());
        while (children.isEmpty()) {
            Optional<ProcessEnd> end = sys.pollEnd(holder().process());
            if (end.isPresent()) {
                throw new IllegalStateException(HolderProgram.reason(end.get()));
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the holder has no child after " + PATIENCE_MILLIS + " ms");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            children = processes.children(holder().pid());
        }
        init = children.get(0);
        initFd = sys.openProcess(init);
        cgroups.parkHolder(order.request().name(), holder().pid());
        pidNamespace = sys.open(processes.namespace(init, "pid"), EnumSet.noneOf(OpenFlag.class));
    }

    /** Mounts a proc that shows the partition's processes; this thread is not one of them and never can be. */
    private void mountProc() {
        try (Fd proc = sys.makeProc(present(pidNamespace), DATA_ONLY)) {
            sys.attachTree(proc, PROC);
        } catch (ErrnoException e) {
            // A kernel before 6.17 only makes a proc of its caller's own pid namespace.
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOSYS)) {
                throw e;
            }
            mountProcFromInside();
        }
    }

    /**
     * Mounts proc by a process inside the pid namespace, since a thread cannot change its own. It runs with the host's
     * power in the new root, so the root holds nothing yet that the partition could have written. In the new root
     * mount(8) is set-user-id of a foreign user, which no-new-privileges makes ineffective.
     */
    private void mountProcFromInside() {
        sys.setNoNewPrivileges();
        try (Fd nothing = sys.open(NULL, EnumSet.of(OpenFlag.READ_WRITE));
                Child mounter = Child.start(
                        sys,
                        new SpawnRequest(
                                "/usr/bin/mount",
                                List.of(
                                        "mount",
                                        "-n",
                                        "-i",
                                        "-t",
                                        "proc",
                                        "-o",
                                        "nosuid,nodev,noexec",
                                        "proc",
                                        "/proc"),
                                Map.of(),
                                Map.of(0, nothing, 1, nothing, 2, nothing)))) {
            awaitMounted(mounter);
        }
    }

    private void awaitMounted(Child mounter) {
        Optional<ProcessEnd> end = mounter.awaitEnd(sys, PATIENCE_MILLIS);
        if (end.isEmpty()) {
            mounter.kill(sys);
        }
        if (!end.equals(Optional.of(new ProcessEnd.Exited(0)))) {
            throw new IllegalStateException("mount -t proc "
                    + end.map(ProcessEnd::toString).orElse("did not end in " + PATIENCE_MILLIS + " ms"));
        }
    }

    // ---- read by the starter, after join

    BootStep step() {
        return step;
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    boolean hasHolder() {
        return holder != null;
    }

    Child holder() {
        return present(holder);
    }

    long init() {
        return init;
    }

    Fd initFd() {
        return present(initFd);
    }

    boolean hasInitFd() {
        return initFd != null;
    }

    private static <T> T present(@Nullable T started) {
        if (started == null) {
            throw new IllegalStateException("not there at this step");
        }
        return started;
    }
}
