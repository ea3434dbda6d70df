package io.bulkhead.broker;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.broker.ledger.Actual;
import io.bulkhead.broker.ledger.Capacities;
import io.bulkhead.broker.ledger.Grant;
import io.bulkhead.broker.ledger.Stock;
import io.bulkhead.broker.placement.Capacity;
import io.bulkhead.broker.placement.Decision;
import io.bulkhead.broker.placement.Holdings;
import io.bulkhead.broker.placement.Machine;
import io.bulkhead.broker.placement.Placement;
import io.bulkhead.broker.plan.PlanGround;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageRoom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the control plane can do with partitions. The manager holds the truth about what is bound: the broker derives who
 * holds what from the manager's list, and finds the place for what is defined or bound. What changes who holds what is
 * announced in the ledger before the manager is asked, and settled there after; see {@code broker.ledger}.
 *
 * <p>Safe for any thread; nothing blocks, but the hardware is read when its description changes. Every method's stage
 * fails with a {@link Refusal} that is for the user.
 */
public final class Broker {
    /** How often a place is looked for anew when somebody else was faster. */
    private static final int ATTEMPTS = 4;

    private static final Duration TO_TELL = Desk.TO_TELL;
    private static final Duration TO_WORK = Duration.ofMinutes(2);

    /** What an orderly stop may take beyond the partition's own deadline. */
    private static final Duration TO_END = Duration.ofSeconds(30);

    private final Desk desk;
    private final Roll roll;
    private final InventoryCache inventory;
    private final Turns turns = new Turns();
    private final Optional<Bookkeeper> bookkeeper;

    /**
     * What a definition led to.
     *
     * @param partition as it is now
     * @param created whether it was not there before
     */
    public record Defined(PartitionStatus partition, boolean created) {}

    /**
     * All there is to see. The parts are asked for one after the other: a partition that comes or goes meanwhile may be in
     * one and not in another.
     *
     * @param host with its owners
     * @param partitions in the order of names
     * @param usages what they use, in the same order
     */
    public record Survey(HostView host, List<PartitionStatus> partitions, List<PartitionUsage> usages) {
        public Survey {
            partitions = List.copyOf(partitions);
            usages = List.copyOf(usages);
        }
    }

    /** What the manager said at one moment. */
    private record Situation(HostStatus host, List<PartitionStatus> partitions) {
        Optional<PartitionStatus> of(PartitionName name) {
            return partitions.stream()
                    .filter(partition -> partition.name().equals(name))
                    .findFirst();
        }

        Holdings holdings() {
            return Holdings.of(partitions);
        }
    }

    /** A partition that needs a place: what it asks, on whose behalf, and the order that takes an offered slice. */
    private record Wish(PartitionName name, Claim claim, Ticket ticket, String verb, Function<Slice, Order> order) {
        Grant grant(Slice slice) {
            return new Grant(name, slice, claim.cpus().wantsWholeCores());
        }
    }

    /**
     * One that keeps no ledger.
     *
     * @param manager who carries out
     * @param topology reads how CPUs and memory are arranged, all that placing needs
     * @param inventory reads all there is
     */
    public Broker(Manager manager, Supplier<Topology> topology, Supplier<Inventory> inventory) {
        this(manager, topology, inventory, Optional.empty());
    }

    /** One that knows of nothing but CPUs and memory, and keeps no ledger. */
    public Broker(Manager manager, Supplier<Topology> topology) {
        this(manager, topology, () -> Inventory.of(topology.get()));
    }

    /** One that knows of nothing but CPUs and memory, and writes what it does into a ledger. */
    public Broker(Manager manager, Supplier<Topology> topology, Bookkeeper bookkeeper) {
        this(manager, topology, () -> Inventory.of(topology.get()), bookkeeper);
    }

    /**
     * One that writes what it does into a ledger.
     *
     * @param manager who carries out
     * @param topology reads how CPUs and memory are arranged, all that placing needs
     * @param inventory reads all there is
     * @param bookkeeper keeps the ledger; the caller closes it
     */
    public Broker(Manager manager, Supplier<Topology> topology, Supplier<Inventory> inventory, Bookkeeper bookkeeper) {
        this(manager, topology, inventory, Optional.of(bookkeeper));
    }

    private Broker(
            Manager manager,
            Supplier<Topology> topology,
            Supplier<Inventory> inventory,
            Optional<Bookkeeper> bookkeeper) {
        this.desk = new Desk(manager);
        this.roll = new Roll(desk);
        this.inventory = new InventoryCache(topology, inventory);
        this.bookkeeper = bookkeeper;
    }

    /** What can be asked of the ledger; empty where none is kept. */
    public Optional<LedgerOffice> ledger() {
        return bookkeeper.map(keeper ->
                new LedgerOffice(keeper, turns, () -> situation().thenApply(this::actual), new LedgerNews(desk)));
    }

    // ---- looking

    /** The host with its owners. */
    public CompletionStage<HostView> host() {
        return situation().thenApply(now -> HostView.of(now.host(), inventory.of(now.host()), now.holdings()));
    }

    /** All that is needed to plan for this machine on another one; reads the whole inventory anew. */
    public CompletionStage<InventoryFile> inventoryFile() {
        return situation()
                .thenApply(now -> new InventoryFile(
                        InventoryFile.VERSION,
                        System.currentTimeMillis(),
                        now.host().instance(),
                        inventory.all(now.host()),
                        now.host().reserve(),
                        now.holdings().all().stream()
                                .map(each -> exported(each, now.of(each.owner()).orElseThrow()))
                                .toList(),
                        now.host().ioCapacity(),
                        now.host().networkCapacity(),
                        now.host().storage()));
    }

    private static InventoryFile.Holding exported(Holdings.Holding holding, PartitionStatus partition) {
        return new InventoryFile.Holding(
                holding.owner(),
                holding.slice(),
                holding.wholeCores(),
                Optional.of(partition.definition().claim()),
                PlanGround.isAtRest(partition.state()));
    }

    /** All that a plan for this machine starts from; reads the whole inventory anew. */
    public CompletionStage<PlanGround> planGround() {
        return situation().thenApply(now -> PlanGround.of(now.host(), inventory.all(now.host()), now.partitions()));
    }

    /** Completes if the manager answers. */
    public CompletionStage<HostStatus> managerAnswers() {
        return ask(new Order.DescribeHost(), Reply.Host.class, TO_TELL).thenApply(Reply.Host::host);
    }

    /** All partitions in the order of names. */
    public CompletionStage<List<PartitionStatus>> list() {
        return roll.list();
    }

    public CompletionStage<PartitionStatus> show(PartitionName name) {
        return partition(new Order.ShowPartition(name), TO_TELL);
    }

    /** What every partition uses now, in the order of names. */
    public CompletionStage<List<PartitionUsage>> usage() {
        return roll.usage();
    }

    /** The host, its partitions and what they use, for whoever wants all of it at once. */
    public CompletionStage<Survey> survey() {
        return situation().thenCompose(now -> usage().thenApply(used ->
                new Survey(HostView.of(now.host(), inventory.of(now.host()), now.holdings()), now.partitions(), used)));
    }

    /** Reads every promise back from the kernel now. */
    public CompletionStage<Certificate> verify(PartitionName name) {
        return ask(new Order.VerifyPartition(name), Reply.Certified.class, TO_WORK)
                .thenApply(Reply.Certified::certificate);
    }

    // ---- changing what is held

    /**
     * Finds a place for the definition and has it bound; changes the definition of a partition that is there already,
     * which stays where it is if that still does.
     *
     * @param rootPasswordHash crypt(5) hash for root on the console
     */
    public CompletionStage<Defined> define(PartitionSpec definition, Optional<String> rootPasswordHash) {
        return define(definition, rootPasswordHash, Ticket.LOCAL);
    }

    /** Defines on somebody's behalf; see {@link #define(PartitionSpec, Optional)}. */
    public CompletionStage<Defined> define(PartitionSpec definition, Optional<String> rootPasswordHash, Ticket ticket) {
        return define(definition, rootPasswordHash, Precondition.NONE, ticket);
    }

    /** The same, if the partition is as the precondition wants it when its turn comes. */
    public CompletionStage<Defined> define(
            PartitionSpec definition, Optional<String> rootPasswordHash, Precondition precondition, Ticket ticket) {
        Wish wish = new Wish(
                definition.name(),
                definition.claim(),
                ticket,
                "define",
                slice -> new Order.DefinePartition(definition, slice, rootPasswordHash));
        return turns.next(() -> situation().thenCompose(now -> {
            precondition.check(now.of(definition.name()));
            return place(wish, now, ATTEMPTS)
                    .thenApply(partition ->
                            new Defined(partition, now.of(definition.name()).isEmpty()));
        }));
    }

    /**
     * Defines a partition that takes no slice yet, or changes the definition of one that holds none; refused while it holds
     * one. Room for its volumes is kept from now on, as for those of one that has released its slice; nothing else is
     * taken, so that the ledger has nothing to say of one without volumes.
     */
    public CompletionStage<Defined> defineUnbound(
            PartitionSpec definition, Optional<String> rootPasswordHash, Precondition precondition, Ticket ticket) {
        PartitionName name = definition.name();
        return turns.next(() -> situation().thenCompose(now -> {
            Optional<PartitionStatus> before = now.of(name);
            precondition.check(before);
            Optional<Grant> kept = Grant.kept(name, definition.claim());
            boolean isMoreThanWords =
                    before.map(there -> there.slice().isEmpty()).orElse(true)
                            && !before.flatMap(Broker::kept).equals(kept);
            Supplier<CompletionStage<PartitionStatus>> order =
                    () -> partition(new Order.DefineUnbound(definition, rootPasswordHash), TO_WORK);
            return bookkeeper
                    .filter(keeper -> isMoreThanWords)
                    .map(keeper -> keeper.during(actual(now), name, kept, ticket, "define " + name, order))
                    .orElseGet(order)
                    .thenApply(partition -> new Defined(partition, before.isEmpty()));
        }));
    }

    /** Takes a slice for a partition that has released its own; one that holds a slice keeps it. */
    public CompletionStage<PartitionStatus> bind(PartitionName name) {
        return bind(name, Ticket.LOCAL);
    }

    /** Binds on somebody's behalf; see {@link #bind(PartitionName)}. */
    public CompletionStage<PartitionStatus> bind(PartitionName name, Ticket ticket) {
        return turns.next(() -> situation().thenCompose(now -> {
            PartitionStatus partition = now.of(name)
                    .orElseThrow(() -> Refusal.of(ProblemCode.NOT_FOUND, "there is no partition '" + name + "'"));
            Wish wish = new Wish(
                    name,
                    partition.definition().claim(),
                    ticket,
                    "bind",
                    slice -> new Order.BindPartition(name, slice));
            return place(wish, now, ATTEMPTS);
        }));
    }

    /** Gives the slice of a partition back that does not run. */
    public CompletionStage<PartitionStatus> release(PartitionName name) {
        return release(name, Precondition.NONE, Ticket.LOCAL);
    }

    /** The same on somebody's behalf, if the partition is as the precondition wants it when its turn comes. */
    public CompletionStage<PartitionStatus> release(PartitionName name, Precondition precondition, Ticket ticket) {
        return givingBack(
                name,
                precondition,
                ticket,
                "release",
                true,
                () -> partition(new Order.ReleasePartition(name), TO_WORK));
    }

    /** Removes a partition that does not run, with its files. */
    public CompletionStage<Reply.Done> delete(PartitionName name) {
        return delete(name, false, Precondition.NONE, Ticket.LOCAL);
    }

    /**
     * The same on somebody's behalf, if the partition is as the precondition wants it when its turn comes.
     *
     * @param wipe whether its volumes may go with it, for good
     */
    public CompletionStage<Reply.Done> delete(
            PartitionName name, boolean wipe, Precondition precondition, Ticket ticket) {
        return givingBack(
                name,
                precondition,
                ticket,
                "delete",
                false,
                () -> ask(new Order.DeletePartition(name, wipe), Reply.Done.class, TO_WORK));
    }

    private static Optional<Grant> kept(PartitionStatus partition) {
        return Grant.kept(partition.name(), partition.definition().claim());
    }

    private <T> CompletionStage<T> givingBack(
            PartitionName name,
            Precondition precondition,
            Ticket ticket,
            String verb,
            boolean keepsVolumes,
            Supplier<CompletionStage<T>> order) {
        if (bookkeeper.isEmpty() && precondition == Precondition.NONE) {
            return order.get();
        }
        return turns.next(() -> situation().thenCompose(now -> {
            precondition.check(now.of(name));
            return bookkeeper
                    .map(keeper -> keeper.during(
                            actual(now),
                            name,
                            keepsVolumes ? now.of(name).flatMap(Broker::kept) : Optional.empty(),
                            ticket,
                            verb + " " + name,
                            order))
                    .orElseGet(order);
        }));
    }

    // ---- running

    public CompletionStage<PartitionStatus> start(PartitionName name) {
        return partition(new Order.StartPartition(name), TO_WORK);
    }

    /**
     * Stops a partition; the stage completes when its last task has ended.
     *
     * @param kill whether to kill at once instead of asking first
     */
    public CompletionStage<PartitionStatus> stop(PartitionName name, boolean kill) {
        return show(name)
                .thenCompose(partition -> partition(
                        new Order.StopPartition(name, kill),
                        TO_END.plusMillis(partition.definition().stopTimeoutMillis())));
    }

    /** Stops, then starts; starts one that does not run. */
    public CompletionStage<PartitionStatus> restart(PartitionName name, boolean kill) {
        return stop(name, kill).thenCompose(stopped -> start(name));
    }

    public CompletionStage<PartitionStatus> pause(PartitionName name) {
        return partition(new Order.PausePartition(name), TO_WORK);
    }

    public CompletionStage<PartitionStatus> resume(PartitionName name) {
        return partition(new Order.ResumePartition(name), TO_WORK);
    }

    /**
     * Ends the manager.
     *
     * @param keepPartitions whether they go on running without it
     */
    public CompletionStage<Reply.Done> shutDown(boolean keepPartitions) {
        return list().thenCompose(partitions -> {
            long stops = partitions.stream()
                    .mapToLong(partition -> partition.definition().stopTimeoutMillis())
                    .sum();
            return ask(
                    new Order.ShutDown(keepPartitions),
                    Reply.Done.class,
                    keepPartitions ? TO_WORK : TO_WORK.plusMillis(stops));
        });
    }

    // ---- generations

    /** The copies of the host's /etc and /var that partitions build on. */
    public Generations generations() {
        return new Generations(desk);
    }

    // ---- placing

    private CompletionStage<PartitionStatus> place(Wish wish, Situation now, int attempts) {
        Decision decision = decide(wish, now);
        if (decision instanceof Decision.Refused refused) {
            return CompletableFuture.failedFuture(new Refusal(refused.problem()));
        }
        Decision.Offer offer = (Decision.Offer) decision;
        return take(wish, offer.slice(), now)
                .handle((partition, failure) -> failure == null
                        ? CompletableFuture.<PartitionStatus>completedStage(partition)
                        : placeAgain(wish, now, attempts - 1, Refusals.of(failure)))
                .thenCompose(stage -> stage);
    }

    private CompletionStage<PartitionStatus> take(Wish wish, Slice slice, Situation now) {
        Supplier<CompletionStage<PartitionStatus>> order =
                () -> partition(wish.order().apply(slice), TO_WORK);
        return bookkeeper
                .map(keeper -> keeper.during(
                        actual(now),
                        wish.name(),
                        Optional.of(wish.grant(slice)),
                        wish.ticket(),
                        wish.verb() + " " + wish.name(),
                        order))
                .orElseGet(order);
    }

    private Actual actual(Situation now) {
        HostStatus host = now.host();
        return Actual.of(
                Stock.of(
                        inventory.of(host),
                        host.reserve(),
                        new Capacities(
                                host.storage().map(StorageRoom::total),
                                host.ioCapacity().orElse(IoCapacity.UNSTATED),
                                host.networkCapacity().orElse(NetworkCapacity.UNSTATED))),
                now.partitions());
    }

    /** The manager has the last word; what it refuses is offered anew only where somebody took or gave meanwhile. */
    private CompletionStage<PartitionStatus> placeAgain(Wish wish, Situation before, int attempts, Refusal refusal) {
        ProblemCode code = refusal.problem().code();
        boolean raced = code == ProblemCode.NOT_ENOUGH_RESOURCES || code == ProblemCode.CONFLICT;
        if (!raced || attempts <= 0) {
            return CompletableFuture.failedFuture(refusal);
        }
        return situation()
                .thenCompose(now -> now.holdings().equals(before.holdings())
                        ? CompletableFuture.failedFuture(refusal)
                        : place(wish, now, attempts));
    }

    private Decision decide(Wish wish, Situation now) {
        Machine machine = machine(now, wish.claim());
        Holdings others = now.holdings().without(Set.of(wish.name()));
        return now.holdings()
                .of(wish.name())
                .map(own -> Placement.offer(machine, others, wish.claim(), own.slice()))
                .orElseGet(() -> Placement.offer(machine, others, wish.claim()));
    }

    /** Disks and network interfaces are looked up only for a claim that wants to have one, or to be near one. */
    private Machine machine(Situation now, Claim claim) {
        HostStatus host = now.host();
        Capacity capacity = PlanGround.capacity(host, now.holdings());
        boolean near =
                claim.cpus() instanceof CpuClaim.Whole whole && whole.near().isPresent();
        boolean having =
                claim.storage().filter(storage -> !storage.disks().isEmpty()).isPresent()
                        || claim.network().flatMap(NetworkSlice::device).isPresent();
        return near || having
                ? PlanGround.machine(inventory.all(host), host.reserve(), capacity)
                : new Machine(inventory.of(host), host.reserve(), List.of(), capacity);
    }

    // ---- asking

    private CompletionStage<Situation> situation() {
        return managerAnswers().thenCompose(host -> list().thenApply(partitions -> new Situation(host, partitions)));
    }

    private CompletionStage<PartitionStatus> partition(Order order, Duration timeout) {
        return ask(order, Reply.Partition.class, timeout).thenApply(Reply.Partition::partition);
    }

    private <R extends Reply> CompletionStage<R> ask(Order order, Class<R> type, Duration timeout) {
        return desk.ask(order, type, timeout);
    }
}
