package io.bulkhead.broker.definition;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Hardening.KernelObjects;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Storage, shares, network and hardening of any kind, for the laws of definitions. */
final class WallWords {
    private static final Arbitrary<String> NAMES = Arbitraries.oneOf(
                    Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(12),
                    Arbitraries.of("yes", "no", "on", "off", "y", "n", "true", "null", "a-1"))
            .filter(name -> !Set.of("host", "free", "all", "localhost").contains(name));

    private static final Arbitrary<ByteSize> SIZES =
            Arbitraries.longs().between(16, 1L << 30).map(ByteSize::ofMebibytes);

    private WallWords() {}

    /** The definition with walls of any kind added. */
    static Arbitrary<PartitionSpec> added(PartitionSpec spec) {
        return Combinators.combine(
                        storage().injectNull(0.3),
                        networks().injectNull(0.3),
                        access(spec.name()),
                        shares(),
                        hardening().optional(),
                        console().injectNull(0.3))
                .as((storage, network, access, shares, hardening, console) -> {
                    Claim claim = spec.claim();
                    if (storage != null) {
                        claim = claim.withStorage(storage);
                    }
                    if (network != null) {
                        claim = claim.withNetwork(network);
                    }
                    if (console != null) {
                        claim = claim.withConsole(console);
                    }
                    boolean bridge = network != null && network.device().isEmpty();
                    return new PartitionSpec(
                            spec.name(),
                            claim,
                            spec.init(),
                            spec.autostart(),
                            spec.hostOpt(),
                            spec.stopTimeoutMillis(),
                            spec.description(),
                            spec.startOrder(),
                            bridge ? Optional.of(access) : Optional.empty(),
                            shares,
                            hardening);
                });
    }

    private static Arbitrary<StorageSlice> storage() {
        Arbitrary<List<Volume>> volumes = Combinators.combine(
                        uniqueNames(), SIZES.list().ofSize(16), Arbitraries.of("/srv/v", "/data.d/", "/var/lib/x,y"))
                .as((names, sizes, root) -> {
                    List<Volume> made = new ArrayList<>();
                    for (int i = 0; i < names.size(); i++) {
                        made.add(new Volume(new PartitionName(names.get(i)), sizes.get(i), new InsidePath(root + i)));
                    }
                    return made;
                });
        return Combinators.combine(SIZES.optional(), volumes, disks())
                .filter((own, made, disks) -> own.isPresent() || !made.isEmpty() || !disks.isEmpty())
                .as(StorageSlice::new);
    }

    private static Arbitrary<List<String>> disks() {
        return Arbitraries.of("sda", "nvme0n1", "n", "cciss!c0d0", "md-1", "null", "on")
                .list()
                .uniqueElements()
                .ofMaxSize(4);
    }

    private static Arbitrary<List<String>> uniqueNames() {
        return NAMES.list().uniqueElements().ofMaxSize(5);
    }

    private static Arbitrary<NetworkSlice> networks() {
        Arbitrary<Limit<BitRate>> limits = Arbitraries.longs()
                .greaterOrEqual(1)
                .map(BitRate::new)
                .map(Limit::of)
                .injectNull(0.4)
                .map(limit -> limit == null ? Limit.<BitRate>unlimited() : limit);
        return Arbitraries.oneOf(
                Combinators.combine(limits, limits).as((in, out) -> new NetworkSlice(in, out, Optional.empty())),
                Arbitraries.of("eth1", "1e3", "0x10", "eth0.7", "no")
                        .map(device -> new NetworkSlice(Limit.unlimited(), Limit.unlimited(), Optional.of(device))));
    }

    private static Arbitrary<NetworkAccess> access(PartitionName self) {
        Arbitrary<List<PublishedPort>> ports = Combinators.combine(
                        Arbitraries.integers().between(1, 65_535).set().ofMaxSize(5),
                        Arbitraries.integers().between(1, 65_535),
                        Arbitraries.of(PublishedPort.Protocol.class))
                .as((host, port, protocol) -> host.stream()
                        .map(each -> new PublishedPort(protocol, each, port))
                        .toList());
        return Combinators.combine(
                        Arbitraries.longs()
                                .between(0, 0xFFFF_FFFFL)
                                .map(Ipv4Address::new)
                                .optional(),
                        uniqueNames(),
                        ports)
                .as((address, peers, publish) -> new NetworkAccess(
                        address,
                        peers.stream()
                                .filter(peer -> !peer.equals(self.value()))
                                .map(PartitionName::new)
                                .toList(),
                        publish));
    }

    private static Arbitrary<List<Share>> shares() {
        Arbitrary<String> sources = Arbitraries.of("/srv/a", "/x y", "/srv/: #", "/é", "/yes", "/a.b/c[0]", "/12:30");
        return Combinators.combine(
                        sources.list().ofMaxSize(4),
                        Arbitraries.of("/mnt/s", "/home/a.b..c", "/srv/@x,:%+="),
                        Arbitraries.of(true, false))
                .as((from, root, write) -> {
                    List<Share> made = new ArrayList<>();
                    for (int i = 0; i < from.size(); i++) {
                        made.add(new Share(from.get(i), new InsidePath(root + i), write));
                    }
                    return made;
                });
    }

    private static Arbitrary<ConsoleSlice> console() {
        return Combinators.combine(
                        Arbitraries.longs()
                                .between(1 << 10, 1L << 40)
                                .map(ByteRate::new)
                                .map(Limit::of)
                                .injectNull(0.2)
                                .map(rate -> rate == null ? Limit.<ByteRate>unlimited() : rate),
                        Arbitraries.longs()
                                .between(4 << 10, 64 << 20)
                                .map(ByteSize::new)
                                .optional())
                .as(ConsoleSlice::new);
    }

    private static Arbitrary<Hardening> hardening() {
        Arbitrary<Set<String>> calls = Arbitraries.of("keyctl", "io_uring_setup", "bpf", "1e3", "no", "ptrace")
                .set()
                .ofMaxSize(3);
        return Combinators.combine(
                        calls,
                        calls,
                        Arbitraries.of("net_raw", "sys_time", "mknod").set().ofMaxSize(2),
                        Combinators.combine(
                                        Arbitraries.longs().between(0, 1 << 20).optional(),
                                        Arbitraries.longs().between(0, 1 << 24).optional(),
                                        Arbitraries.longs().between(0, 1 << 16).optional())
                                .as(KernelObjects::new)
                                .optional())
                .as((deny, allow, drop, objects) -> new Hardening(
                        List.copyOf(deny),
                        allow.stream().filter(call -> !deny.contains(call)).toList(),
                        List.copyOf(drop),
                        objects));
    }
}
