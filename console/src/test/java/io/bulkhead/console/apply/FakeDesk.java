package io.bulkhead.console.apply;

import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.unit.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A control plane with nothing but memory to give, that can fail at any order. */
final class FakeDesk implements Desk {
    private final long capacityMebibytes;
    private final Map<PartitionName, Held> partitions = new TreeMap<>();
    final List<String> orders = new ArrayList<>();
    private int until = Integer.MAX_VALUE;
    private boolean afterwards;

    /** A partition, and whether it holds what it asks for. */
    record Held(PartitionSpec spec, boolean bound) {}

    FakeDesk(long capacityMebibytes) {
        this.capacityMebibytes = capacityMebibytes;
    }

    static PartitionSpec spec(String name, long mebibytes) {
        return spec(name, mebibytes, 64);
    }

    static PartitionSpec spec(String name, long mebibytes, int tasks) {
        return new PartitionSpec(
                new PartitionName(name),
                new Claim(CpuClaim.Whole.of(1), ByteSize.ofMebibytes(mebibytes), tasks, IoSlice.UNLIMITED),
                new Init.Shell(),
                false,
                false,
                1000,
                Optional.empty());
    }

    FakeDesk with(PartitionSpec spec, boolean bound) {
        partitions.put(spec.name(), new Held(spec, bound));
        return this;
    }

    /** Fails the order after so many, once; either before or after it has been carried out. */
    void failAfter(int orders, boolean afterwards) {
        this.until = orders;
        this.afterwards = afterwards;
    }

    boolean hasFailed() {
        return until < 0;
    }

    Map<PartitionName, Held> partitions() {
        return Map.copyOf(partitions);
    }

    /** What the control plane would list. */
    Map<PartitionName, PartitionStatus> present() {
        return partitions.values().stream()
                .map(FakeDesk::status)
                .collect(Collectors.toMap(PartitionStatus::name, Function.identity()));
    }

    private static PartitionStatus status(Held held) {
        PartitionStatus sample = Samples.status(held.spec().name().value(), held.bound() ? State.BOUND : State.DEFINED);
        return new PartitionStatus(
                sample.name(),
                sample.state(),
                sample.reason(),
                sample.degraded(),
                held.spec(),
                sample.init(),
                held.bound() ? sample.slice() : Optional.empty(),
                sample.promises(),
                sample.console(),
                sample.pid(),
                sample.uidRange(),
                sample.generation(),
                sample.startedAtMillis(),
                sample.isolation(),
                sample.intrusion());
    }

    @Override
    public PartitionStatus define(PartitionSpec definition, Optional<String> rootPasswordHash) {
        order("define " + definition.name(), () -> {
            long others = partitions.values().stream()
                    .filter(held -> held.bound() && !held.spec().name().equals(definition.name()))
                    .mapToLong(held -> mebibytes(held.spec()))
                    .sum();
            if (others + mebibytes(definition) > capacityMebibytes) {
                throw Refusal.of(ProblemCode.NOT_ENOUGH_RESOURCES, definition.name() + " has no room");
            }
            partitions.put(definition.name(), new Held(definition, true));
        });
        return status(held(definition.name()));
    }

    @Override
    public PartitionStatus release(PartitionName name) {
        order("release " + name, () -> partitions.put(name, new Held(held(name).spec(), false)));
        return status(held(name));
    }

    @Override
    public void delete(PartitionName name, boolean wipe) {
        order("delete " + name, () -> {
            held(name);
            partitions.remove(name);
        });
    }

    private Held held(PartitionName name) {
        Held held = partitions.get(name);
        if (held == null) {
            throw Refusal.of(ProblemCode.NOT_FOUND, "there is no " + name);
        }
        return held;
    }

    private static long mebibytes(PartitionSpec spec) {
        return spec.claim().memory().bytes() >> 20;
    }

    private void order(String what, Runnable work) {
        orders.add(what);
        boolean fails = until-- == 0;
        if (fails && !afterwards) {
            throw Refusal.of(ProblemCode.FAILED, "injected before " + what);
        }
        work.run();
        if (fails) {
            throw Refusal.of(ProblemCode.TIMED_OUT, "injected after " + what);
        }
    }
}
