package io.bulkhead.manager.network;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.manager.record.BootRecord;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.KernelText;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interfaces of the host that are moved into a partition while it runs, and come back with the name, the address and the
 * state that they had. Their network namespace is kept until then: the kernel gives a physical interface back by itself
 * when its namespace ends, also when no manager is there, but destroys any other. Safe for any thread, as long as each
 * partition is handled by one at a time.
 */
final class HostDevices {
    private static final Logger LOG = LoggerFactory.getLogger(HostDevices.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final NetworkTools tools;
    private final Interfaces interfaces;
    private final Syscalls sys;
    private final ProcessTable processes;
    private final Path records;
    private final String bootId;
    private final Map<PartitionName, Fd> namespaces = new ConcurrentHashMap<>();

    /** @param records a directory for what is lent */
    HostDevices(
            NetworkTools tools,
            Interfaces interfaces,
            Syscalls sys,
            ProcessTable processes,
            Path records,
            String bootId) {
        this.tools = tools;
        this.interfaces = interfaces;
        this.sys = sys;
        this.processes = processes;
        this.records = records;
        this.bootId = bootId;
    }

    /** Throws {@link Refusal} if the host uses it, or has none of that name. */
    void requireUnused(String device) {
        if (!interfaces.exists(device)) {
            throw Refusal.of(
                    ProblemCode.NOT_ENOUGH_RESOURCES,
                    "the host has no network interface " + device,
                    "name one that 'ip link' shows");
        }
        List<String> uses = new ArrayList<>();
        interfaces.master(device).ifPresent(master -> uses.add("is a part of " + master));
        List<String> users = interfaces.users(device);
        if (!users.isEmpty()) {
            uses.add("carries " + String.join(", ", users));
        }
        addresses(device).forEach(address -> uses.add("has the address " + address));
        interfaces.routes().routes().stream()
                .filter(route -> route.device().equals(device))
                .findFirst()
                .ifPresent(route -> uses.add("has the route to " + route.target()));
        if (device.equals("lo")) {
            uses.add("is the loopback");
        }
        if (!uses.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    device + " is in use by the host: it " + String.join(", ", uses),
                    "take that away first: ip address flush dev " + device + ", or ip link set dev " + device
                            + " nomaster");
        }
    }

    /** All but those that the kernel makes by itself. */
    private List<String> addresses(String device) {
        List<String> found = new ArrayList<>();
        Json shown = JsonReader.read(tools.run(List.of("ip", "-j", "address", "show", "dev", device)));
        for (Json link : items(shown)) {
            for (Json address : items(member(link, "addr_info"))) {
                if (!text(member(address, "scope")).equals("link")) {
                    found.add(text(member(address, "local")));
                }
            }
        }
        return found;
    }

    /** Moves it into the partition whose process 1 waits. */
    void lend(PartitionName partition, String device, RunningPartition running, Undo undo) {
        requireUnused(device);
        undo.push("take " + device + " back", () -> takeBack(partition));
        namespaces.put(partition, open(running));
        LentDevice lent = new LentDevice(
                bootId,
                device,
                interfaces.hardwareAddress(device).orElse(""),
                interfaces.mtu(device).orElse(1500),
                interfaces.isUp(device),
                Optional.empty());
        record(partition).save(lent);
        tools.run(List.of(
                "ip",
                "link",
                "set",
                "dev",
                device,
                "netns",
                Long.toString(running.init().pid())));
        int index = inside(partition).stream()
                .filter(link -> link.name().equals(device))
                .map(Inside::index)
                .findFirst()
                .orElseThrow(() -> new NetworkException(device + " did not arrive in " + partition));
        record(partition).save(lent.withIndex(index));
    }

    /** A run that has one goes on under a new manager. */
    void adopt(PartitionName partition, RunningPartition running) {
        namespaces.put(partition, open(running));
    }

    private Fd open(RunningPartition running) {
        return sys.open(processes.namespace(running.init().pid(), "net"), EnumSet.noneOf(OpenFlag.class));
    }

    /** Whether a run has it, by its name. */
    static boolean hasInside(RunningPartition running, String device) {
        try {
            return KernelText.read(Path.of("/proc", Long.toString(running.init().pid()), "net", "dev"))
                    .lines()
                    .anyMatch(line -> line.strip().startsWith(device + ":"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Brings back what a partition had that does not run any more; nothing happens where it had none. */
    void takeBack(PartitionName partition) {
        Optional<LentDevice> lent = record(partition).load(bootId);
        if (lent.isPresent()) {
            takeBack(partition, lent.get());
            record(partition).remove();
        }
        forget(partition);
    }

    private void takeBack(PartitionName partition, LentDevice lent) {
        if (!interfaces.exists(lent.device()) && namespaces.containsKey(partition)) {
            moveBack(partition, lent);
        }
        // Without the namespace the kernel brings it, a moment after the last process.
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!interfaces.exists(lent.device()) && !renamed(lent)) {
            if (System.nanoTime() > deadline) {
                LOG.atError()
                        .addKeyValue("partition", partition)
                        .addKeyValue("device", lent.device())
                        .log(
                                "An interface of the host did not come back; one that is not physical ends with its partition");
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        restore(lent);
    }

    private void moveBack(PartitionName partition, LentDevice lent) {
        Optional<String> name = inside(partition).stream()
                .filter(link -> lent.index()
                        .map(index -> index == link.index())
                        .orElse(link.name().equals(lent.device())))
                .map(Inside::name)
                .findFirst();
        if (name.isEmpty()) {
            return;
        }
        String self = Long.toString(ProcessHandle.current().pid());
        runInside(partition, List.of("ip", "link", "set", "dev", name.get(), "down"));
        runInside(partition, List.of("ip", "link", "set", "dev", name.get(), "netns", self, "name", lent.device()));
    }

    /** Whether it is there by another name, since its own was taken: then it gets it back. */
    private boolean renamed(LentDevice lent) {
        Optional<String> other = interfaces.names().stream()
                .filter(name -> name.startsWith("dev"))
                .filter(name -> interfaces.hardwareAddress(name).equals(Optional.of(lent.hardwareAddress())))
                .findFirst();
        other.ifPresent(name -> {
            tools.run(List.of("ip", "link", "set", "dev", name, "down"));
            tools.run(List.of("ip", "link", "set", "dev", name, "name", lent.device()));
        });
        return other.isPresent();
    }

    private void restore(LentDevice lent) {
        List<String> command = new ArrayList<>(List.of("ip", "link", "set", "dev", lent.device()));
        if (!lent.hardwareAddress().isEmpty()
                && !interfaces.hardwareAddress(lent.device()).equals(Optional.of(lent.hardwareAddress()))) {
            command.addAll(List.of("address", lent.hardwareAddress()));
        }
        command.addAll(List.of("mtu", Integer.toString(lent.mtu()), lent.up() ? "up" : "down"));
        tools.run(command);
    }

    private void forget(PartitionName partition) {
        Fd namespace = namespaces.remove(partition);
        if (namespace != null) {
            namespace.close();
        }
    }

    private BootRecord<LentDevice> record(PartitionName partition) {
        return new BootRecord<>(records.resolve(partition + ".json"), LentDevice.class);
    }

    // ---- inside

    private record Inside(int index, String name) {}

    private List<Inside> inside(PartitionName partition) {
        List<Inside> links = new ArrayList<>();
        for (Json link : items(JsonReader.read(runInside(partition, List.of("ip", "-j", "link", "show"))))) {
            if (member(link, "ifindex") instanceof Json.Whole index) {
                links.add(new Inside(Math.toIntExact(index.value()), text(member(link, "ifname"))));
            }
        }
        return links;
    }

    private String runInside(PartitionName partition, List<String> command) {
        Fd namespace = namespaces.get(partition);
        if (namespace == null) {
            throw new NetworkException("the network of " + partition + " is not kept");
        }
        List<String> words = new ArrayList<>(
                List.of("nsenter", "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.number()));
        words.addAll(command);
        return tools.run(words);
    }

    private static Json member(Json of, String name) {
        return of instanceof Json.Obj object ? object.members().getOrDefault(name, new Json.Null()) : new Json.Null();
    }

    private static List<Json> items(Json of) {
        return of instanceof Json.Array array ? array.items() : List.of();
    }

    private static String text(Json of) {
        return of instanceof Json.Text text ? text.value() : "";
    }
}
