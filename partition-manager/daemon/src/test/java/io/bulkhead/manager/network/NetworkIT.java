package io.bulkhead.manager.network;

import static io.bulkhead.manager.network.NetworkGround.access;
import static io.bulkhead.manager.network.NetworkGround.host;
import static io.bulkhead.manager.network.NetworkGround.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.start.RunningPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Partitions on a bridge of this host; needs root, iproute2, nftables. */
class NetworkIT {
    private static final String ONE_PING = "ping -c 1 -W 1 ";
    private static final String ANSWERED = " 0% packet loss";

    private final NetworkGround ground = new NetworkGround();

    @AfterEach
    void clean() {
        ground.close();
    }

    @Test
    void letsPeersAndTheHostTalkByNameAndKeepsAllOthersApart() throws IOException {
        ground.define("a", NetworkSlice.UNLIMITED, access(List.of("b")));
        ground.define("b", slice("100Mbit/s", "50Mbit/s"), NetworkAccess.ALONE);
        ground.define("c", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.start("a");
        ground.start("b");
        ground.start("c");

        assertThat(ground.inside("a", ONE_PING + "b")).contains(ANSWERED);
        assertThat(ground.inside("b", ONE_PING + "a")).contains(ANSWERED);
        assertThat(ground.inside("c", ONE_PING + "host")).contains(ANSWERED);
        assertThat(host("ping", "-c", "1", "-W", "1", ground.address("c"))).contains(ANSWERED);

        assertThat(ground.inside("c", ONE_PING + ground.address("a"))).contains("100% packet loss");
        assertThat(ground.inside("a", ONE_PING + ground.address("c"))).contains("100% packet loss");
        // Nor by way of the host.
        assertThat(ground.inside(
                        "c",
                        "ip route add " + ground.address("a") + " via " + ground.names.host() + "; " + ONE_PING
                                + ground.address("a")))
                .contains("100% packet loss");
        assertThat(ground.inside("c", "getent hosts a; echo $?")).endsWith("2");
        assertThat(Files.readString(ground.first.directory.resolve("network.hosts")))
                .isEqualTo(ground.address("a") + " a\n" + ground.address("b") + " b\n" + ground.address("c") + " c\n");
        assertThat(ground.promises("b"))
                .extracting(Promise::readBack)
                .containsExactly("100Mbit/s", "50Mbit/s", "closed but for peers a");
        assertThat(ground.promises("b")).allMatch(Promise::held);
        assertThat(ground.promises("a").get(2).readBack()).isEqualTo("closed but for peers b");
        assertThat(ground.promises("c").get(2).readBack()).isEqualTo("closed");
    }

    @Test
    void tellsARunningPartitionOfItsNewPeerAndKeepsItsOwnLines() {
        ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.start("a");
        ground.inside("a", "echo '192.0.2.77 mine' >>/etc/hosts");

        ground.define("b", NetworkSlice.UNLIMITED, access(List.of("a")));
        ground.start("b");
        ground.settle();

        assertThat(ground.inside("a", "getent hosts b")).startsWith(ground.address("b"));
        assertThat(ground.inside("a", ONE_PING + "b")).contains(ANSWERED);
        ground.define("b", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.settle();
        assertThat(ground.inside("a", "getent hosts b; getent hosts mine")).isEqualTo("192.0.2.77      mine");
        assertThat(ground.inside("a", ONE_PING + ground.address("b"))).contains("100% packet loss");
    }

    @Test
    void reachesNothingOfTheHostButItsAddressOnTheBridge() throws IOException {
        ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.start("a");
        try (java.net.ServerSocket server =
                new java.net.ServerSocket(0, 5, java.net.InetAddress.getByName("0.0.0.0"))) {
            String connect = "perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => q(%s), PeerPort => "
                    + server.getLocalPort() + ", Timeout => 1) ? q(open) : q(shut)'";

            assertThat(ground.inside("a", connect.formatted(ground.names.host())))
                    .isEqualTo("shut");
            host("nft", "flush", "chain", "ip", ground.names.table(), "input");
            assertThat(ground.inside("a", connect.formatted(ground.names.host())))
                    .isEqualTo("open");
        }
    }

    @Test
    void refusesForeignAddressesAndHardwareAddresses() {
        ground.define("a", NetworkSlice.UNLIMITED, access(List.of("b")));
        ground.define("b", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.define("c", slice("1Gbit/s", "1Gbit/s"), NetworkAccess.ALONE);
        ground.start("a");
        ground.start("c");
        String stolen = ground.subnet.at(99).toString();
        String fromStolen =
                "ip address add " + stolen + "/24 dev eth0 2>/dev/null; " + ONE_PING + "-I " + stolen + " host";

        for (String thief : List.of("a", "c")) {
            assertThat(ground.inside(thief, fromStolen)).contains("100% packet loss");
            String own = ground.names.hardwareAddress(ground.records.keySet().stream()
                    .filter(name -> name.value().equals(thief))
                    .findFirst()
                    .orElseThrow());
            assertThat(ground.inside(thief, "ip link set dev eth0 address 02:de:ad:be:ef:01 && " + ONE_PING + "host"))
                    .contains("100% packet loss");
            assertThat(ground.inside(thief, "ip link set dev eth0 address " + own + " && " + ONE_PING + "host"))
                    .contains(ANSWERED);
        }
        // The same without the wall: it is what stops them.
        host("nft", "flush", "chain", "bridge", ground.names.table(), "sent");
        host("nft", "flush", "chain", "bridge", ground.names.table(), "prerouting");
        host("nft", "flush", "chain", "bridge", ground.names.table(), "postrouting");
        host("nft", "flush", "chain", "bridge", ground.names.table(), "input");
        assertThat(ground.inside("a", ONE_PING + "-I " + stolen + " host")).contains(ANSWERED);
        assertThat(ground.inside("c", ONE_PING + "-I " + stolen + " host")).contains("packet loss");
    }

    /** Sends an ARP answer by a raw socket: the address given, at our hardware address. */
    private static final String LIE = "perl -e 'use Socket; my ($of, $to) = @ARGV; "
            + "socket(my $s, 17, 3, unpack(q(n), pack(q(S), 0x0806))) or die $!; "
            + "open my $f, q(<), q(/sys/class/net/eth0/address); my $m = pack(q(H12), join q(), split /:/, substr(<$f>, 0, 17)); "
            + "open my $i, q(<), q(/sys/class/net/eth0/ifindex); my $n = <$i> + 0; "
            + "my $arp = (chr(255) x 6) . $m . pack(q(n), 0x0806) . pack(q(nnCCn), 1, 0x800, 6, 4, 2) . $m . inet_aton($of)"
            + " . (chr(255) x 6) . inet_aton($to); "
            + "for (1 .. 5) { send($s, $arp, 0, pack(q(S n i S C C x8), 17, 0x0806, $n, 0, 0, 6)) or die $!; } print q(sent)' ";

    @Test
    void keepsPeersFromLyingAboutTheHostsAddress() {
        ground.define("a", NetworkSlice.UNLIMITED, access(List.of("b")));
        ground.define("b", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.start("a");
        ground.start("b");
        String seen = "ip neighbour show " + ground.names.host();
        ground.inside("b", ONE_PING + "host");
        assertThat(ground.inside("b", seen)).contains(ground.names.hardwareAddress());

        assertThat(ground.inside("a", LIE + ground.names.host() + " " + ground.address("b")))
                .isEqualTo("sent");
        assertThat(ground.inside("b", seen)).contains(ground.names.hardwareAddress());

        host("nft", "flush", "chain", "bridge", ground.names.table(), "sent");
        host("nft", "flush", "chain", "bridge", ground.names.table(), "prerouting");
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(ground.inside("a", LIE + ground.names.host() + " " + ground.address("b")))
                    .isEqualTo("sent");
            assertThat(ground.inside("b", seen)).doesNotContain(ground.names.hardwareAddress());
        });
    }

    @Test
    void showsRawSocketsNothingOfNeighbours() throws IOException {
        ground.define("a", NetworkSlice.UNLIMITED, access(List.of("b", "c")));
        ground.define("b", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.define("c", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.start("a");
        ground.start("b");
        ground.start("c");
        Process sniffer = ground.beginInside(
                "c",
                "ip link set dev eth0 promisc on; perl -e 'socket(my $s, 17, 3, unpack(q(n), pack(q(S), 3))) or die $!; $| = 1;"
                        + " print qq(ready\\n); $SIG{ALRM} = sub { print qq(end\\n); exit }; alarm 4;"
                        + " while (recv $s, my $frame, 2000, 0) { print unpack(q(H*), substr $frame, 0, 42), qq(\\n) }'");
        assertThat(new String(sniffer.getInputStream().readNBytes(6), StandardCharsets.UTF_8))
                .isEqualTo("ready\n");

        assertThat(ground.inside("a", "ip neighbour flush all; ping -c 3 -i 0.2 b"))
                .contains(ANSWERED);
        assertThat(host("ping", "-c", "3", "-i", "0.2", ground.address("b"))).contains(ANSWERED);

        String frames = NetworkGround.output(sniffer);
        assertThat(frames).isEqualTo("end\n");
    }

    @Test
    void appliesItsRulesAgainWhenAFirewallFlushesThem() {
        ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.promises("a");

        host("nft", "delete", "table", "bridge", ground.names.table());

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(ground.promises("a")).allMatch(Promise::held);
            assertThat(host("nft", "list", "table", "bridge", ground.names.table()))
                    .contains("chain forward");
        });
        host("nft", "add", "rule", "ip", ground.names.table(), "input", "accept");
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            ground.promises("a");
            assertThat(host("nft", "list", "chain", "ip", ground.names.table(), "input"))
                    .doesNotContain("\t\taccept");
        });
    }

    @Test
    void seesARateThatSomebodyHasChanged() {
        ground.define("a", slice("100Mbit/s", "50Mbit/s"), NetworkAccess.ALONE);
        ground.start("a");
        String link = ground.names.link(
                ground.records.values().iterator().next().address().orElseThrow());

        host("tc", "qdisc", "del", "dev", link, "ingress");
        assertThat(ground.promises("a")).extracting(Promise::held).containsExactly(true, false, true);
        assertThat(ground.promises("a").get(1).reason().orElseThrow()).contains("is not led through");
        host("tc", "qdisc", "replace", "dev", link, "root", "tbf", "rate", "1gbit", "burst", "1mb", "limit", "2mb");
        assertThat(ground.promises("a").get(0).reason()).contains("promised 100Mbit/s, " + link + " has 1Gbit/s");
    }

    private boolean repair(String name) {
        PartitionName known = PartitionName.parse(name);
        return ground.wall.repair(ground.records.get(known), Optional.ofNullable(ground.running.get(known)));
    }

    private String linkOf(String name) {
        return ground.names.link(
                ground.records.get(PartitionName.parse(name)).address().orElseThrow());
    }

    /** Whatever somebody does to the host's end, in words of ip(8) and tc(8). */
    private static final List<String> CHANGES = List.of(
            "tc qdisc del dev LINK root",
            "tc qdisc replace dev LINK root handle 1: tbf rate 1gbit burst 1mb limit 2mb",
            "tc qdisc del dev LINK ingress",
            "tc filter del dev LINK parent ffff:",
            "tc qdisc change dev SHAPER root handle 1: tbf rate 1gbit burst 1mb limit 2mb",
            "ip link del dev SHAPER",
            "ip link set dev LINK down",
            "ip link set dev LINK nomaster",
            "ip link del dev LINK",
            "ip link del dev BRIDGE");

    private void change(String text) {
        String link = linkOf("a");
        String[] words = text.replace("LINK", link)
                .replace("SHAPER", link.replace(ground.names.linkPrefix(), ground.names.shaperPrefix()))
                .replace("BRIDGE", ground.names.bridge())
                .split(" ");
        assertThat(host(words)).as(text).isEmpty();
    }

    @Test
    void bringsBackWhatSomebodyHasChangedWhileItRuns() {
        ground.define("a", slice("100Mbit/s", "50Mbit/s"), access(List.of("b")));
        ground.define("b", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.start("a");
        ground.start("b");

        for (String text : CHANGES) {
            change(text);
            assertThat(ground.promises("a")).as(text).extracting(Promise::held).contains(false);

            assertThat(repair("a")).isTrue();
            assertThat(ground.promises("a")).as(text).allMatch(Promise::held);
            repair("b");
            // A link made anew carries nothing yet for a moment.
            await().alias(text).untilAsserted(() -> assertThat(ground.inside("a", ONE_PING + "b"))
                    .contains(ANSWERED));
            assertThat(ground.inside("a", ONE_PING + "host")).as(text).contains(ANSWERED);
        }
        assertThat(ground.promises("b")).allMatch(Promise::held);
    }

    @Test
    void touchesNothingWhereNothingIsWrong() {
        ground.define("a", slice("100Mbit/s", "50Mbit/s"), NetworkAccess.ALONE);
        ground.start("a");
        List<String> commands = new ArrayList<>();
        PartitionRecord record = ground.records.get(PartitionName.parse("a"));
        RunningPartition running = ground.running.get(record.name());
        NetworkWall next = ground.newWall(Optional.empty(), false, (command, input) -> {
            commands.add(String.join(" ", command));
            return ground.tools.run(command, input);
        });
        next.recover(ground.records.keySet());
        next.adopt(record, running);
        commands.clear();

        assertThat(next.repair(record, Optional.of(running))).isTrue();

        assertThat(commands).isEmpty();
        next.close();
    }

    @Test
    void bringsBackBeforeAStartWhatSomebodyHasChangedAtRest() {
        ground.define("a", slice("100Mbit/s", "50Mbit/s"), NetworkAccess.ALONE);
        for (String text : List.of(CHANGES.get(0), "ip link del dev SHAPER", "ip link del dev LINK", CHANGES.get(9))) {
            change(text);

            // Whose promises are read before it is let run.
            ground.start("a");

            assertThat(ground.inside("a", ONE_PING + "host")).as(text).contains(ANSWERED);
            ground.stop("a");
            ground.settle();
        }
    }

    @Test
    void saysWhatHelpsWhereRootInsideIsInTheWay() {
        ground.define("a", slice("100Mbit/s", "50Mbit/s"), NetworkAccess.ALONE);
        ground.start("a");
        ground.inside("a", "ip link del eth0; ip link add eth0 type bridge");
        List<String> before = ground.leftovers();

        repair("a");

        assertThat(ground.promises("a"))
                .filteredOn(promise -> promise.resource() != Resource.NETWORK_ACCESS)
                .hasSize(2)
                .noneMatch(Promise::held);
        assertThat(ground.promises("a").get(0).reason())
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("is gone").contains("a restart makes it anew"));
        assertThat(ground.leftovers()).containsExactlyInAnyOrderElementsOf(before);
        ground.stop("a");
        ground.start("a");
        assertThat(ground.promises("a")).allMatch(Promise::held);
    }

    @Test
    void refusesASubnetThatTheHostUses() {
        host("ip", "link", "add", "bhx" + ground.names.linkPrefix(), "type", "veth");
        String other = "bhx" + ground.names.linkPrefix();
        host("ip", "address", "add", ground.subnet.at(200) + "/25", "dev", other);
        host("ip", "link", "set", other, "up");
        try {
            assertThatThrownBy(() -> ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("the host has a route to ")
                    .hasMessageContaining("network.subnet");
        } finally {
            host("ip", "link", "del", other);
        }
        assertThat(ground.leftovers()).isEmpty();
    }

    @Test
    void refusesASubnetThatTheHostHasAnAddressOfWithoutARoute() {
        String other = "bhx" + ground.names.linkPrefix();
        host("ip", "link", "add", other, "type", "bridge");
        host("ip", "address", "add", ground.subnet.at(1) + "/32", "dev", other);
        host("ip", "link", "set", other, "up");
        try {
            assertThatThrownBy(() -> ground.define("a", NetworkSlice.UNLIMITED, NetworkAccess.ALONE))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("the host has the address " + ground.subnet.at(1));
        } finally {
            host("ip", "link", "del", other);
        }
        assertThat(ground.leftovers()).isEmpty();
    }

    @Test
    void needsAHostThatPassesOnForPublishedPorts() {
        NetworkWall wall = ground.newWall(Optional.of("nosuchif"), false, ground.tools);
        assertThatThrownBy(() -> wall.bind(NetworkGround.record(
                        "a",
                        NetworkSlice.UNLIMITED,
                        access(List.of(), "18080:80"),
                        io.bulkhead.manager.start.TestGround.RANGE,
                        Optional.of(ground.subnet.at(2)))))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the host has no such interface");
        assertThat(ground.leftovers()).isEmpty();
    }
}
