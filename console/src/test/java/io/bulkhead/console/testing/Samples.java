package io.bulkhead.console.testing;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Partitions as the API describes them. */
public final class Samples {
    private Samples() {}

    /** A definition of one whole CPU and 1 GiB. */
    public static PartitionSpec spec(String name) {
        return spec(name, 512);
    }

    /** The same with another number of tasks. */
    public static PartitionSpec spec(String name, int tasks) {
        return new PartitionSpec(
                new PartitionName(name),
                new Claim(CpuClaim.Whole.of(1), ByteSize.parse("1GiB"), tasks, IoSlice.UNLIMITED),
                new Init.Shell(),
                false,
                false,
                PartitionSpec.DEFAULT_STOP_TIMEOUT_MILLIS,
                Optional.empty());
    }

    /** A partition that holds CPU 1 and writes 20 MiB a second. */
    public static PartitionStatus status(String name, State state) {
        Slice slice = new Slice(
                new CpuSlice.Whole(CpuSet.of(1)),
                NodeSet.of(0),
                ByteSize.parse("1GiB"),
                512,
                new IoSlice(
                        Limit.unlimited(), Limit.of(ByteRate.parse("20MiB/s")), Limit.unlimited(), Limit.unlimited()));
        boolean holds = state != State.DEFINED;
        return new PartitionStatus(
                new PartitionName(name),
                state,
                Optional.empty(),
                List.of(),
                spec(name),
                "shell",
                holds ? Optional.of(slice) : Optional.empty(),
                holds ? List.of(promise(true)) : List.of(),
                new ConsoleStatus(7, 2, Optional.of("root#7")),
                state == State.RUNNING ? Optional.of(4711L) : Optional.empty(),
                new UidRange(1_048_576),
                "g-1",
                Optional.empty(),
                holds
                        ? Optional.of(
                                new Isolation(Isolation.Level.STEERED, List.of("boot with nohz_full=1 rcu_nocbs=1")))
                        : Optional.empty(),
                Optional.empty());
    }

    /** What others took of CPU 1: 30 ms of 10 s, after 1.2 s before. */
    public static Intrusion intrusion() {
        return new Intrusion(
                CpuSet.of(1),
                1_700_000_000_000L,
                1_700_000_060_000L,
                CpuTime.of(60_000_000, 20_000_000, 0, 38_770_000),
                CpuTime.of(10_000_000, 9_000_000, 0, 970_000),
                20_000,
                1_230_000,
                List.of(
                        new Intrusion.Interrupt("LOC", "Local timer interrupts", 2500),
                        new Intrusion.Interrupt("36", "virtio1-req.0", 3)));
    }

    /** The same partition by another definition. */
    public static PartitionStatus asking(PartitionStatus status, PartitionSpec definition) {
        return new PartitionStatus(
                status.name(),
                status.state(),
                status.reason(),
                status.degraded(),
                definition,
                status.init(),
                status.slice(),
                status.promises(),
                status.console(),
                status.pid(),
                status.uidRange(),
                status.generation(),
                status.startedAtMillis(),
                status.isolation(),
                status.intrusion());
    }

    /** The same partition, watched for a while. */
    public static PartitionStatus watched(PartitionStatus status) {
        return new PartitionStatus(
                status.name(),
                status.state(),
                status.reason(),
                status.degraded(),
                status.definition(),
                status.init(),
                status.slice(),
                status.promises(),
                status.console(),
                status.pid(),
                status.uidRange(),
                status.generation(),
                status.startedAtMillis(),
                status.isolation(),
                Optional.of(intrusion()));
    }

    /** What a partition uses that holds CPU 1. */
    public static PartitionUsage usage(String name, long timeMillis, long cpuMicros, String memory, long tasks) {
        PartitionStatus status = status(name, State.RUNNING);
        return new PartitionUsage(
                status.name(),
                status.state(),
                status.slice(),
                timeMillis,
                Optional.of(cpuMicros),
                Optional.of(ByteSize.parse(memory)),
                Optional.of(tasks),
                0,
                0,
                Optional.of(intrusion()));
    }

    /** The body of {@code GET /v1/usage}. */
    public static Json usages(PartitionUsage... usages) {
        return new Json.Obj(Map.of(
                "partitions",
                new Json.Array(Arrays.stream(usages)
                        .map(each -> (Json) RecordCodec.encode(each))
                        .toList())));
    }

    /** A promise of memory, kept or broken. */
    public static Promise promise(boolean held) {
        return new Promise(
                Resource.MEMORY,
                "1GiB",
                held ? "1GiB" : "512MiB",
                Strength.GUARANTEED,
                held,
                "/sys/fs/cgroup/x/memory.max",
                held ? Optional.empty() : Optional.of("somebody wrote to it"));
    }

    public static Json certificate(String name, boolean held) {
        return RecordCodec.encode(Certificate.of(new PartitionName(name), 0, List.of(promise(held))));
    }

    public static Json json(PartitionStatus status) {
        return RecordCodec.encode(status);
    }

    /** The body of {@code GET /v1/partitions}. */
    public static Json list(PartitionStatus... partitions) {
        return new Json.Obj(Map.of(
                "partitions",
                new Json.Array(Arrays.stream(partitions).map(Samples::json).toList())));
    }

    public static Json problem(String code, String detail, String remedy, String... holders) {
        return new Json.Obj(Map.of("code", Json.of(code)))
                .with("detail", Json.of(detail))
                .with("remedy", Json.of(remedy))
                .with(
                        "holders",
                        new Json.Array(Arrays.stream(holders)
                                .map(each -> (Json) Json.of(each))
                                .toList()));
    }
}
