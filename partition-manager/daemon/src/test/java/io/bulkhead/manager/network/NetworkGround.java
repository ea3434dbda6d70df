package io.bulkhead.manager.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.enter.NamespaceEntrance;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.GrouplessCgroups;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.undo.Undo;
import io.bulkhead.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A network of its own on this host, with partitions on it that really run; all gone afterwards. */
final class NetworkGround implements AutoCloseable {
    static final String BOOT = "this-boot";

    final InstanceName instance;
    final Ipv4Subnet subnet;
    final NetworkNames names;
    final TestGround first = new TestGround();
    final NetworkTools tools = new ProgramTools();
    final Interfaces interfaces = new Interfaces(Path.of("/"));
    final Cgroups cgroups = new GrouplessCgroups();

    private final List<TestGround> grounds = new ArrayList<>(List.of(first));
    final Map<PartitionName, PartitionRecord> records = new LinkedHashMap<>();
    final Map<PartitionName, RunningPartition> running = new HashMap<>();
    private final Map<PartitionName, TestGround> files = new HashMap<>();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    NetworkWall wall;

    NetworkGround() {
        this(Optional.empty(), false);
    }

    NetworkGround(Optional<String> uplink, boolean masquerade) {
        int number = TestGround.networkByte();
        instance = new InstanceName(
                "t-net-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0xFFFF)));
        subnet = Ipv4Subnet.parse("10.213." + number + ".0/24");
        names = new NetworkNames(instance, subnet);
        wall = newWall(uplink, masquerade, tools);
    }

    NetworkWall newWall(Optional<String> uplink, boolean masquerade, NetworkTools with) {
        Settings.Network settings = new Settings.Network(subnet, uplink, masquerade, false);
        return NetworkWall.open(
                instance,
                settings,
                first.directory,
                first.directory,
                with,
                first.sys,
                first.starter::userNamespace,
                new NamespaceEntrance(first.sys, cgroups, name -> TestGround.restraints(new Init.Shell())),
                executor,
                BOOT);
    }

    static NetworkSlice slice(String in, String out) {
        return new NetworkSlice(limit(in), limit(out), Optional.empty());
    }

    private static Limit<BitRate> limit(String text) {
        return text.equals(Limit.UNLIMITED) ? Limit.unlimited() : Limit.of(BitRate.parse(text));
    }

    static NetworkAccess access(List<String> peers, String... published) {
        return new NetworkAccess(
                Optional.empty(),
                peers.stream().map(PartitionName::parse).toList(),
                List.of(published).stream().map(PublishedPort::parse).toList());
    }

    static PartitionRecord record(
            String name, NetworkSlice network, NetworkAccess access, UidRange range, Optional<Ipv4Address> address) {
        Claim claim = new Claim(new CpuClaim.Part(new CpuMillis(100)), ByteSize.ofMebibytes(64), 256, IoSlice.UNLIMITED)
                .withNetwork(network);
        PartitionSpec spec = new PartitionSpec(
                        PartitionName.parse(name), claim, new Init.Shell(), false, true, 10_000, Optional.empty())
                .with(Optional.of(access), List.of(), Optional.empty());
        Slice slice = Slice.of(claim, new CpuSlice.Part(new CpuMillis(100)), NodeSet.of(0));
        return new PartitionRecord(spec, Optional.of(slice), range, "g-1", true, Optional.empty()).withAddress(address);
    }

    /** Defines one, or changes it. */
    PartitionRecord define(String name, NetworkSlice network, NetworkAccess access) {
        PartitionName known = PartitionName.parse(name);
        PartitionRecord before = records.get(known);
        UidRange range = before == null
                ? new UidRange(TestGround.RANGE.base() + (long) records.size() * UidRange.SIZE)
                : before.uidRange();
        Optional<Ipv4Address> address =
                network.device().isPresent() ? Optional.empty() : Optional.of(subnet.at(2 + number(known)));
        PartitionRecord record = record(name, network, access, range, address);
        wall.bind(record);
        records.put(known, record);
        return record;
    }

    private int number(PartitionName name) {
        int number = List.copyOf(records.keySet()).indexOf(name);
        return number < 0 ? records.size() : number;
    }

    RunningPartition start(String name) {
        PartitionRecord record = records.get(PartitionName.parse(name));
        TestGround ground = files.computeIfAbsent(record.name(), key -> {
            if (files.isEmpty()) {
                return first;
            }
            grounds.add(new TestGround());
            return grounds.get(grounds.size() - 1);
        });
        try (Undo undo = new Undo()) {
            undo.push("clear the walls of this run", () -> wall.afterRun(record.name()));
            StartRequest request = wall.beforeBoot(
                    record,
                    new StartRequest(
                            record.name(),
                            new Init.Shell(),
                            record.uidRange(),
                            ground.files,
                            true,
                            true,
                            TestGround.restraints(new Init.Shell())),
                    undo);
            RunningPartition run = first.starter.start(request, (alive, back) -> {
                wall.beforeRelease(record, alive, back);
                assertThat(wall.readBack(record, Optional.of(alive))).allMatch(Promise::held);
            });
            undo.keep();
            wall.afterRelease(record, run);
            running.put(record.name(), run);
            return run;
        }
    }

    void stop(String name) {
        RunningPartition run = running.remove(PartitionName.parse(name));
        first.kill(run);
        wall.afterRun(PartitionName.parse(name));
    }

    List<Promise> promises(String name) {
        PartitionName known = PartitionName.parse(name);
        return wall.readBack(records.get(known), Optional.ofNullable(running.get(known)));
    }

    /** Waits for what happens beside. */
    void settle() {
        try {
            executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a command says that root runs inside. */
    String inside(String name, String command) {
        return host(nsenter(name, command)).strip();
    }

    Process beginInside(String name, String command) {
        try {
            return new ProcessBuilder(nsenter(name, command))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String[] nsenter(String name, String command) {
        String pid = Long.toString(running.get(PartitionName.parse(name)).init().pid());
        return new String[] {
            "nsenter",
            "-t",
            pid,
            "-a",
            "-S",
            "0",
            "-G",
            "0",
            "--",
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin",
            "sh",
            "-c",
            command
        };
    }

    static String host(String... words) {
        return TestGround.command(words);
    }

    static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    String address(String name) {
        return records.get(PartitionName.parse(name)).address().orElseThrow().toString();
    }

    /** Everything of the instance that the kernel has. */
    List<String> leftovers() {
        List<String> found = new ArrayList<>();
        for (String name : interfaces.names()) {
            if (name.equals(names.bridge())
                    || name.startsWith(names.linkPrefix())
                    || name.startsWith(names.shaperPrefix())
                    || interfaces.alias(name).startsWith(names.alias())) {
                found.add(name);
            }
        }
        host("nft", "list", "tables")
                .lines()
                .filter(line -> line.endsWith(names.table()))
                .forEach(found::add);
        if (Files.exists(first.directory.resolve("network/ports.json"))) {
            found.add("records");
        }
        if (Files.exists(first.directory.resolve("network.hosts"))) {
            found.add("network.hosts");
        }
        return found;
    }

    /** Takes all down, as the manager does. */
    void leave() {
        List.copyOf(running.keySet()).forEach(name -> stop(name.value()));
        settle();
        records.keySet().forEach(name -> wall.release(name));
        settle();
        wall.leave();
    }

    @Override
    public void close() {
        try {
            leave();
            assertThat(leftovers()).isEmpty();
        } finally {
            executor.shutdownNow();
            grounds.forEach(TestGround::close);
        }
    }
}
