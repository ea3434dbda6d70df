package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.hardware.Topology.Cpu;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuClaim.Threads;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Small machines and claims out of a seed: one or two nodes, one to four caches, cores of one to three threads of one or two
 * types, holes in the numbering. A law that fails names the seed, which makes the same case again.
 */
final class Cases {
    private final Random random;
    private final int mostCores;

    Cases(long seed, int mostCores) {
        this.random = new Random(seed);
        this.mostCores = mostCores;
    }

    Machine machine() {
        int cores = 1 + random.nextInt(mostCores);
        int nodes = 1 + random.nextInt(2);
        int caches = nodes * (1 + random.nextInt(2));
        int size = 1 + random.nextInt(2);
        boolean uneven = random.nextInt(4) == 0;
        boolean hybrid = random.nextInt(4) == 0;
        List<Cpu> cpus = new ArrayList<>();
        for (int core = 0; core < cores; core++) {
            int cache = core * caches / cores;
            int node = cache * nodes / caches;
            CoreType type = !hybrid ? CoreType.UNIFORM : core % 2 == 0 ? CoreType.PERFORMANCE : CoreType.EFFICIENCY;
            int threads = uneven ? 1 + random.nextInt(3) : size;
            for (int thread = 0; thread < threads; thread++) {
                // Siblings are far apart, as on most machines; the gaps are CPUs that are offline.
                cpus.add(new Cpu(core + 10 * thread, node, 0, core, node, cache, type));
            }
        }
        Topology topology = new Topology(
                cpus,
                IntStream.range(0, nodes)
                        .mapToObj(id -> new Topology.Node(id, ByteSize.ofMebibytes(1024 + 512L * random.nextInt(5))))
                        .toList());
        CpuSet pool = CpuSet.of(
                topology.online().ids().stream().limit(random.nextInt(3)).toList());
        HostReserve reserve = new HostReserve(
                pool, new CpuMillis(pool.size() * 300L), ByteSize.ofMebibytes(256L * random.nextInt(4)));
        IoCapacity disk = random.nextBoolean()
                ? IoCapacity.UNSTATED
                : new IoCapacity(Optional.of(new ByteRate(100)), Optional.empty(), Optional.empty(), Optional.empty());
        NetworkCapacity network = random.nextBoolean()
                ? NetworkCapacity.UNSTATED
                : new NetworkCapacity(Optional.empty(), Optional.of(new BitRate(100)));
        Optional<ByteSize> storage =
                random.nextBoolean() ? Optional.empty() : Optional.of(ByteSize.ofMebibytes(random.nextInt(200)));
        return new Machine(
                topology,
                reserve,
                List.of(
                        new Device(Device.Kind.DISK, "disk", Optional.of(nodes - 1)),
                        new Device(Device.Kind.NETWORK_INTERFACE, "eth1", Optional.empty())),
                new Capacity(disk, network, storage));
    }

    Claim claim() {
        IoSlice io = random.nextInt(3) > 0
                ? IoSlice.UNLIMITED
                : new IoSlice(
                        Limit.of(new ByteRate(1 + random.nextInt(60))),
                        Limit.unlimited(),
                        Limit.unlimited(),
                        Limit.unlimited());
        Claim claim = new Claim(cpus(), ByteSize.ofMebibytes(16 + random.nextInt(1200)), 64, io);
        if (random.nextInt(4) == 0) {
            List<String> disks = random.nextInt(3) == 0 ? List.of("disk") : List.of();
            claim = claim.withStorage(
                    new StorageSlice(Optional.of(ByteSize.ofMebibytes(16 + random.nextInt(100))), List.of(), disks));
        }
        return random.nextInt(4) == 0 ? claim.withNetwork(network()) : claim;
    }

    private NetworkSlice network() {
        return random.nextInt(3) == 0
                ? new NetworkSlice(Limit.unlimited(), Limit.unlimited(), Optional.of("eth1"))
                : new NetworkSlice(
                        Limit.of(new BitRate(1 + random.nextInt(1000))),
                        Limit.of(new BitRate(1 + random.nextInt(70))),
                        Optional.empty());
    }

    List<Claim> claims(int most) {
        return IntStream.range(0, 1 + random.nextInt(most))
                .mapToObj(each -> claim())
                .toList();
    }

    private CpuClaim cpus() {
        if (random.nextInt(5) == 0) {
            return new CpuClaim.Part(new CpuMillis(10 + random.nextInt(890)));
        }
        Threads threads = random.nextInt(4) == 0 ? Threads.ANY : Threads.WHOLE_CORE;
        Optional<Integer> node = random.nextInt(4) == 0 ? Optional.of(random.nextInt(2)) : Optional.empty();
        boolean oneCache = random.nextInt(3) == 0;
        Optional<CoreType> type = random.nextInt(8) > 0
                ? Optional.empty()
                : Optional.of(random.nextBoolean() ? CoreType.PERFORMANCE : CoreType.EFFICIENCY);
        Optional<String> near = node.isEmpty() && random.nextInt(8) == 0 ? Optional.of("disk") : Optional.empty();
        if (random.nextInt(8) == 0) {
            CpuSet ids = CpuSet.of(IntStream.range(0, 1 + random.nextInt(3))
                    .map(each -> random.nextInt(mostCores) + 10 * random.nextInt(2))
                    .distinct()
                    .toArray());
            return new CpuClaim.Whole(ids.size(), threads, Optional.empty(), Optional.of(ids));
        }
        int count = 1 + random.nextInt(5);
        return new CpuClaim.Whole(count, threads, node, Optional.empty(), false, oneCache, type, near);
    }

    /** A number from 0 up to a bound. */
    int below(int bound) {
        return random.nextInt(bound);
    }
}
