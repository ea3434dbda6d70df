package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The link of one partition: made whole before a run, in a network namespace that is kept by a descriptor, given to the
 * run, and made anew after it, since root inside may have done anything to its end. What holds back what the partition
 * sends stays from run to run. Its methods exclude each other.
 */
final class PartitionLink implements AutoCloseable {
    /** How long an interface may take to vanish with its namespace. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final NetworkTools tools;
    private final NetworkNames names;
    private final LinkCommands commands;
    private final Interfaces interfaces;
    private final NetworkNamespaces namespaces;
    private final LinkRepair repair;
    private final Syscalls sys;
    private final ProcessTable processes;
    private final Port port;
    private final UidRange owner;

    private @Nullable Fd ready;
    private boolean used;

    /** Whether the run that used it is over and nobody has made it anew. */
    private boolean over;

    private boolean gone;
    private volatile boolean whole;

    PartitionLink(NetworkParts parts, Port port, UidRange owner) {
        this.tools = parts.tools();
        this.names = parts.names();
        this.commands = new LinkCommands(parts.names());
        this.interfaces = parts.interfaces();
        this.namespaces = parts.namespaces();
        this.repair = new LinkRepair(parts);
        this.sys = parts.sys();
        this.processes = parts.processes();
        this.port = port;
        this.owner = owner;
    }

    /** Whether it is what this port needs: peers and published ports are not the link's. */
    boolean fits(Port other, UidRange otherOwner) {
        return port.address().equals(other.address()) && port.slice().equals(other.slice()) && owner.equals(otherOwner);
    }

    /** It is in use by a run that an earlier manager has started. */
    synchronized void adopt() {
        used = true;
        whole = true;
    }

    /** Whether it waits for a run, or is in one; false while it is made anew. Never waits. */
    boolean isWhole() {
        return whole;
    }

    /** Throws if a process does not live in the namespace that was made for it. */
    synchronized void requireIsIn(long process) {
        Fd namespace = ready;
        if (namespace == null || !identity(process + "/ns/net").equals(identity("self/fd/" + namespace.number()))) {
            throw new NetworkException("process " + process + " is not in the network that was made for it");
        }
    }

    private static Path identity(String link) {
        try {
            return Files.readSymbolicLink(Path.of("/proc").resolve(link));
        } catch (IOException e) {
            throw new NetworkException("/proc/" + link + ": " + e.getMessage(), e);
        }
    }

    /** Makes all of it anew, the part that stays too. */
    synchronized void build() {
        try (Undo undo = new Undo()) {
            undo.push("remove the link", this::removeAll);
            removeAll();
            gone = false;
            repair.shaper(port);
            prepare();
            undo.keep();
        }
    }

    /** The namespace for a run, whose link is whole; stays ours. Makes it if it is not there yet. */
    synchronized Fd take() {
        Fd namespace = ready;
        if (namespace == null || !interfaces.exists(link())) {
            close();
            removeLink();
            namespace = prepare();
        }
        used = true;
        over = false;
        return namespace;
    }

    /** Lets the namespace go that was made ahead: a run that lives in it keeps it itself, and its link stays. */
    @Override
    public synchronized void close() {
        Fd namespace = ready;
        ready = null;
        if (namespace != null) {
            namespace.close();
        }
    }

    /** The run is over, and the link is to be made anew. */
    synchronized void end() {
        if (used) {
            close();
            whole = false;
            over = true;
        }
    }

    /** The run is over: what it had goes, and what the next needs is made, unless the next was faster and has made it. */
    synchronized void renew() {
        if (gone || !over) {
            return;
        }
        close();
        used = false;
        over = false;
        removeLink();
        prepare();
    }

    /**
     * Brings back what somebody else has changed or taken away, and leaves alone what is as it was made.
     *
     * @param user process 1 of the run that uses it, if one does
     */
    synchronized void repair(Optional<ProcessId> user) {
        if (gone || over) {
            return;
        }
        repair.shaper(port);
        if (interfaces.exists(link())) {
            repair.link(port);
        } else if (user.isPresent()) {
            giveAnew(user.get());
        } else {
            close();
            prepare();
        }
    }

    /** Root inside finds its interface as at the start; connections that were open go on. */
    private void giveAnew(ProcessId user) {
        try (Undo undo = new Undo();
                Fd namespace = sys.open(processes.namespace(user.pid(), "net"), EnumSet.noneOf(OpenFlag.class))) {
            // Its number may have been another's by the time of the open.
            if (!processes.isRunning(user)) {
                throw new NetworkException("process " + user.pid() + " has ended");
            }
            undo.push("remove the link", () -> removeInterface(link()));
            furnish(Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.number()));
            undo.keep();
        }
    }

    private Fd prepare() {
        try (Undo undo = new Undo()) {
            undo.push("remove the link", this::removeLink);
            Fd namespace = namespaces.make(owner, donor -> furnish(processes.namespace(donor, "net")));
            ready = namespace;
            whole = true;
            undo.keep();
            return namespace;
        }
    }

    private void furnish(Path namespace) {
        tools.run(List.of("ip", "-batch", "-"), commands.link(port, namespace));
        String rates = commands.rates(port);
        if (!rates.isEmpty()) {
            tools.run(List.of("tc", "-batch", "-"), rates);
        }
        interfaces.set("ipv6", link(), "disable_ipv6", "1");
        tools.run(List.of("nsenter", "--net=" + namespace, "ip", "-batch", "-"), commands.inside(port));
    }

    /** Takes all of it away. */
    synchronized void remove() {
        gone = true;
        removeAll();
    }

    private void removeAll() {
        close();
        used = false;
        removeLink();
        removeInterface(names.shaper(port.address()));
    }

    private void removeLink() {
        whole = false;
        removeInterface(link());
    }

    private void removeInterface(String name) {
        removeInterface(tools, interfaces, name);
    }

    /** Takes an interface away, and returns when its name is free. It may be going already, with its namespace. */
    static void removeInterface(NetworkTools tools, Interfaces interfaces, String name) {
        if (!interfaces.exists(name)) {
            return;
        }
        Optional<NetworkException> failure = Optional.empty();
        try {
            tools.run(List.of("ip", "link", "del", "dev", name));
        } catch (NetworkException e) {
            failure = Optional.of(e);
        }
        long deadline = System.nanoTime() + (failure.isPresent() ? Duration.ofSeconds(1) : PATIENCE).toNanos();
        while (interfaces.exists(name)) {
            if (System.nanoTime() > deadline) {
                throw failure.orElseGet(() -> new NetworkException("the interface " + name + " does not go"));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private String link() {
        return names.link(port.address());
    }
}
