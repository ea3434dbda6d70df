package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.backend.CgroupBackends;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.life.PartitionDirectories;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.ConsoleTap;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.StartRequest;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** A partition with storage on this machine: real files, loop devices, mounts and groups, gone afterwards. */
final class StorageGround implements AutoCloseable {
    static final ByteSize OWN = ByteSize.ofMebibytes(96);

    final Syscalls sys = new JnaSyscalls();
    final Cgroups cgroups;
    final TestGround ground;
    final Path directory;
    final StorageParts parts;
    final StorageWall wall;

    /** What the wall has left to be done beside; done by {@link #doWhatIsLeft} alone. */
    final Queue<Runnable> left = new ArrayDeque<>();

    PartitionRecord record;
    RunningPartition running;
    ConsoleTap console;

    StorageGround(Optional<Disk> disk) {
        HostFacts facts = new HostFacts(
                CpuSet.of(0),
                Map.of(0, CpuSet.of(0)),
                NodeSet.of(0),
                ByteSize.ofMebibytes(4096),
                disk,
                "any",
                Optional.empty());
        HostReserve reserve = new HostReserve(CpuSet.of(0), new CpuMillis(100), ByteSize.ofMebibytes(256));
        InstanceName instance =
                new InstanceName("bulkhead-t-" + ProcessHandle.current().pid());
        cgroups = CgroupBackends.open(instance, facts, reserve, false, this::kill);
        cgroups.prepare();
        ground = new TestGround(cgroups);
        try {
            Path partitions = Files.createDirectory(ground.directory.resolve("partitions"));
            directory = Files.move(ground.files, partitions.resolve(TestGround.NAME.value()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        parts = StorageParts.ofHost(
                sys,
                directory.getParent(),
                List.of(ground.directory),
                PartitionDirectories::removeWholeTree,
                ground.starter::userNamespace);
        wall = parts.wall(cgroups, disk.isPresent(), left::add);
        record = record(Optional.empty(), IoSlice.UNLIMITED, List.of());
    }

    private void kill(long pid) {
        try (Fd process = sys.openProcess(pid)) {
            sys.signal(process, 9);
        }
    }

    static StorageSlice own(long mebibytes, Volume... volumes) {
        return new StorageSlice(Optional.of(ByteSize.ofMebibytes(mebibytes)), List.of(volumes), List.of());
    }

    static Volume volume(String name, long mebibytes, String at) {
        return new Volume(new PartitionName(name), ByteSize.ofMebibytes(mebibytes), new InsidePath(at));
    }

    static PartitionRecord record(Optional<StorageSlice> storage, IoSlice io, List<Share> shares) {
        ByteSize memory = ByteSize.ofMebibytes(128);
        Claim claim =
                new Claim(new CpuClaim.Part(new CpuMillis(500)), memory, 128, io, false, storage, Optional.empty());
        PartitionSpec spec = new PartitionSpec(
                        TestGround.NAME, claim, new Init.Shell(), false, false, 1000, Optional.empty())
                .with(Optional.empty(), shares, Optional.empty());
        Slice slice = Slice.of(claim, new CpuSlice.Part(new CpuMillis(500)), NodeSet.of(0));
        return new PartitionRecord(spec, Optional.of(slice), TestGround.RANGE, "g-1", true, Optional.empty());
    }

    /** Changes the definition as life does. */
    void define(Optional<StorageSlice> storage, IoSlice io, Share... shares) {
        PartitionRecord after = record(storage, io, List.of(shares));
        wall.refuseChange(record.definition(), after.definition());
        cgroups.bind(TestGround.NAME, after.slice().orElseThrow());
        wall.bind(after);
        record = after;
    }

    void define(StorageSlice storage, Share... shares) {
        define(Optional.of(storage), IoSlice.UNLIMITED, shares);
    }

    /** Boots and waits for the prompt. */
    ConsoleTap start() {
        cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        try (Undo undo = new Undo()) {
            undo.push("clear", () -> wall.afterRun(TestGround.NAME));
            running = ground.starter.start(wall.beforeBoot(record, request(), undo), (processes, back) -> {
                wall.beforeRelease(record, processes, back);
                assertThat(promises(processes)).allSatisfy(promise -> assertThat(promise.held())
                        .as(promise.toString())
                        .isTrue());
            });
            undo.keep();
        }
        wall.afterRelease(record, running);
        console = new ConsoleTap(sys, running.console());
        console.expect("# ", Duration.ofSeconds(20));
        return console;
    }

    StartRequest request() {
        return request(directory);
    }

    /** The start of a partition with its own files there. */
    static StartRequest request(Path directory) {
        return new StartRequest(
                TestGround.NAME,
                new Init.Shell(),
                TestGround.RANGE,
                directory,
                false,
                true,
                TestGround.restraints(new Init.Shell()));
    }

    private List<Promise> promises(RunningPartition processes) {
        return wall.readBack(record, Optional.of(processes));
    }

    List<Promise> promises() {
        return wall.readBack(record, Optional.ofNullable(running));
    }

    /** Kills everything and clears away as life does. */
    void stop() {
        console.close();
        ground.kill(running);
        running = null;
        cgroups.killAll(TestGround.NAME);
        cgroups.closePayload(TestGround.NAME);
        wall.afterRun(TestGround.NAME);
        assertThat(parts.loops().below(directory)).isEmpty();
    }

    /** Does what a manager would do on another thread. */
    void doWhatIsLeft() {
        for (Runnable task = left.poll(); task != null; task = left.poll()) {
            task.run();
        }
    }

    /** The loop devices on files of the partition. */
    List<String> devices() {
        return parts.loops().below(directory);
    }

    StoragePaths paths() {
        return new StoragePaths(directory);
    }

    /** A file of a volume at rest, read without mounting it. */
    static String inVolume(Path volume, String path) {
        return TestGround.command("debugfs", "-R", "cat " + path, volume.toString())
                .replaceFirst("(?s)^debugfs [^\n]*\n", "");
    }

    @Override
    public void close() {
        if (running != null) {
            stop();
        }
        wall.afterRun(TestGround.NAME);
        wall.release(TestGround.NAME);
        ground.close();
        cgroups.closePayload(TestGround.NAME);
        cgroups.release(TestGround.NAME);
        cgroups.remove();
    }
}
