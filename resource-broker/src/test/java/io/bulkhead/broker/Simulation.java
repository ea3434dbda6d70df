package io.bulkhead.broker;

import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.LedgerPlace;
import io.bulkhead.broker.ledger.LedgerStore;
import io.bulkhead.broker.ledger.sqlite.SqliteLedgerPlace;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.StorageRoom;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Both processes and the kernel in one thread, with a counter of steps: at the step that a test chooses, the process
 * whose step it is dies. The ledger is the real file; what a death leaves of it is what is on the disk at that moment.
 */
final class Simulation {
    /** Dies at a step; whoever runs the simulation catches it. */
    static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Death(String where) {
            super(where);
        }
    }

    /** A partition on the manager's record: atomic, and all that is left of it after a death. */
    record Kept(PartitionSpec definition, Optional<Slice> slice, UidRange range) {
        Kept with(Optional<Slice> other) {
            return new Kept(definition, other, range);
        }
    }

    /** The file system of the volumes. */
    static final ByteSize VOLUMES = ByteSize.ofMebibytes(1024);

    private final Topology topology;
    private final Path directory;
    private final SimulatedManager manager = new SimulatedManager();
    private int generation;
    private int stepsToDeath = Integer.MAX_VALUE;
    private boolean managerDies;
    private int steps;

    Simulation(Topology topology, Path directory) {
        this.topology = topology;
        this.directory = directory;
    }

    SimulatedManager manager() {
        return manager;
    }

    /** Lets the process whose turn it is die after some steps. */
    void dieIn(int count) {
        stepsToDeath = count;
    }

    int steps() {
        return steps;
    }

    private void step(String where) {
        steps++;
        if (--stepsToDeath == 0) {
            managerDies = where.startsWith("manager");
            throw new Death(where);
        }
    }

    /** Whether the last death was the manager's; the control plane sees a broken connection then. */
    boolean managerDied() {
        boolean died = managerDies;
        managerDies = false;
        return died;
    }

    Path ledgerDirectory() {
        return directory.resolve("ledger-" + generation);
    }

    /** Starts a control plane on what the one before left on the disk. */
    Bookkeeper startControlPlane() {
        return new Bookkeeper(
                new SteppingPlace(new SqliteLedgerPlace(ledgerDirectory())),
                () -> 1_000L + steps,
                Runnable::run,
                () -> {});
    }

    /** Kills the control plane: takes what is on the disk now, before anything is closed in order. */
    void killControlPlane(Bookkeeper keeper) {
        stepsToDeath = Integer.MAX_VALUE;
        Path before = ledgerDirectory();
        generation++;
        try {
            Files.createDirectories(ledgerDirectory());
            for (String name : List.of("ledger.db", "ledger.db-wal")) {
                if (Files.exists(before.resolve(name))) {
                    Files.copy(before.resolve(name), ledgerDirectory().resolve(name));
                }
            }
            keeper.close();
            for (String name : List.of("ledger.db", "ledger.db-wal")) {
                Files.deleteIfExists(before.resolve(name));
            }
            Files.deleteIfExists(before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The ledger's file with steps before and after each commit. */
    private final class SteppingPlace implements LedgerPlace {
        private final LedgerPlace place;

        SteppingPlace(LedgerPlace place) {
            this.place = place;
        }

        @Override
        public LedgerStore open() {
            LedgerStore store = place.open();
            return new LedgerStore() {
                @Override
                public void replay(Consumer<Commit> reader) {
                    store.replay(reader);
                }

                @Override
                public void append(Commit commit) {
                    step("control plane: before commit " + commit.version());
                    store.append(commit);
                    step("control plane: after commit " + commit.version());
                }

                @Override
                public Optional<Commit> find(String key) {
                    return store.find(key);
                }

                @Override
                public List<Commit> query(Query query) {
                    return store.query(query);
                }

                @Override
                public void close() {
                    store.close();
                }
            };
        }

        @Override
        public String putAside(long timeMillis) {
            return place.putAside(timeMillis);
        }
    }

    /** The manager with its records, over a kernel that can fail. */
    final class SimulatedManager implements Manager {
        private final Map<PartitionName, Kept> records = new TreeMap<>();
        private final Map<PartitionName, Slice> kernel = new TreeMap<>();
        private final List<Order> onTheirWay = new ArrayList<>();
        private boolean kernelFails;
        private boolean nextIsLate;
        private boolean replyIsLost;

        /** The slices that the kernel enforces. */
        Map<PartitionName, Slice> kernel() {
            return Map.copyOf(kernel);
        }

        Map<PartitionName, Kept> records() {
            return Map.copyOf(records);
        }

        /** The kernel refuses the next change. */
        void failKernel() {
            kernelFails = true;
        }

        /** The next order arrives only after its patience ended. */
        void delayNext() {
            nextIsLate = true;
        }

        /** The next reply is lost. */
        void loseReply() {
            replyIsLost = true;
        }

        /** What was on its way arrives. */
        void deliver() {
            List<Order> arriving = List.copyOf(onTheirWay);
            onTheirWay.clear();
            arriving.forEach(this::carryOut);
        }

        /** Comes up anew: binds what is on record and frees what is not. */
        void restart() {
            stepsToDeath = Integer.MAX_VALUE;
            onTheirWay.clear();
            kernel.clear();
            records.forEach((name, record) -> record.slice().ifPresent(slice -> kernel.put(name, slice)));
        }

        @Override
        public CompletionStage<Reply> ask(Order order, Duration timeout) {
            boolean changes = !(order instanceof Order.DescribeHost
                    || order instanceof Order.ListPartitions
                    || order instanceof Order.NoteLedger);
            if (changes) {
                step("control plane: before the order");
                if (nextIsLate) {
                    nextIsLate = false;
                    onTheirWay.add(order);
                    return CompletableFuture.failedFuture(Refusal.of(ProblemCode.TIMED_OUT, "no answer"));
                }
            }
            Reply reply = carryOut(order);
            if (changes) {
                step("control plane: before the reply was read");
                if (replyIsLost) {
                    replyIsLost = false;
                    return CompletableFuture.failedFuture(Refusal.of(ProblemCode.UNREACHABLE, "connection lost"));
                }
            }
            return CompletableFuture.completedFuture(reply);
        }

        private Reply carryOut(Order order) {
            try {
                if (order instanceof Order.DescribeHost) {
                    return new Reply.Host(host());
                } else if (order instanceof Order.ListPartitions) {
                    return new Reply.Partitions(
                            records.keySet().stream().map(this::status).toList());
                } else if (order instanceof Order.NoteLedger) {
                    return new Reply.Done();
                } else if (order instanceof Order.DefinePartition define) {
                    PartitionName name = define.definition().name();
                    return put(name, new Kept(define.definition(), Optional.of(define.slice()), range(name)));
                } else if (order instanceof Order.BindPartition bind) {
                    return put(bind.name(), known(bind.name()).with(Optional.of(bind.slice())));
                } else if (order instanceof Order.ReleasePartition release) {
                    return put(release.name(), known(release.name()).with(Optional.empty()));
                } else if (order instanceof Order.DeletePartition delete) {
                    known(delete.name());
                    change(delete.name(), Optional.empty());
                    return new Reply.Done();
                }
                throw new AssertionError("not an order of the simulation: " + order);
            } catch (Refusal e) {
                return new Reply.Refused(e.problem());
            }
        }

        /** The lowest that nobody has: those of deleted partitions are given again. */
        private UidRange range(PartitionName name) {
            if (records.containsKey(name)) {
                return known(name).range();
            }
            long base = 1_048_576;
            while (taken(base)) {
                base += UidRange.SIZE;
            }
            return new UidRange(base);
        }

        private boolean taken(long base) {
            return records.values().stream().anyMatch(record -> record.range().base() == base);
        }

        private Reply put(PartitionName name, Kept record) {
            record.slice().ifPresent(slice -> admit(name, slice));
            change(name, Optional.of(record));
            return new Reply.Partition(status(name));
        }

        /** The record first and then the kernel: a death between the two is put right by the restart. */
        private void change(PartitionName name, Optional<Kept> record) {
            if (kernelFails) {
                kernelFails = false;
                throw Refusal.of(ProblemCode.NOT_ENFORCEABLE, "the kernel refused it");
            }
            step("manager: before the record of " + name);
            record.ifPresentOrElse(kept -> records.put(name, kept), () -> records.remove(name));
            step("manager: between record and kernel of " + name);
            record.flatMap(Kept::slice).ifPresentOrElse(slice -> kernel.put(name, slice), () -> kernel.remove(name));
            step("manager: after the kernel of " + name);
        }

        private void admit(PartitionName name, Slice wanted) {
            long memory = host().reserve().memory().bytes() + wanted.memory().bytes();
            long pool = wanted.entitlement().millis();
            long volumes = bytes(wanted.storage());
            for (Map.Entry<PartitionName, Kept> other : records.entrySet()) {
                if (!other.getKey().equals(name)) {
                    volumes += bytes(other.getValue().definition().claim().storage());
                }
                if (other.getKey().equals(name) || other.getValue().slice().isEmpty()) {
                    continue;
                }
                Slice held = other.getValue().slice().get();
                memory += held.memory().bytes();
                pool += held.entitlement().millis();
                if (held.wholeCpus().intersects(wanted.wholeCpus())) {
                    throw new Refusal(Problem.of(ProblemCode.NOT_ENOUGH_RESOURCES, "held by " + other.getKey()));
                }
            }
            if (volumes > VOLUMES.bytes()
                    || memory > topology.memory().bytes()
                    || pool > host().reserve().entitlements().millis()) {
                throw new Refusal(Problem.of(ProblemCode.NOT_ENOUGH_RESOURCES, "memory or pool"));
            }
        }

        private Kept known(PartitionName name) {
            return Optional.ofNullable(records.get(name))
                    .orElseThrow(() -> Refusal.of(ProblemCode.NOT_FOUND, "there is no partition '" + name + "'"));
        }

        private PartitionStatus status(PartitionName name) {
            Kept record = known(name);
            return new PartitionStatus(
                    name,
                    record.slice().isPresent() ? State.BOUND : State.DEFINED,
                    Optional.empty(),
                    List.of(),
                    record.definition(),
                    "shell",
                    record.slice(),
                    List.of(),
                    new ConsoleStatus(0, 0, Optional.empty()),
                    Optional.empty(),
                    record.range(),
                    "1",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    private static long bytes(Optional<StorageSlice> storage) {
        return storage.map(StorageSlice::bytes).map(ByteSize::bytes).orElse(0L);
    }

    private HostStatus host() {
        HostStatus plain = Samples.host("sim", topology);
        long used = manager.records().values().stream()
                .mapToLong(record -> bytes(record.definition().claim().storage()))
                .sum();
        return new HostStatus(
                plain.instance(),
                plain.managerVersion(),
                plain.managerPid(),
                plain.startedAtMillis(),
                plain.kernel(),
                plain.cgroups(),
                plain.online(),
                plain.nodes(),
                plain.memory(),
                plain.reserve(),
                plain.disk(),
                plain.enforcement(),
                plain.steering(),
                plain.memoryCaps(),
                plain.ioCapacity(),
                Optional.of(new NetworkCapacity(Optional.of(new BitRate(100)), Optional.empty())),
                Optional.of(new StorageRoom(VOLUMES, new ByteSize(VOLUMES.bytes() - used))));
    }
}
