package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Words.Share;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Tells what is short: how much is free, who holds how much, and what could be had. */
final class Shortages {
    private static final String HOST = "the host";
    private static final String POOL = "the host's pool";

    /** The least that can be asked for. */
    private static final ByteSize LEAST_MEMORY = ByteSize.ofMebibytes(16);

    private final Room room;
    private final Machine machine;
    private final Topology topology;
    private final HostReserve reserve;
    private final Holdings holdings;

    Shortages(Room room) {
        this.room = room;
        this.machine = room.machine();
        this.topology = machine.topology();
        this.reserve = machine.reserve();
        this.holdings = room.holdings();
    }

    Shortage ofCpus(CpuClaim claim) {
        if (claim instanceof CpuClaim.Whole whole) {
            return whole.ids().map(this::ofIds).orElseGet(() -> ofWhole(whole));
        }
        return ofPool(((CpuClaim.Part) claim).amount());
    }

    private Shortage ofIds(CpuSet ids) {
        List<String> conflicts = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        room.blocked().forEach((owner, cpus) -> {
            CpuSet common = cpus.intersection(ids);
            if (!common.isEmpty()) {
                conflicts.add(Words.cpus(common) + (common.size() == 1 ? " is" : " are") + " held by " + owner);
                holders.add(owner + ": " + Words.cpus(common));
            }
        });
        CpuSet ofPool = reserve.pool().intersection(ids);
        if (!ofPool.isEmpty()) {
            conflicts.add(Words.cpus(ofPool) + (ofPool.size() == 1 ? " belongs" : " belong") + " to " + POOL);
            holders.add("host: " + Words.cpus(ofPool) + " (pool)");
        }
        return new Shortage(
                "needs " + Words.cpus(ids) + "; " + String.join(", ", conflicts),
                holders,
                Optional.empty(),
                Words.cpus(topology.online().minus(reserve.pool())));
    }

    private Shortage ofWhole(CpuClaim.Whole claim) {
        List<Scope> scopes = Scope.of(machine, claim);
        List<Integer> cores = scopes.stream()
                .flatMap(scope -> scope.cores().stream())
                .sorted()
                .toList();
        boolean wholeCores = claim.threads() == CpuClaim.Threads.WHOLE_CORE;
        ToIntFunction<CpuSet> count = cpus -> cores.stream()
                .map(core -> machine.cores().get(core).threads())
                .mapToInt(threads -> wholeCores
                        ? threads.intersects(cpus) ? 1 : 0
                        : threads.intersection(cpus).size())
                .sum();
        int free = wholeCores
                ? room.whole(cores).size()
                : cores.stream().mapToInt(room::free).sum();
        List<Share> shares = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        room.blocked().forEach((owner, cpus) -> {
            int held = count.applyAsInt(cpus);
            if (held > 0) {
                shares.add(new Share(owner.value(), String.valueOf(held), held == 1));
                holders.add(owner + ": " + Words.cpus(cpus));
            }
        });
        int hosts = count.applyAsInt(reserve.pool());
        shares.add(new Share(POOL, String.valueOf(hosts), hosts == 1));
        holders.add("host: " + Words.cpus(reserve.pool()) + " (pool)");
        int most = largest(room, scopes, claim);
        int ever = largest(new Room(machine, Holdings.NONE), scopes, claim);
        return new Shortage(
                Words.shortage(needed(claim, cores), new Share("", String.valueOf(free), free == 1), shares)
                        + scattered(claim, scopes),
                holders,
                most == 0 ? Optional.empty() : Optional.of(Words.cpuCount(most)),
                Words.cpuCount(ever) + where(claim));
    }

    private static int largest(Room room, List<Scope> scopes, CpuClaim.Whole claim) {
        return scopes.stream()
                .mapToInt(scope -> Scope.largest(room, scope.cores(), claim.threads()))
                .max()
                .orElse(0);
    }

    /** Says how much is free in one place, where enough would be free in several. */
    private String scattered(CpuClaim.Whole claim, List<Scope> scopes) {
        if (scopes.size() < 2) {
            return "";
        }
        Scope emptiest = scopes.stream()
                .max(Comparator.<Scope>comparingInt(scope -> Scope.largest(room, scope.cores(), claim.threads()))
                        .thenComparing(scope -> -scope.cores().get(0)))
                .orElseThrow();
        int most = Scope.largest(room, emptiest.cores(), claim.threads());
        return "; the most that is free " + (claim.oneCache() ? "in one last-level cache" : "of one type of cores")
                + " is " + Words.cpuCount(most)
                + (most == 0
                        ? ""
                        : claim.oneCache()
                                ? " (cache "
                                        + machine.cores()
                                                .get(emptiest.cores().get(0))
                                                .cacheId() + ")"
                                : " (" + Words.type(emptiest.type()) + ")");
    }

    private String needed(CpuClaim.Whole claim, List<Integer> cores) {
        if (claim.threads() == CpuClaim.Threads.ANY) {
            return Words.cpuCount(claim.count()) + where(claim);
        }
        int size = Scope.oneSize(machine, cores);
        if (size == 0) {
            return Words.cpuCount(claim.count()) + " in whole cores" + where(claim);
        }
        String inCpus = size == 1 ? "" : " (" + Words.cpuCount(claim.count()) + ")";
        return Words.coreCount(claim.count() / size) + inCpus + where(claim);
    }

    private static String where(CpuClaim.Whole claim) {
        return claim.coreType()
                        .map(type -> " of the " + Words.type(type) + " type")
                        .orElse("")
                + claim.node().map(node -> " on node " + node).orElse("")
                + (claim.oneCache() ? " in one last-level cache" : "");
    }

    private Shortage ofPool(CpuMillis wanted) {
        CpuMillis free = new CpuMillis(Math.max(
                0, reserve.entitlements().millis() - holdings.entitlements().millis()));
        List<Share> shares = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        for (Holdings.Holding holding : holdings.all()) {
            if (holding.entitlement().millis() > 0) {
                shares.add(
                        new Share(holding.owner().value(), holding.entitlement().toString(), true));
                holders.add(holding.owner() + ": " + holding.entitlement() + " CPU of the pool");
            }
        }
        shares.add(new Share(HOST, reserve.cpu().toString(), true));
        holders.add("host: " + reserve.cpu() + " CPU of the pool");
        return new Shortage(
                Words.shortage(wanted + " CPU of the pool", new Share("", free.toString(), true), shares),
                holders,
                // The least part that can be asked for is a hundredth.
                free.millis() < 10 ? Optional.empty() : Optional.of(free + " CPU of the pool"),
                reserve.entitlements() + " CPU of the pool");
    }

    Shortage ofMemory(ByteSize wanted) {
        long given = topology.memory().bytes() - reserve.memory().bytes();
        ByteSize ever = new ByteSize(Math.max(0, given));
        ByteSize free = new ByteSize(Math.max(0, given - holdings.memory().bytes()));
        List<Share> shares = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        for (Holdings.Holding holding : holdings.all()) {
            shares.add(
                    new Share(holding.owner().value(), holding.slice().memory().toString(), true));
            holders.add(holding.owner() + ": " + holding.slice().memory() + " of memory");
        }
        shares.add(new Share(HOST, reserve.memory().toString(), true));
        holders.add("host: " + reserve.memory() + " of memory");
        return new Shortage(
                Words.shortage(wanted + " of memory", new Share("", free.toString(), true), shares),
                holders,
                free.compareTo(LEAST_MEMORY) < 0 ? Optional.empty() : Optional.of(free + " of memory"),
                ever + " of memory");
    }

    /** Where the machine has the memory, but not on the nodes that the claim may have it from. */
    Shortage ofNodeMemory(Claim claim) {
        MemoryChoice memory = new MemoryChoice(room);
        NodeSet nodes = NodeSet.of(memory.nodesAllowed(claim));
        ByteSize free = new ByteSize(memory.room(nodes.ids()));
        ByteSize all = new ByteSize(Math.max(0, room.freeBytes()));
        NodeShares owners = NodeShares.of(machine, holdings);
        List<Share> shares = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        owners.partitions().forEach((owner, held) -> {
            ByteSize there = on(nodes, held);
            if (there.bytes() > 0) {
                shares.add(new Share(owner.value(), there.toString(), true));
                holders.add(owner + ": " + there + " of memory on node " + nodes);
            }
        });
        ByteSize hosts = on(nodes, owners.host());
        shares.add(new Share(HOST, hosts.toString(), true));
        holders.add("host: " + hosts + " of memory on node " + nodes);
        ByteSize ever = new ByteSize(new MemoryChoice(new Room(machine, Holdings.NONE)).room(nodes.ids()));
        return new Shortage(
                Words.shortage(
                                claim.memory() + " of memory on node " + nodes,
                                new Share("", free.toString(), true),
                                shares)
                        + "; " + all + " is free on all nodes together",
                holders,
                free.compareTo(LEAST_MEMORY) < 0 ? Optional.empty() : Optional.of(free + " of memory"),
                ever + " of memory on node " + nodes);
    }

    private static ByteSize on(NodeSet nodes, List<NodeBytes> held) {
        return held.stream()
                .filter(each -> nodes.contains(each.node()))
                .map(NodeBytes::memory)
                .reduce(ByteSize.ZERO, ByteSize::plus);
    }

    Shortage of(Amount amount, long wanted) {
        long known = amount.of(machine.capacity()).orElseThrow();
        long free = Math.max(0, known - room.held(amount));
        List<Share> shares = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        String what = " of " + amount.title();
        for (Holdings.Holding holding : holdings.all()) {
            long held = amount.of(holding.slice());
            if (held > 0) {
                shares.add(new Share(holding.owner().value(), amount.text(held), true));
                holders.add(holding.owner() + ": " + amount.text(held) + what);
            }
        }
        if (amount == Amount.STORAGE) {
            holdings.kept().forEach((owner, held) -> {
                shares.add(new Share(owner.value(), held.toString(), true));
                holders.add(owner + ": " + held + what + ", kept without a slice");
            });
        }
        return new Shortage(
                Words.shortage(amount.text(wanted) + what, new Share("", amount.text(free), true), shares) + "; "
                        + amount.source() + " " + amount.text(known)
                        + (amount == Amount.STORAGE ? " for partitions" : ""),
                holders,
                free < (amount == Amount.STORAGE ? LEAST_MEMORY.bytes() : 1)
                        ? Optional.empty()
                        : Optional.of(amount.text(free) + what),
                amount.text(known) + what);
    }
}
