package io.bulkhead.broker.placement;

import io.bulkhead.broker.placement.Words.Share;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.Core;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Tells what is short: how much is free, who holds how much, and what could be had. */
final class Shortages {
    private static final String HOST = "the host";
    private static final String POOL = "the host's pool";

    private final Topology topology;
    private final HostReserve reserve;
    private final Holdings holdings;
    private final CpuMap map;

    Shortages(Topology topology, HostReserve reserve, Holdings holdings, CpuMap map) {
        this.topology = topology;
        this.reserve = reserve;
        this.holdings = holdings;
        this.map = map;
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
        map.blocked().forEach((owner, cpus) -> {
            CpuSet common = cpus.intersection(ids);
            if (!common.isEmpty()) {
                conflicts.add(Words.cpus(common) + (common.size() == 1 ? " is" : " are") + " held by " + owner);
                holders.add(owner + ": " + Words.cpus(common));
            }
        });
        CpuSet ofPool = map.pool().intersection(ids);
        if (!ofPool.isEmpty()) {
            conflicts.add(Words.cpus(ofPool) + (ofPool.size() == 1 ? " belongs" : " belong") + " to " + POOL);
            holders.add("host: " + Words.cpus(ofPool) + " (pool)");
        }
        return new Shortage(
                "needs " + Words.cpus(ids) + "; " + String.join(", ", conflicts),
                holders,
                Optional.empty(),
                Words.cpus(topology.online().minus(map.pool())));
    }

    private Shortage ofWhole(CpuClaim.Whole claim) {
        List<Core> cores =
                claim.node().map(node -> CpuChoice.onNode(map.cores(), node)).orElse(map.cores());
        boolean wholeCores = claim.threads() == CpuClaim.Threads.WHOLE_CORE;
        CpuSet taken = map.taken(Set.of());
        ToIntFunction<CpuSet> count = wholeCores
                ? cpus -> (int) cores.stream()
                        .filter(core -> core.threads().intersects(cpus))
                        .count()
                : cpus -> cores.stream()
                        .mapToInt(core -> core.threads().intersection(cpus).size())
                        .sum();
        int all = wholeCores
                ? cores.size()
                : cores.stream().mapToInt(core -> core.threads().size()).sum();
        int free = all - count.applyAsInt(taken);
        List<Share> shares = new ArrayList<>();
        List<String> holders = new ArrayList<>();
        map.blocked().forEach((owner, cpus) -> {
            int held = count.applyAsInt(cpus);
            if (held > 0) {
                shares.add(new Share(owner.value(), String.valueOf(held), held == 1));
                holders.add(owner + ": " + Words.cpus(cpus));
            }
        });
        int hosts = count.applyAsInt(map.pool());
        shares.add(new Share(POOL, String.valueOf(hosts), hosts == 1));
        holders.add("host: " + Words.cpus(map.pool()) + " (pool)");
        int freeCpus = freeCpus(cores, taken, wholeCores);
        return new Shortage(
                Words.shortage(needed(claim, cores), new Share("", String.valueOf(free), free == 1), shares),
                holders,
                freeCpus == 0 ? Optional.empty() : Optional.of(Words.cpuCount(freeCpus)),
                Words.cpuCount(freeCpus(cores, map.pool(), wholeCores)) + where(claim));
    }

    private static int freeCpus(List<Core> cores, CpuSet taken, boolean wholeCores) {
        return cores.stream()
                .filter(core -> !wholeCores || !core.threads().intersects(taken))
                .mapToInt(core -> core.threads().minus(taken).size())
                .sum();
    }

    private static String needed(CpuClaim.Whole claim, List<Core> cores) {
        if (claim.threads() == CpuClaim.Threads.ANY) {
            return Words.cpuCount(claim.count()) + where(claim);
        }
        List<Integer> sizes =
                cores.stream().map(core -> core.threads().size()).distinct().toList();
        if (sizes.size() != 1) {
            return Words.cpuCount(claim.count()) + " in whole cores" + where(claim);
        }
        String inCpus = sizes.get(0) == 1 ? "" : " (" + Words.cpuCount(claim.count()) + ")";
        return Words.coreCount(claim.count() / sizes.get(0)) + inCpus + where(claim);
    }

    private static String where(CpuClaim.Whole claim) {
        return claim.node().map(node -> " on node " + node).orElse("");
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
                free.compareTo(ByteSize.ofMebibytes(16)) < 0 ? Optional.empty() : Optional.of(free + " of memory"),
                ever + " of memory");
    }
}
