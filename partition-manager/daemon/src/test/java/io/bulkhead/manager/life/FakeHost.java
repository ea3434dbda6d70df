package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.admission.Admission;
import io.bulkhead.manager.admission.Holdings;
import io.bulkhead.manager.caps.CapRecord;
import io.bulkhead.manager.caps.MemoryCaps;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.PlainFiles;
import io.bulkhead.manager.console.ConsoleCalls;
import io.bulkhead.manager.console.ConsoleLoop;
import io.bulkhead.manager.console.Consoles;
import io.bulkhead.manager.generation.GenerationStore;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.journal.Journal;
import io.bulkhead.manager.keeping.BootFacts;
import io.bulkhead.manager.keeping.Disturbances;
import io.bulkhead.manager.keeping.HostKeeping;
import io.bulkhead.manager.rebase.GenerationOffice;
import io.bulkhead.manager.record.BootRecord;
import io.bulkhead.manager.record.FaultyRecords;
import io.bulkhead.manager.record.RecordStore;
import io.bulkhead.manager.restraint.FakeCompiler;
import io.bulkhead.manager.restraint.Restrainer;
import io.bulkhead.manager.steering.SteeringKeeper;
import io.bulkhead.manager.steering.SteeringRecord;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.TreeCalls;
import io.bulkhead.manager.sys.jna.JnaTreeCalls;
import io.bulkhead.manager.wall.Walls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A host of fakes with real records and directories, and a manager on it that can die and come again. */
final class FakeHost {
    static final PartitionName DB = new PartitionName("db");

    final Faults faults = new Faults();
    final FakeProcesses processes = new FakeProcesses();
    final FakeCgroups cgroups = new FakeCgroups(faults, processes);
    final FakeStarter starter = new FakeStarter(faults, processes, cgroups);
    final Map<PartitionName, Intrusion> intrusions = new HashMap<>();
    final FakeChanges changes = new FakeChanges();
    final FakeWall wall = new FakeWall(faults);
    CpuSet online = CpuSet.parse("0-3");
    /** How often a partition's own files were opened from outside. */
    int filesOpened;

    final Path directory;
    String bootId = "boot-1";
    long now = 1_700_000_000_000L;
    LifeParts parts;
    Partitions partitions;

    FakeHost(Path directory) {
        this.directory = directory;
        newManager();
    }

    /** The old manager is gone, with whatever it knew; a new one has not recovered yet. */
    Recovery newManager() {
        HostFacts facts = new HostFacts(
                CpuSet.parse("0-3"),
                Map.of(0, CpuSet.of(0), 1, CpuSet.of(1), 2, CpuSet.of(2), 3, CpuSet.of(3)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(4096),
                Optional.empty(),
                "6.1",
                Optional.empty());
        HostReserve reserve = new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.ofMebibytes(1024));
        // What happens by itself happens at once here, on the thread that made it happen.
        Executor executor = Runnable::run;
        Path own = directory.resolve("partitions");
        TreeCalls trees = new JnaTreeCalls();
        RecordStore records = FaultyRecords.at(directory.resolve("records"), step -> {
            try {
                faults.step(step);
            } catch (Faults.Struck e) {
                throw new IOException(e);
            }
        });
        parts = new LifeParts(
                cgroups,
                new Walls(List.of(wall)),
                starter,
                new Restrainer(new FakeCompiler(), Path.of("/proc")),
                processes,
                records,
                new PartitionDirectories(own, (target, name, hash) -> {
                    faults.step("materialise");
                    Files.createDirectory(target);
                    Files.writeString(target.resolve("etc"), name.value());
                    return "g-1";
                }),
                new GenerationOffice(
                        new GenerationStore(directory.resolve("generations")),
                        directory.resolve("host"),
                        name -> {
                            filesOpened++;
                            return trees.openRoot(own.resolve(name.value()));
                        },
                        trees),
                new Holdings(new Admission(facts, reserve), 65_536, 8, range -> Optional.empty()),
                keeping(facts, reserve),
                new Journal(() -> now),
                new Consoles(
                        directory.resolve("consoles"),
                        new ByteSize(4096),
                        bootId,
                        records,
                        new NoLoop(),
                        new NoCalls(),
                        event -> {},
                        executor,
                        () -> now),
                changes,
                () -> online,
                (name, cpus) -> Optional.ofNullable(intrusions.get(name))
                        .filter(known -> known.cpus().equals(cpus)),
                executor,
                () -> now,
                bootId);
        partitions = new Partitions(parts, new HostDescription(new InstanceName("t"), "v", 1, now, facts, reserve));
        return new Recovery(parts, partitions);
    }

    /** One interrupt and two groups of the host's, whose files stand beside the manager's. */
    private HostKeeping keeping(HostFacts facts, HostReserve reserve) {
        Path kernel = directory.resolve("kernel");
        Path top = kernel.resolve("top");
        file(kernel.resolve("sys/devices/system/cpu/online"), "0-3");
        file(kernel.resolve("proc/irq/33/smp_affinity_list"), "0-3");
        file(kernel.resolve("proc/irq/33/eth0/.is-a-directory"), "");
        file(kernel.resolve("proc/irq/default_smp_affinity"), "f");
        for (String group : List.of("system.slice", "user.slice")) {
            file(top.resolve(group).resolve("memory.max"), "max");
            file(top.resolve(group).resolve("memory.current"), "104857600");
            file(top.resolve(group).resolve("memory.stat"), "anon 4096");
        }
        CgroupFiles files = new PlainFiles() {
            @Override
            public void write(Path file, String text) {
                try {
                    faults.step("write to the kernel");
                } catch (Faults.Struck e) {
                    throw new CgroupException("write '" + text + "' to " + file + ": Input/output error", e);
                }
                super.write(file, text);
            }
        };
        Disturbances disturbances = new Disturbances();
        return new HostKeeping(
                facts,
                reserve,
                new BootFacts(Optional.of(CpuSet.EMPTY)),
                new SteeringKeeper(
                        files,
                        kernel,
                        new BootRecord<>(directory.resolve("steering.json"), SteeringRecord.class),
                        bootId,
                        reserve.pool(),
                        disturbances),
                Optional.empty(),
                Optional.of(new MemoryCaps(
                        files,
                        top,
                        new InstanceName("t"),
                        facts.memory(),
                        ByteSize.ofMebibytes(128),
                        new BootRecord<>(directory.resolve("caps.json"), CapRecord.class),
                        bootId,
                        disturbances)),
                Optional.empty(),
                disturbances);
    }

    /** What the host's own groups use and the kernel cannot take back. */
    void hostHolds(ByteSize held) {
        Path group = directory.resolve("kernel/top/system.slice");
        try {
            Files.writeString(group.resolve("memory.current"), held.bytes() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What one of the kernel's files says. */
    String kernelSays(String path) {
        return text(directory.resolve("kernel").resolve(path)).strip();
    }

    private static void file(Path file, String text) {
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, text + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PartitionStatus order(Order order) {
        return ((Reply.Partition) partitions.execute(order)).partition();
    }

    PartitionStatus show() {
        return order(new Order.ShowPartition(DB));
    }

    List<Event> events() {
        return parts.journal().after(0, 1000).events().stream()
                .map(EventRecord::event)
                .toList();
    }

    /** All that could be left behind: groups, tasks, processes, descriptors, files, records, holdings. */
    String picture() {
        return cgroups.picture() + " living=" + processes.living() + " open=" + processes.open + " files=" + files()
                + " holdings=" + parts.holdings().all();
    }

    private String files() {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    // A temporary file is made anew by the next write.
                    .filter(file -> !file.toString().endsWith(".tmp"))
                    .sorted()
                    .map(file -> directory.relativize(file) + "=" + content(file))
                    .collect(Collectors.joining(","));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a console has said stays said, whatever comes of it. */
    private static int content(Path file) {
        return file.toString().endsWith(".ring") ? 0 : text(file).hashCode();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Order.DefinePartition define(String name, int cpu) {
        return define(name, cpu, false, new Init.Shell());
    }

    static Order.DefinePartition define(String name, int cpu, boolean autostart, Init init) {
        ByteSize memory = ByteSize.ofMebibytes(64);
        Claim claim = new Claim(CpuClaim.Whole.of(1), memory, 64, IoSlice.UNLIMITED);
        PartitionSpec spec =
                new PartitionSpec(new PartitionName(name), claim, init, autostart, false, 100, Optional.empty());
        return new Order.DefinePartition(spec, slice(cpu), Optional.empty());
    }

    static Slice slice(int cpu) {
        return new Slice(
                new CpuSlice.Whole(CpuSet.of(cpu)), NodeSet.of(0), ByteSize.ofMebibytes(64), 64, IoSlice.UNLIMITED);
    }

    /** Runs everything at once and never has anything to read. */
    private static final class NoLoop implements ConsoleLoop {
        @Override
        public Watch watch(Fd fd, Handler handler) {
            return new Watch() {
                @Override
                public void want(boolean readable, boolean writable) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void schedule(Duration delay, Runnable task) {}
    }

    private static final class NoCalls implements ConsoleCalls {
        @Override
        public int available(Fd master) {
            return 0;
        }

        @Override
        public int read(Fd master, ByteBuffer into) {
            return NOT_NOW;
        }

        @Override
        public int write(Fd master, byte[] bytes) {
            return bytes.length;
        }

        @Override
        public void setWindowSize(Fd master, WindowSize size) {}
    }
}
