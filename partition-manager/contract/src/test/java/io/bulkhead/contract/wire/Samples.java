package io.bulkhead.contract.wire;

import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.generation.PackageChange;
import io.bulkhead.contract.generation.PackageChanges;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.LedgerNote;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.Drift;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** At least one value of every message, with every optional part present somewhere and absent elsewhere. */
final class Samples {
    static final PartitionName NAME = new PartitionName("db");

    private static final IoSlice IO = new IoSlice(
            Limit.of(ByteRate.parse("50MiB/s")),
            Limit.unlimited(),
            Limit.unlimited(),
            Limit.of(new OperationRate(500)));

    private static final PartitionSpec SPEC = new PartitionSpec(
            NAME,
            new Claim(
                            new CpuClaim.Whole(
                                    2, CpuClaim.Threads.ANY, Optional.of(0), Optional.of(CpuSet.parse("2-3"))),
                            ByteSize.parse("1GiB"),
                            512,
                            IO)
                    .withStorage(new StorageSlice(
                            Optional.of(ByteSize.parse("4GiB")),
                            List.of(new Volume(
                                    new PartitionName("data"), ByteSize.parse("10GiB"), new InsidePath("/srv/data"))),
                            List.of("sdb")))
                    .withConsole(new ConsoleSlice(Limit.unlimited(), Optional.of(ByteSize.parse("2MiB"))))
                    .withNetwork(new NetworkSlice(
                            Limit.of(BitRate.parse("100Mbit/s")), Limit.unlimited(), Optional.empty())),
            new Init.Service(List.of("/usr/bin/redis-server", "--port", "6379"), Init.Restart.ON_FAILURE),
            true,
            false,
            10_000,
            Optional.of("the till's database"),
            Optional.of(7),
            Optional.of(new NetworkAccess(
                    Optional.of(Ipv4Address.parse("10.77.0.9")),
                    List.of(new PartitionName("web")),
                    List.of(PublishedPort.parse("5432:5432")))),
            List.of(new Share("/srv/assets", new InsidePath("/srv/assets"), true)),
            Optional.of(new Hardening(
                    List.of("io_uring_setup"),
                    List.of("ptrace"),
                    List.of("net_raw"),
                    Optional.of(new Hardening.KernelObjects(Optional.of(64L), Optional.empty(), Optional.of(4L))))));

    private static final PartitionSpec PART = new PartitionSpec(
            new PartitionName("batch"),
            new Claim(new CpuClaim.Part(new CpuMillis(500)), ByteSize.parse("64MiB"), 64, IoSlice.UNLIMITED),
            new Init.Systemd(List.of("cron.service")),
            false,
            true,
            30_000,
            Optional.empty());

    private static final PartitionSpec CLOSE = new PartitionSpec(
            new PartitionName("close"),
            new Claim(
                    CpuClaim.Whole.of(4)
                            .inOneCache()
                            .ofType(CoreType.PERFORMANCE)
                            .near("nvme0n1"),
                    ByteSize.parse("64MiB"),
                    64,
                    IoSlice.UNLIMITED),
            new Init.Shell(),
            false,
            false,
            10_000,
            Optional.empty());

    private static final Slice WHOLE =
            new Slice(new CpuSlice.Whole(CpuSet.parse("2-3")), NodeSet.of(0), ByteSize.parse("1GiB"), 512, IO);

    private static final Slice SHARED = new Slice(
            new CpuSlice.Part(new CpuMillis(500)), NodeSet.of(0), ByteSize.parse("64MiB"), 64, IoSlice.UNLIMITED);

    private static final List<Promise> PROMISES = List.of(new Promise(
            Resource.MEMORY,
            "1GiB",
            "2GiB",
            Strength.CAPPED,
            false,
            "/sys/fs/cgroup/memory/bulkhead/p-db/memory.limit_in_bytes",
            Optional.of("it was changed")));

    private static final Intrusion INTRUSION = new Intrusion(
            CpuSet.parse("2-3"),
            1_700_000_000_000L,
            1_700_000_010_000L,
            CpuTime.of(40_000_000, 10_000_000, 500, 29_000_000),
            CpuTime.of(20_000_000, 6_000_000, 0, 14_000_001),
            40_000,
            1_002_003,
            List.of(new Intrusion.Interrupt("LOC", "Local timer interrupts", 2500)));

    static final PartitionStatus STATUS = new PartitionStatus(
            NAME,
            State.RUNNING,
            Optional.of("exited with status 0"),
            List.of("memory: 1GiB promised, 2GiB there"),
            SPEC,
            "service",
            Optional.of(WHOLE),
            PROMISES,
            new ConsoleStatus(
                    1L << 40,
                    2,
                    Optional.of("root"),
                    "0011223344556677",
                    (1L << 40) - 17,
                    ByteSize.ofMebibytes(1),
                    Limit.of(ByteRate.parse("4MiB/s")),
                    3,
                    new ByteSize(5)),
            Optional.of(4711L),
            new UidRange(1_048_576),
            "g-0123456789ab",
            Optional.of(1_700_000_000_000L),
            Optional.of(new Isolation(
                    Isolation.Level.EXCLUSIVE,
                    List.of("interrupt 33 (nvme0q3) kept by the kernel on CPU 1: Operation not permitted"))),
            Optional.of(INTRUSION),
            Optional.of(new Drift(7, true, Optional.of("g-0123456789ac"), Optional.empty())),
            Optional.empty());

    private static final PartitionStatus DEFINED = new PartitionStatus(
            new PartitionName("batch"),
            State.DEFINED,
            Optional.empty(),
            List.of(),
            PART,
            "systemd",
            Optional.empty(),
            List.of(),
            new ConsoleStatus(0, 0, Optional.empty()),
            Optional.empty(),
            new UidRange(1_114_112),
            "g-0123456789ab",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    static final PartitionUsage USAGE = new PartitionUsage(
            NAME,
            State.RUNNING,
            Optional.of(WHOLE),
            1_700_000_010_000L,
            Optional.of(12_345_678L),
            Optional.of(ByteSize.parse("300MiB")),
            Optional.of(17L),
            1,
            2,
            Optional.of(INTRUSION),
            Optional.of(new Pressure(
                    Optional.of(new Pressure.Stall(1_000, Optional.of(10L))),
                    Optional.empty(),
                    Optional.of(new Pressure.Stall(2_000, Optional.empty())))));

    private static final PartitionUsage UNUSED = new PartitionUsage(
            new PartitionName("batch"),
            State.DEFINED,
            Optional.empty(),
            1_700_000_010_000L,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            0,
            Optional.empty());

    private static final HostStatus HOST = new HostStatus(
            new InstanceName("bulkhead"),
            "0.1.0",
            42,
            1_700_000_000_000L,
            "6.18.44",
            "v1",
            CpuSet.parse("0-1"),
            NodeSet.of(0),
            ByteSize.parse("24GiB"),
            new HostReserve(CpuSet.of(0), new CpuMillis(500), ByteSize.parse("1GiB")),
            Optional.of(new Disk("vda", "254:0")),
            List.of(new Enforcement(Resource.CPUS, Strength.SHARED_WITH_HOST, "cpuset.cpu_exclusive")),
            new HostStatus.Steering(
                    true,
                    Optional.empty(),
                    CpuSet.of(1),
                    Optional.of(CpuSet.of(0)),
                    List.of(new HostStatus.StuckInterrupt(33, "nvme0q3", CpuSet.of(1), "Operation not permitted"))),
            new HostStatus.MemoryCaps(
                    true,
                    Optional.empty(),
                    Optional.of(ByteSize.parse("20GiB")),
                    List.of(
                            new HostStatus.MemoryCap(
                                    "system.slice",
                                    Limit.of(ByteSize.parse("20GiB")),
                                    Limit.unlimited(),
                                    ByteSize.parse("2GiB"),
                                    Optional.empty()),
                            new HostStatus.MemoryCap(
                                    "user.slice",
                                    Limit.of(ByteSize.parse("1GiB")),
                                    Limit.of(ByteSize.parse("1GiB")),
                                    ByteSize.parse("512MiB"),
                                    Optional.of("the host's own limit is tighter")))),
            Optional.of(new IoCapacity(
                    Optional.of(ByteRate.parse("500MiB/s")),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(OperationRate.parse("4000/s")))));

    private static final GenerationInfo GENERATION = new GenerationInfo(
            "g-0123456789ab", true, 1_700_000_000_000L, 1263, 3_400_000, 412, 7, List.of(NAME), 2, 1);

    private static final FileChanges CHANGES = new FileChanges(
            List.of(
                    new FileChange("etc/hosts.d/", FileChange.Kind.ADDED, List.of()),
                    new FileChange(
                            "etc/issue",
                            FileChange.Kind.MODIFIED,
                            List.of(FileChange.Aspect.CONTENT, FileChange.Aspect.MODE))),
            5);

    static final List<Order> ORDERS = List.of(
            new Order.DescribeHost(),
            new Order.ListPartitions(),
            new Order.ShowPartition(NAME),
            new Order.DefinePartition(SPEC, WHOLE, Optional.of("$6$salt$hash")),
            new Order.DefinePartition(PART, SHARED, Optional.empty()),
            new Order.DefinePartition(CLOSE, WHOLE, Optional.empty()),
            new Order.BindPartition(NAME, WHOLE),
            new Order.ReleasePartition(NAME),
            new Order.DeletePartition(NAME),
            new Order.DeletePartition(NAME, true),
            new Order.StartPartition(NAME),
            new Order.StopPartition(NAME, true),
            new Order.PausePartition(NAME),
            new Order.ResumePartition(NAME),
            new Order.VerifyPartition(NAME),
            new Order.MeasurePartitions(),
            new Order.FollowEvents(17),
            new Order.OpenConsole(NAME, "root@pts/1", true, false, 4096, true),
            new Order.OpenConsole(NAME, "root@pts/1", true, false, 0, true, Optional.of(1L << 40)),
            new Order.ExecuteCommand(
                    NAME, List.of("ls", "-l"), Map.of("TERM", "xterm"), Optional.of(new WindowSize(80, 24))),
            new Order.ExecuteCommand(NAME, List.of("true"), Map.of(), Optional.empty()),
            new Order.ShutDown(true),
            new Order.ListPartitions(Optional.of(NAME)),
            new Order.DefineUnbound(SPEC, Optional.of("$6$salt$hash")),
            new Order.DefineUnbound(PART, Optional.empty()),
            new Order.NoteLedger(List.of(new LedgerNote("db", "slice is nothing by the ledger", "accept it"))),
            new Order.MeasurePartitions(Optional.of(NAME)),
            new Order.CaptureGeneration(),
            new Order.ListGenerations(),
            new Order.RemoveUnusedGenerations(true),
            new Order.DiffPartition(NAME),
            new Order.RebasePartition(NAME),
            new Order.UndoRebase(NAME));

    static final List<Reply> REPLIES = List.of(
            new Reply.Done(),
            new Reply.Host(HOST),
            new Reply.Partition(STATUS),
            new Reply.Partitions(List.of(STATUS, DEFINED)),
            new Reply.Measured(List.of(USAGE, UNUSED)),
            new Reply.Certified(Certificate.of(NAME, 1_700_000_000_000L, PROMISES)),
            new Reply.Captured(GENERATION, true),
            new Reply.Generations(List.of(GENERATION), 3),
            new Reply.GenerationsRemoved(List.of("g-0123456789ab"), 4096, 1),
            new Reply.Differences(new PartitionDifferences(
                    NAME,
                    "g-0123456789ab",
                    "g-0123456789ac",
                    CHANGES,
                    true,
                    FileChanges.NONE,
                    new PackageChanges(
                            List.of(
                                    new PackageChange("openssl:amd64", Optional.of("3.0.1"), Optional.of("3.0.2")),
                                    new PackageChange("new:all", Optional.empty(), Optional.of("1")),
                                    new PackageChange("old:all", Optional.of("1"), Optional.empty())),
                            2),
                    Optional.of("g-0123456789ac"),
                    Optional.empty())),
            new Reply.Rebased(new Rebase(NAME, "g-0123456789ab", "g-0123456789ac", true, CHANGES, FileChanges.NONE)),
            new Reply.StreamOpened(17),
            new Reply.Refused(new Problem(
                    ProblemCode.NOT_ENOUGH_RESOURCES, "CPUs are short", Optional.of("stop db"), List.of("db: 2-3"))),
            new Reply.Partitions(List.of(STATUS), true),
            new Reply.Measured(List.of(USAGE), true));

    static final List<StreamMessage> STREAM_MESSAGES = List.of(
            new StreamMessage.Gap(1, 2),
            new StreamMessage.CaughtUp(42),
            new StreamMessage.Mark(
                    1L << 40, 1_700_000_000_000L, StreamMessage.Mark.Kind.RUN_ENDED, "killed by signal 9"),
            new StreamMessage.WriterChanged("root"),
            new StreamMessage.Exited(137),
            new StreamMessage.Resize(new WindowSize(120, 40)),
            new StreamMessage.EndOfInput(),
            new StreamMessage.Signal(2));

    static final List<Event> EVENTS = List.of(
            new Event.ManagerStarted("0.1.0"),
            new Event.PartitionDefined(NAME),
            new Event.PartitionBound(NAME),
            new Event.PartitionReleased(NAME),
            new Event.PartitionDeleted(NAME),
            new Event.PartitionStarting(NAME),
            new Event.PartitionStarted(NAME, 4711),
            new Event.PartitionAdopted(NAME, 4711),
            new Event.PartitionPaused(NAME),
            new Event.PartitionResumed(NAME),
            new Event.PartitionStopping(NAME),
            new Event.PartitionStopped(NAME, "exited with status 0"),
            new Event.PartitionFailed(NAME, "killed by signal 9"),
            new Event.PartitionDegraded(NAME, List.of("memory")),
            new Event.PartitionRepaired(NAME),
            new Event.PartitionOutOfMemory(NAME, 3),
            new Event.PartitionTasksExhausted(NAME, 42),
            new Event.GenerationCaptured("g-0123456789ab"),
            new Event.GenerationsRemoved(List.of("g-0123456789ab")),
            new Event.PartitionRebased(NAME, "g-0123456789ab", "g-0123456789ac"),
            new Event.PartitionRebasePlanned(NAME, "g-0123456789ac"),
            new Event.PartitionRebaseRefused(NAME, "g-0123456789ac", "etc/issue: changed on both sides"),
            new Event.PartitionRebaseUndone(NAME, "g-0123456789ac", "g-0123456789ab"),
            new Event.HostCpusChanged(CpuSet.parse("0-2"), CpuSet.EMPTY, CpuSet.of(3)),
            new Event.HostSettingsChanged(List.of("interrupt 24 (nvme0q0) had been moved from CPUs 0 to 0-3")),
            new Event.ConsoleAttached(NAME, "root", true),
            new Event.ConsoleDetached(NAME, "root"),
            new Event.LedgerDifferenceFound("db", "slice is nothing by the ledger", "accept it"),
            new Event.LedgerDifferenceResolved("db", "slice is nothing by the ledger"));

    private Samples() {}
}
