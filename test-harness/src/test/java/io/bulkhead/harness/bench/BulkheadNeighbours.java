package io.bulkhead.harness.bench;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;
import io.bulkhead.harness.bench.Contender.CannotRunException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Two partitions of a manager of our own. A wall counts as there when the kernel's word for it is among the promises. */
final class BulkheadNeighbours implements Neighbours {
    private static final PartitionName VICTIM = new PartitionName("victim");
    private static final PartitionName HOG = new PartitionName("hog");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ManagerProcess manager;
    private final PairTerms terms;
    private final boolean network;
    private @Nullable PartitionStatus victim;

    /** @param network whether both get a share of it */
    BulkheadNeighbours(ManagerProcess manager, PairTerms terms, boolean network) {
        this.manager = manager;
        this.terms = terms;
        this.network = network;
    }

    @Override
    public String name() {
        return "bulkhead";
    }

    @Override
    public String version() {
        return "bulkhead manager " + manager.host().managerVersion();
    }

    @Override
    public String terms() {
        return "two partitions: " + String.join("; ", walls());
    }

    private List<String> walls() {
        List<String> walls = new ArrayList<>(List.of(
                "whole CPUs " + terms.victimCpus() + " for the one, a part of " + terms.pool() + " for the other"));
        walls.add(has(Resource.STORAGE) ? "a volume for each" : "**no storage of their own**");
        walls.add(has(Resource.NETWORK_OUT) ? "rates on the network, kept from each other" : "**no network**");
        return walls;
    }

    @Override
    public void prepare() throws CannotRunException {
        IoSlice bounded = new IoSlice(
                Limit.of(new ByteRate(PairTerms.HOG_IO_BYTES_PER_SECOND)),
                Limit.of(new ByteRate(PairTerms.HOG_IO_BYTES_PER_SECOND)),
                Limit.unlimited(),
                Limit.of(new OperationRate(PairTerms.HOG_WRITES_PER_SECOND)));
        int count = terms.victimCpus().size();
        try {
            define(
                    VICTIM,
                    withWalls(
                            new Claim(
                                    CpuClaim.Whole.of(count),
                                    new ByteSize(PairTerms.VICTIM_MEMORY_BYTES),
                                    PairTerms.TASKS,
                                    IoSlice.UNLIMITED),
                            Limit.unlimited()));
            define(
                    HOG,
                    withWalls(
                            new Claim(
                                    new CpuClaim.Part(new CpuMillis(PairTerms.HOG_CPU_MILLIS)),
                                    new ByteSize(PairTerms.HOG_MEMORY_BYTES),
                                    PairTerms.TASKS,
                                    manager.host().disk().isPresent() ? bounded : IoSlice.UNLIMITED),
                            Limit.of(new BitRate(PairTerms.HOG_BITS_PER_SECOND))));
            shut();
        } catch (IOException e) {
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        }
    }

    private Claim withWalls(Claim claim, Limit<BitRate> rate) {
        Claim walled = claim.withStorage(StorageSlice.of(new ByteSize(PairTerms.STORAGE_BYTES)));
        return network ? walled.withNetwork(new NetworkSlice(rate, rate, Optional.empty())) : walled;
    }

    private void define(PartitionName name, Claim claim) throws IOException {
        PartitionSpec spec = new PartitionSpec(
                name,
                claim,
                new Init.Shell(),
                false,
                false,
                PartitionSpec.DEFAULT_STOP_TIMEOUT_MILLIS,
                Optional.empty());
        manager.orders().ask(Reply.Partition.class, new Order.DefinePartition(spec, slice(claim), Optional.empty()));
    }

    private Slice slice(Claim claim) {
        CpuSlice cpus = claim.cpus() instanceof CpuClaim.Part part
                ? new CpuSlice.Part(part.amount())
                : new CpuSlice.Whole(terms.victimCpus());
        return Slice.of(claim, cpus, NodeSet.of(terms.node()));
    }

    @Override
    public void open() throws IOException {
        for (PartitionName name : List.of(VICTIM, HOG)) {
            PartitionStatus status = manager.orders()
                    .ask(Reply.Partition.class, new Order.ShowPartition(name))
                    .partition();
            manager.orders()
                    .ask(
                            Reply.Partition.class,
                            new Order.BindPartition(
                                    name, slice(status.definition().claim())));
        }
        victim = start(VICTIM);
        start(HOG);
        serve();
    }

    private PartitionStatus start(PartitionName name) throws IOException {
        PartitionStatus started = manager.orders()
                .ask(Reply.Partition.class, new Order.StartPartition(name))
                .partition();
        inside(name, List.of("/bin/mkdir", "-p", Hog.DIRECTORY)).await(PATIENCE);
        return started;
    }

    @Override
    public void shut() throws IOException {
        for (PartitionName name : List.of(HOG, VICTIM)) {
            manager.orders().ask(Reply.Partition.class, new Order.StopPartition(name, true));
            manager.orders().ask(Reply.Partition.class, new Order.ReleasePartition(name));
        }
    }

    @Override
    public Optional<String> obstacle(Hog hog) {
        if (hog.needsStorage() && !has(Resource.STORAGE)) {
            return Optional.of("partitions have no storage of their own");
        }
        if (hog.needsNetwork() && (!has(Resource.NETWORK_OUT) || victimAddress().isEmpty())) {
            return Optional.of("partitions have no network");
        }
        return Optional.empty();
    }

    private boolean has(Resource resource) {
        return victim != null
                && victim.promises().stream().anyMatch(promise -> promise.resource() == resource && promise.held());
    }

    private Optional<Ipv4Address> victimAddress() {
        return victim == null ? Optional.empty() : victim.address();
    }

    @Override
    public String address() {
        return victimAddress().map(Ipv4Address::toString).orElse("");
    }

    @Override
    public void serve() throws IOException {
        for (List<String> server : Victim.servers(Hog.DIRECTORY)) {
            inVictim(server).await(PATIENCE);
        }
    }

    @Override
    public Program inVictim(List<String> command) throws IOException {
        return inside(VICTIM, command);
    }

    @Override
    public Program inHog(List<String> command) throws IOException {
        return inside(HOG, command);
    }

    @Override
    public void calmHog() throws IOException {
        manager.orders().ask(Reply.Partition.class, new Order.StopPartition(HOG, true));
        start(HOG);
        inHog(List.of("/bin/sh", "-c", "rm -rf " + Hog.DIRECTORY + "/*")).await(PATIENCE);
    }

    private Program inside(PartitionName name, List<String> command) throws IOException {
        return PartitionProgram.start(manager, name, command);
    }

    @Override
    public void close() {
        // The manager's owner closes it, and removes all partitions with it.
    }
}
