package io.bulkhead.manager.network;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.enter.Entrance;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Signals;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import io.bulkhead.manager.wall.Wall;
import io.bulkhead.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's share of the network. What all share is {@link Switchboard}'s; here is what each has: its link, or an
 * interface of the host. A partition without a share has the loopback of a namespace of its own.
 */
public final class NetworkWall implements Wall {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkWall.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final NetworkParts parts;
    private final Switchboard board;
    private final HostDevices devices;
    private final LinkPromises promises;
    private final NamesInside names;
    private final Executor executor;
    private final Map<PartitionName, PartitionLink> links = new ConcurrentHashMap<>();

    NetworkWall(NetworkParts parts, Executor executor, NamesInside.Entering entering) {
        this.parts = parts;
        this.board = new Switchboard(parts);
        this.devices = new HostDevices(
                parts.tools(),
                parts.interfaces(),
                parts.sys(),
                parts.processes(),
                parts.state().resolve("devices"),
                parts.bootId());
        this.promises = new LinkPromises(parts.names(), parts.interfaces(), parts.netlink());
        this.names = new NamesInside(entering);
        this.executor = executor;
    }

    /**
     * The network of this host.
     *
     * @param state the state directory
     * @param runDirectory where the partitions' names are written for the host
     * @param userNamespaces those of the uid ranges
     * @param entrance by which partitions that run are told of new peers
     * @param executor for what happens by itself; its threads may wait
     */
    public static NetworkWall open(
            InstanceName instance,
            Settings.Network settings,
            Path state,
            Path runDirectory,
            NetworkTools tools,
            Syscalls sys,
            Function<UidRange, Fd> userNamespaces,
            Entrance entrance,
            Executor executor,
            String bootId) {
        NetworkParts parts =
                NetworkParts.of(instance, settings, state, runDirectory, tools, sys, userNamespaces, bootId);
        return new NetworkWall(parts, executor, (partition, init, command) -> {
            try (Entrance.Entered entered = entrance.run(partition, init, command, Map.of(), Optional.empty())) {
                awaitEnd(sys, entered);
            }
        });
    }

    /** It is our child, and would stay a zombie. */
    private static void awaitEnd(Syscalls sys, Entrance.Entered entered) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (sys.pollEnd(entered.process()).isEmpty()) {
            if (System.nanoTime() > deadline) {
                sys.signal(entered.process(), Signals.SIGKILL);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    @Override
    public List<Enforcement> enforcement() {
        return List.of(
                new Enforcement(Resource.NETWORK_IN, Strength.CAPPED, "tbf on the host's side, whole frames counted"),
                new Enforcement(Resource.NETWORK_OUT, Strength.CAPPED, "the same, by ifb"),
                new Enforcement(
                        Resource.NETWORK_ACCESS, Strength.CAPPED, "nft on the bridge: closed but for peers and ports"),
                new Enforcement(
                        Resource.NETWORK_DEVICE, Strength.EXCLUSIVE, "a whole interface, moved in while it runs"));
    }

    @Override
    public void recover(Set<PartitionName> known) {
        board.recover(known);
    }

    @Override
    public void bind(PartitionRecord partition) {
        PartitionName name = partition.name();
        Optional<Port> port = Port.of(partition);
        try {
            if (port.isPresent()) {
                bind(partition, port.get());
            } else {
                drop(name);
                device(partition).ifPresent(devices::requireUnused);
            }
        } catch (NetworkException e) {
            throw new Refusal(
                    Problem.of(ProblemCode.NOT_ENFORCEABLE, name + " cannot have its network here: " + e.getMessage()),
                    e);
        }
        tellPeers();
    }

    private void bind(PartitionRecord partition, Port port) {
        PartitionName name = partition.name();
        try (Undo undo = new Undo()) {
            Optional<Port> before = board.port(name);
            undo.push("apply the former rules", () -> board.restore(name, before));
            board.put(port);
            PartitionLink old = links.get(name);
            if (old == null || !old.fits(port, partition.uidRange()) || !old.isWhole()) {
                if (old != null) {
                    old.remove();
                }
                PartitionLink link = link(partition, port);
                links.put(name, link);
                undo.push("remove the link", () -> removeLink(name));
                link.build();
            }
            undo.keep();
        }
    }

    private PartitionLink link(PartitionRecord partition, Port port) {
        return new PartitionLink(parts, port, partition.uidRange());
    }

    private static Optional<String> device(PartitionRecord partition) {
        return partition.slice().flatMap(slice -> slice.network()).flatMap(NetworkSlice::device);
    }

    private void removeLink(PartitionName name) {
        PartitionLink link = links.get(name);
        if (link != null) {
            link.remove();
            links.remove(name);
        }
    }

    private void removeInterfaces(Port port) {
        for (String device :
                List.of(parts.names().link(port.address()), parts.names().shaper(port.address()))) {
            PartitionLink.removeInterface(parts.tools(), parts.interfaces(), device);
        }
    }

    private void drop(PartitionName name) {
        removeLink(name);
        // One that this manager could not bind may have a link of an earlier one.
        board.port(name).ifPresent(this::removeInterfaces);
        board.remove(name);
    }

    // ---- a run

    @Override
    public StartRequest beforeBoot(PartitionRecord partition, StartRequest request, Undo undo) {
        device(partition).ifPresent(devices::requireUnused);
        PartitionLink link = links.get(partition.name());
        if (link == null) {
            return request;
        }
        board.look();
        board.mend();
        // What somebody has changed while it was at rest would be found broken when it is about to be let run.
        link.repair(Optional.empty());
        return request.withNetwork(new StartRequest.Network(link.take(), board.hostsBlock(partition.name())));
    }

    @Override
    public void beforeRelease(PartitionRecord partition, RunningPartition running, Undo undo) {
        device(partition).ifPresent(device -> devices.lend(partition.name(), device, running, undo));
        PartitionLink link = links.get(partition.name());
        if (link != null) {
            link.requireIsIn(running.init().pid());
        }
    }

    @Override
    public void afterRelease(PartitionRecord partition, RunningPartition running) {
        PartitionLink link = links.get(partition.name());
        if (link != null) {
            link.close();
            names.begin(partition.name(), running.init(), board.hostsBlock(partition.name()));
        }
    }

    @Override
    public void adopt(PartitionRecord partition, RunningPartition running) {
        if (device(partition).isPresent()) {
            devices.adopt(partition.name(), running);
        }
        Optional<Port> port = Port.of(partition);
        if (port.isPresent()) {
            PartitionLink link = link(partition, port.get());
            link.adopt();
            links.put(partition.name(), link);
            if (!board.port(partition.name()).equals(port)) {
                board.put(port.get());
            }
            names.begin(partition.name(), running.init(), "");
            tellPeers();
        }
    }

    @Override
    public List<Promise> readBack(PartitionRecord partition, Optional<RunningPartition> running) {
        Optional<String> device = device(partition);
        if (device.isPresent()) {
            return List.of(promises.device(device.get(), running));
        }
        Optional<Port> port = Port.of(partition);
        if (port.isEmpty()) {
            return List.of();
        }
        if (board.isToBeLookedAt()) {
            inBackground("look after the packet filter", board::look);
        }
        PartitionLink link = links.get(partition.name());
        boolean made = running.isPresent() || link == null || link.isWhole();
        return promises.onBridge(port.get(), board.peers(partition.name()), made, board.faults());
    }

    @Override
    public boolean repair(PartitionRecord partition, Optional<RunningPartition> running) {
        PartitionLink link = links.get(partition.name());
        if (link == null) {
            return false;
        }
        try {
            board.mend();
            link.repair(running.map(RunningPartition::init));
        } catch (NetworkException | ErrnoException | Refusal e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("Its network cannot be repaired now");
        }
        return true;
    }

    @Override
    public void afterRun(PartitionName partition) {
        names.end(partition);
        devices.takeBack(partition);
        PartitionLink link = links.get(partition);
        if (link != null) {
            link.end();
            inBackground("make the link of " + partition + " anew", link::renew);
        }
    }

    @Override
    public void release(PartitionName partition) {
        drop(partition);
        tellPeers();
    }

    @Override
    public void leave() {
        links.values().forEach(PartitionLink::remove);
        links.clear();
        board.leave();
        removeDirectory(parts.state());
    }

    private static void removeDirectory(Path state) {
        try {
            Files.deleteIfExists(state.resolve("devices"));
            Files.deleteIfExists(state);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("path", state).setCause(e).log("Something is kept there");
        }
    }

    /** Lets the prepared networks go; those of partitions that run stay. */
    public void close() {
        links.values().forEach(PartitionLink::close);
    }

    // ---- beside

    /** Has every partition that runs know its peers by name, as they are now. */
    private void tellPeers() {
        inBackground("tell partitions the names of their peers", () -> names.update(board::hostsBlock));
    }

    private void inBackground(String what, Runnable work) {
        try {
            executor.execute(() -> {
                try {
                    work.run();
                } catch (NetworkException | ErrnoException | Refusal e) {
                    LOG.atError().addKeyValue("step", what).setCause(e).log("The network is not as it should be");
                }
            });
        } catch (RejectedExecutionException e) {
            // The manager goes; the next one does it.
            LOG.atDebug().addKeyValue("step", what).log("Left to the next manager");
        }
    }
}
