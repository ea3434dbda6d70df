package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Names, neighbours that are closed to each other until somebody opens them, rates, and a port of the host. */
final class NetworkScene {
    /** Where the service of {@code configs/demo.yaml} listens. */
    static final int SERVICE_PORT = 8080;

    private static final int TRAFFIC_PORT = 9000;
    private static final Duration TRAFFIC = Duration.ofSeconds(2);
    private static final int CLOSED_SECONDS = 1;
    private static final int OPEN_SECONDS = 5;

    /** The rate is capped, not kept: a busy host may give less. But something must have come through the shaper. */
    private static final long LEAST_SHARE = 100;

    private static final long TOLERANCE = 1100;

    private final ApiClient api;
    private final Inside inside;
    private final Certified certified;
    private final Defining defining;

    NetworkScene(ApiClient api, Inside inside, Certified certified, Defining defining) {
        this.api = api;
        this.inside = inside;
        this.certified = certified;
        this.defining = defining;
    }

    /** Both ways of one partition, measured one after the other. */
    List<Line> rates(PartitionName name) throws IOException, InterruptedException {
        NetworkSlice slice = certified.slice(name).network().orElseThrow();
        InetSocketAddress address = address(name, TRAFFIC_PORT);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Inside.Result> receiver = thread.submit(() -> inside.run(name, WallProbes.receiver(TRAFFIC_PORT)));
            Wire.write(address, TRAFFIC);
            Optional<Probes.Transfer> in = WallProbes.received(result(receiver).out());
            Future<Inside.Result> sender = thread.submit(() -> inside.run(name, WallProbes.sender(TRAFFIC_PORT)));
            Probes.Transfer out = Wire.read(address, TRAFFIC);
            result(sender);
            return List.of(
                    rateLine(name + " network in", slice.in(), certified.evidence(name, Resource.NETWORK_IN), in),
                    rateLine(
                            name + " network out",
                            slice.out(),
                            certified.evidence(name, Resource.NETWORK_OUT),
                            Optional.of(out)));
        } finally {
            thread.shutdownNow();
        }
    }

    private static Inside.Result result(Future<Inside.Result> running) throws IOException, InterruptedException {
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw new IOException("a load inside could not be run", e);
        }
    }

    private InetSocketAddress address(PartitionName name, int port) {
        return new InetSocketAddress(
                certified.status(name).address().orElseThrow().toString(), port);
    }

    static Line rateLine(
            String subject, Limit<BitRate> bound, Judge.Evidence evidence, Optional<Probes.Transfer> transfer) {
        return new Line(
                subject,
                bound.toString(),
                evidence.readBack(),
                transfer.map(each -> megabits(bits(each)) + " over TCP").orElse("not measured"),
                evidence.held()
                        && transfer.filter(each -> isHeldTo(bound, each)).isPresent());
    }

    /** No faster than the bound, and not next to nothing. */
    static boolean isHeldTo(Limit<BitRate> bound, Probes.Transfer transfer) {
        long most = bound.fold(BitRate::bitsPerSecond, Long.MAX_VALUE / TOLERANCE);
        return bits(transfer) <= most * TOLERANCE / 1000 && bits(transfer) >= most * LEAST_SHARE / 1000;
    }

    private static long bits(Probes.Transfer transfer) {
        return transfer.bytesPerSecond() * 8;
    }

    private static String megabits(long bits) {
        return bits / 1_000_000 + "." + bits / 100_000 % 10 + "Mbit/s";
    }

    /** Closed by default; then one is defined as the other's peer, which takes it a restart. */
    List<Line> peers(PartitionName server, PartitionName client) throws IOException, InterruptedException {
        String address = certified.status(server).address().orElseThrow().toString();
        WallProbes.Reached host =
                WallProbes.reached(HostCommand.run(WallProbes.reach(address, SERVICE_PORT, OPEN_SECONDS))
                        .out());
        WallProbes.Reached closed = reach(client, address, CLOSED_SECONDS);
        List<Line> lines = new ArrayList<>();
        lines.add(closedLine(client.value(), server.value(), host, closed));
        open(server, client);
        lines.add(openLine(client.value(), server.value(), reach(client, server.value(), OPEN_SECONDS)));
        return lines;
    }

    private WallProbes.Reached reach(PartitionName client, String host, int seconds) throws IOException {
        return WallProbes.reached(inside.run(client, WallProbes.reach(host, SERVICE_PORT, seconds))
                .out());
    }

    private void open(PartitionName server, PartitionName client) {
        PartitionSpec spec = defining.spec(client);
        NetworkAccess access = spec.access().orElse(NetworkAccess.ALONE);
        Json nothing = new Json.Obj(Map.of());
        api.post("/v1/partitions/" + client + "/stop", nothing);
        defining.replace(spec.with(
                Optional.of(new NetworkAccess(access.address(), List.of(server), access.publish())),
                spec.shares(),
                spec.hardening()));
        api.post("/v1/partitions/" + client + "/start", nothing);
    }

    static Line closedLine(String client, String server, WallProbes.Reached host, WallProbes.Reached closed) {
        return new Line(
                client + " to " + server,
                "closed",
                "host reaches " + server + ": " + answer(host),
                answer(closed),
                host.status() == 200 && closed.status() == 0 && !closed.error().equals("nothing was asked"));
    }

    static Line openLine(String client, String server, WallProbes.Reached open) {
        return new Line(
                client + " to " + server,
                "peer, by its name",
                "-",
                answer(open) + (isFrom(server, open) ? " from " + server : ""),
                isFrom(server, open));
    }

    private static boolean isFrom(String server, WallProbes.Reached reached) {
        return reached.status() == 200 && reached.body().contains("\"" + server + "\"");
    }

    private static String answer(WallProbes.Reached reached) {
        return reached.status() == 0 ? reached.error() : "HTTP " + reached.status();
    }

    /** Somebody beside the host asks a port of the host's. */
    static Line published(PartitionName server, int port, Outside outside) throws IOException, InterruptedException {
        WallProbes.Reached reached =
                WallProbes.reached(outside.run(WallProbes.reach(Outside.hostAddress(), port, OPEN_SECONDS))
                        .out());
        if (reached.status() == 0) {
            Optional<String> firewall = ForwardPolicy.thatDrops(
                    HostCommand.run(List.of("nft", "list", "chains")).out());
            if (firewall.isPresent()) {
                return Line.notHere(
                        server + " published",
                        "port " + port,
                        "the host's own firewall drops what it passes on: " + firewall.get());
            }
        }
        return publishedLine(server.value(), port, reached);
    }

    static Line publishedLine(String server, int port, WallProbes.Reached reached) {
        return new Line(
                server + " published",
                "port " + port + " of the host",
                "-",
                "asked from beside the host: " + answer(reached) + (isFrom(server, reached) ? " from " + server : ""),
                isFrom(server, reached));
    }
}
