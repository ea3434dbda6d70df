package io.bulkhead.manager.network;

import static io.bulkhead.manager.network.NetworkGround.access;
import static io.bulkhead.manager.network.NetworkGround.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What leaves the host, and what comes in; needs root, iproute2, nftables. */
class WayOutIT {
    /** Answers every connection with the caller's address. */
    private static final String SERVER =
            "perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => %d, Listen => 5,"
                    + " ReuseAddr => 1) or die; $| = 1; print qq(ready\\n); while (my $c = $s->accept) { print $c q(seen ) . $c->peerhost; close $c }'";

    private static final String CLIENT =
            "perl -MIO::Socket::INET -e 'my $c = IO::Socket::INET->new(PeerAddr => q(%s), PeerPort => %d, Timeout => 2)"
                    + " or do { print q(nothing); exit }; print <$c>'";

    private static void awaitReady(Process server) throws IOException {
        assertThat(new String(server.getInputStream().readNBytes(6), StandardCharsets.UTF_8))
                .isEqualTo("ready\n");
    }

    @Test
    void letsNothingOutWithoutNatOrUplink() throws IOException {
        try (Outside outside = new Outside();
                NetworkGround ground = new NetworkGround()) {
            ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
            ground.start("a");
            Process server = outside.begin(SERVER.formatted(7001));
            awaitReady(server);
            outside.run("ip route add " + ground.subnet + " via " + outside.host());

            assertThat(ground.inside("a", CLIENT.formatted(outside.machine(), 7001)))
                    .isEqualTo("nothing");
            assertThat(outside.run("ping -c 1 -W 1 " + ground.address("a"))).contains("100% packet loss");
            server.destroy();
        }
    }

    /** Who asks a name server out there hears no at once; on a host that passes nothing on, too. */
    @Test
    void tellsThoseInsideThatThereIsNoWayOut() throws IOException {
        try (Outside outside = new Outside();
                NetworkGround ground = new NetworkGround()) {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf", outside.uplink, "forwarding"), "0");
            ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
            ground.start("a");
            assertThat(Path.of("/proc/sys/net/ipv4/conf", ground.names.bridge(), "forwarding"))
                    .content()
                    .startsWith("0");

            for (String address : List.of(outside.machine(), "192.0.2.53")) {
                assertThat(ground.inside(
                                "a",
                                "perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => q(" + address
                                        + "), PeerPort => 53, Proto => q(udp)); $s->send(q(this)); alarm 3;"
                                        + " print defined $s->recv(my $m, 99) ? $m : $!'"))
                        .isEqualTo("No route to host");
            }
            assertThat(ground.inside("a", "ping -c 1 -W 2 " + ground.names.host()))
                    .contains(" 0% packet loss");
        }
    }

    @Test
    void letsPartitionsOutWithTheHostsAddressByNat() throws IOException {
        try (Outside outside = new Outside();
                NetworkGround ground = new NetworkGround(Optional.of(outside.uplink), true)) {
            ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
            ground.start("a");
            Process server = outside.begin(SERVER.formatted(7001));
            awaitReady(server);

            assertThat(ground.inside("a", CLIENT.formatted(outside.machine(), 7001)))
                    .isEqualTo("seen " + outside.host());
            // Out, but not in.
            outside.run("ip route add " + ground.subnet + " via " + outside.host());
            assertThat(outside.run("ping -c 1 -W 1 " + ground.address("a"))).contains("100% packet loss");
            server.destroy();
        }
    }

    @Test
    void letsPartitionsOutWithTheirOwnAddressByAnUplink() throws IOException {
        try (Outside outside = new Outside();
                NetworkGround ground = new NetworkGround(Optional.of(outside.uplink), false)) {
            ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
            ground.start("a");
            Process server = outside.begin(SERVER.formatted(7001));
            awaitReady(server);
            outside.run("ip route add " + ground.subnet + " via " + outside.host());

            assertThat(ground.inside("a", CLIENT.formatted(outside.machine(), 7001)))
                    .isEqualTo("seen " + ground.address("a"));
            server.destroy();
        }
    }

    @Test
    void publishesPortsToTheWorldAndToTheHost() throws IOException {
        try (Outside outside = new Outside();
                NetworkGround ground = new NetworkGround(Optional.of(outside.uplink), false)) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            ground.define("web", NetworkSlice.UNLIMITED, access(List.of(), port + ":80", (port + 1) + ":53/udp"));
            ground.define("other", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
            ground.start("web");
            ground.start("other");
            Process server = ground.beginInside("web", SERVER.formatted(80));
            awaitReady(server);

            assertThat(outside.run(CLIENT.formatted(outside.host(), port))).isEqualTo("seen " + outside.machine());
            assertThat(host("sh", "-c", CLIENT.formatted(outside.host(), port))).isEqualTo("seen " + outside.host());
            // Neither its other ports, nor for another partition by way of the host.
            assertThat(outside.run(CLIENT.formatted(outside.host(), port + 2))).isEqualTo("nothing");
            assertThat(ground.inside("other", CLIENT.formatted(outside.host(), port)))
                    .isEqualTo("nothing");
            Process udp = ground.beginInside(
                    "web",
                    "perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => 53, Proto => q(udp)) or die; $| = 1;"
                            + " print qq(ready\\n); while ($s->recv(my $m, 100)) { $s->send(qq(got $m)) }'");
            awaitReady(udp);
            assertThat(outside.run("perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => q("
                            + outside.host() + "), PeerPort => " + (port + 1)
                            + ", Proto => q(udp)); $s->send(q(this)); alarm 3; $s->recv(my $m, 99); print $m'"))
                    .isEqualTo("got this");
            server.destroyForcibly();
            udp.destroyForcibly();

            ground.stop("web");
            ground.define("web", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
            assertThat(host("nft", "list", "map", "ip", ground.names.table(), "published_tcp"))
                    .doesNotContain("elements");
        }
    }

    @Test
    void refusesWhereTheHostDoesNotPassOn() throws IOException {
        try (Outside outside = new Outside()) {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf", outside.uplink, "forwarding"), "0");
            try (NetworkGround ground = new NetworkGround(Optional.of(outside.uplink), true)) {
                assertThatThrownBy(() -> ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE))
                        .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(
                                        refusal.problem().remedy())
                                .contains("sysctl -w net.ipv4.conf." + outside.uplink + ".forwarding=1"));
            }
        }
    }

    @Test
    void movesAnInterfaceInAndBringsItBack() throws IOException {
        String nic = "bhnic" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0xFFFF));
        host("ip", "link", "add", nic, "mtu", "1400", "type", "veth", "peer", "name", nic + "p");
        host("ip", "link", "set", nic, "up");
        try (NetworkGround ground = new NetworkGround()) {
            String hardware = ground.interfaces.hardwareAddress(nic).orElseThrow();
            ground.define("a", device(nic), NetworkAccess.ALONE);
            for (int round = 0; round < 3; round++) {
                ground.start("a");
                assertThat(ground.interfaces.exists(nic)).isFalse();
                assertThat(ground.inside("a", "cat /sys/class/net/" + nic + "/address"))
                        .isEqualTo(hardware);
                assertThat(ground.promises("a"))
                        .allMatch(
                                promise -> promise.held() && promise.readBack().equals(nic));

                assertThat(ground.inside(
                                "a",
                                "ip link set " + nic + " down; ip link set " + nic
                                        + " name mine address 02:00:00:00:00:07 mtu 900; ip link set mine up"))
                        .isEmpty();
                assertThat(ground.promises("a").get(0).reason().orElseThrow()).contains("renamed");
                ground.stop("a");

                assertThat(ground.interfaces.hardwareAddress(nic)).contains(hardware);
                assertThat(ground.interfaces.mtu(nic)).contains(1400);
                assertThat(ground.interfaces.isUp(nic)).isTrue();
            }
            host("ip", "address", "add", "198.19.250.1/24", "dev", nic);
            assertThatThrownBy(() -> ground.start("a"))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining(nic + " is in use by the host: it has the address 198.19.250.1");
        } finally {
            host("ip", "link", "del", nic);
        }
    }

    @Test
    void bringsAnInterfaceBackUnderANewManager() {
        String nic = "bhnic" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0xFFFF));
        host("ip", "link", "add", nic, "type", "veth", "peer", "name", nic + "p");
        try (NetworkGround ground = new NetworkGround()) {
            ground.define("a", device(nic), NetworkAccess.ALONE);
            ground.start("a");

            ground.wall = ground.newWall(Optional.empty(), false, ground.tools);
            ground.wall.recover(ground.records.keySet());
            ground.records.forEach((name, record) -> ground.wall.adopt(record, ground.running.get(name)));
            assertThat(ground.promises("a")).allMatch(promise -> promise.held());
            ground.stop("a");

            await().atMost(Duration.ofSeconds(5)).until(() -> ground.interfaces.exists(nic));
        } finally {
            host("ip", "link", "del", nic);
        }
    }

    private static NetworkSlice device(String name) {
        return new NetworkSlice(NetworkSlice.UNLIMITED.in(), NetworkSlice.UNLIMITED.out(), Optional.of(name));
    }
}
