package io.bulkhead.manager.views;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.backend.CgroupBackends;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.life.EventProcessWatch;
import io.bulkhead.manager.loop.EventLoop;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A partition in real groups, an lxcfs of its own, and walls that come and go like managers. */
final class ViewsGround implements AutoCloseable {
    static final Path LXCFS = Path.of("/usr/bin/lxcfs");

    final Cgroups cgroups;
    final TestGround ground;
    final PartitionRecord record;
    final Path runDirectory;
    private final Syscalls sys;
    private final EventLoop loop;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final String instance =
            "bulkhead-t-v" + UUID.randomUUID().toString().substring(0, 6);
    private final Slice slice;

    ViewsGround(CpuSlice cpus, CpuSet pool, long mebibytes) {
        slice = new Slice(cpus, NodeSet.of(0), ByteSize.ofMebibytes(mebibytes), 256, IoSlice.UNLIMITED);
        CpuSet online = CpuSet.of(0, 1);
        HostFacts facts = new HostFacts(
                online,
                Map.of(0, online),
                NodeSet.of(0),
                ByteSize.ofMebibytes(8192),
                Optional.empty(),
                "any",
                Optional.empty());
        HostReserve reserve = new HostReserve(pool, new CpuMillis(500), ByteSize.ofMebibytes(256));
        Syscalls killing = new io.bulkhead.manager.sys.jna.JnaSyscalls();
        cgroups = CgroupBackends.open(new InstanceName(instance), facts, reserve, false, pid -> {
            try (Fd process = killing.openProcess(pid)) {
                killing.signal(process, 9);
            }
        });
        cgroups.prepare();
        cgroups.bind(TestGround.NAME, slice);
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        ground = new TestGround(cgroups);
        sys = ground.sys;
        loop = EventLoop.start(sys);
        Claim claim = new Claim(
                new CpuClaim.Part(new CpuMillis(500)), ByteSize.ofMebibytes(mebibytes), 256, IoSlice.UNLIMITED);
        record = new PartitionRecord(
                new PartitionSpec(TestGround.NAME, claim, new Init.Shell(), false, false, 1000, Optional.empty()),
                Optional.of(slice),
                TestGround.RANGE,
                "g",
                true,
                Optional.empty());
        try {
            runDirectory = Files.createTempDirectory("bulkhead-views-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a manager makes. */
    ViewsWall wall() {
        return wall(LXCFS);
    }

    ViewsWall wall(Path program) {
        ProcessTable processes = new ProcessTable(Path.of("/proc"));
        EventProcessWatch watch = new EventProcessWatch(loop, sys);
        return new ViewsWall(
                sys,
                processes,
                Path.of("/proc"),
                new Lxcfs(
                        sys,
                        processes,
                        new Lxcfs.Place(
                                program,
                                Path.of("/dev/fuse"),
                                Path.of("/proc"),
                                runDirectory.resolve("lxcfs"),
                                instance)),
                (process, ended) -> watch.onEnd(process, ended)::close,
                executor);
    }

    RunningPartition boot(ViewsWall wall, Init init) {
        return ground.boot(init, true, (running, undo) -> wall.beforeRelease(record, running, undo));
    }

    Promise promise(ViewsWall wall, RunningPartition running) {
        return wall.readBack(record, Optional.of(running)).get(0);
    }

    long lxcfs() {
        try {
            return Long.parseLong(
                    Files.readString(runDirectory.resolve("lxcfs.pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill(long pid) {
        try (Fd process = sys.openProcess(pid)) {
            sys.signal(process, 9);
        }
    }

    boolean mounted() {
        return TestGround.readOrEmpty(Path.of("/proc/self/mountinfo")).contains(runDirectory.toString());
    }

    @Override
    public void close() throws IOException {
        ground.close();
        try (ViewsWall last = wall()) {
            last.leave();
        }
        executor.shutdown();
        loop.close();
        cgroups.killAll(TestGround.NAME);
        cgroups.closePayload(TestGround.NAME);
        cgroups.release(TestGround.NAME);
        cgroups.remove();
        Files.delete(runDirectory);
    }
}
