package io.bulkhead.manager.start;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One user namespace per uid range, kept open as a descriptor: it maps the partition's files and is what the partition
 * lives in. A multi-threaded process cannot make one for itself (user_namespaces(7)), so a donor does and ends.
 *
 * <p>The donor runs as the range's own root on the host, who thereby owns the namespace: what a partition takes of
 * inotify instances and the like is counted against him, not against the host's root. Safe for any thread.
 */
final class UserNamespaces implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final Path NULL = Path.of("/dev/null");

    private final Syscalls sys;
    private final ProcessTable processes;
    private final UserNamespaceHindrance hindrance = new UserNamespaceHindrance(Path.of("/proc"));
    private final Map<UidRange, Fd> known = new HashMap<>();

    UserNamespaces(Syscalls sys, ProcessTable processes) {
        this.sys = sys;
        this.processes = processes;
    }

    /** The namespace of a range, made on first use. It stays ours: nobody else closes it. */
    synchronized Fd of(UidRange range) {
        Fd namespace = known.get(range);
        if (namespace == null) {
            namespace = make(range);
            known.put(range, namespace);
        }
        return namespace;
    }

    /**
     * Gives the namespace of a range up, so that the next one to have these ids gets a new one: keyrings of users and
     * registered formats of programs (binfmt_misc) live as long as it does.
     */
    synchronized void forget(UidRange range) {
        Fd namespace = known.remove(range);
        if (namespace != null) {
            namespace.close();
        }
    }

    @Override
    public synchronized void close() {
        known.values().forEach(Fd::close);
        known.clear();
    }

    private Fd make(UidRange range) {
        try (Undo undo = new Undo()) {
            Pipe pipe = sys.pipe();
            undo.push("close the donor's pipe", pipe::close);
            Child donor = start(range, pipe);
            // It reads our pipe and so ends with us, whatever happens; it only has to be reaped.
            undo.push("reap the donor", () -> end(donor, pipe));
            awaitNamespace(donor.pid());
            processes.mapIds(donor.pid(), "0 " + range.base() + " " + UidRange.SIZE);
            return sys.open(processes.namespace(donor.pid(), "user"), EnumSet.noneOf(OpenFlag.class));
        }
    }

    private Child start(UidRange range, Pipe pipe) {
        String id = Long.toString(range.base());
        try (Fd nothing = sys.open(NULL, EnumSet.of(OpenFlag.READ_WRITE))) {
            return Child.start(
                    sys,
                    new SpawnRequest(
                            "/usr/bin/setpriv",
                            List.of(
                                    "setpriv",
                                    "--reuid",
                                    id,
                                    "--regid",
                                    id,
                                    "--clear-groups",
                                    "/usr/bin/unshare",
                                    "--user",
                                    "/bin/sh",
                                    "-c",
                                    "read _"),
                            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                            Map.of(0, pipe.readEnd(), 1, nothing, 2, nothing)));
        }
    }

    private void awaitNamespace(long donor) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!processes.hasOwnUserNamespace(donor)) {
            // Not reaped here: that is left to the way back, which must find it.
            if (processes.identify(donor).isEmpty() || System.nanoTime() > deadline) {
                throw hindrance.refusal("the donor of one (setpriv, unshare --user) "
                        + (processes.identify(donor).isEmpty() ? "ended early" : "does not get there"));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void end(Child donor, Pipe pipe) {
        pipe.close();
        try (donor) {
            if (donor.awaitEnd(sys, PATIENCE_MILLIS).isEmpty()) {
                throw new IllegalStateException("the donor of a user namespace does not end: process " + donor.pid());
            }
        }
    }
}
