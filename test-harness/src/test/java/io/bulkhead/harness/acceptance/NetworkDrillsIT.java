package io.bulkhead.harness.acceptance;

import static io.bulkhead.harness.acceptance.Frames.BROADCAST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Escapes by way of the network, tried by a partition's root with each kind of init; the numbers are those of the table in
 * partition-manager/SECURITY.md. Each is tried on a plain bridge too, where it succeeds.
 *
 * <p>Frames are built here, each with a word in it, and sent by raw sockets: forged ones first, then one that may pass. When
 * that one has arrived, none of the others may have.
 */
class NetworkDrillsIT {
    private static final String APART = "a partition sees and forges nothing on the network: drills of SECURITY.md";

    /** A frame that may pass. */
    private static final String OWN = "drill-own";

    /** Sends frames, given in hexadecimal. */
    private static final String SEND = "perl -e 'socket(my $s, 17, 3, 0) or die $!;"
            + " my ($n) = qx(ip -o link show dev eth0) =~ /^(\\d+)/ or die;"
            + " send($s, pack(q(H*), $_), 0, pack(q(S n i S C C x8), 17, 0, $n, 0, 0, 6)) or die $! for @ARGV; print q(sent)' ";

    /** Writes each drill's word that comes by a raw socket in promiscuous mode into a file, for 25 s. */
    private static final String LISTEN = "ip link set dev eth0 promisc on; perl -e '"
            + "socket(my $s, 17, 3, unpack(q(n), pack(q(S), 3))) or die $!; $| = 1; $SIG{ALRM} = sub { exit };"
            + " alarm 25; print qq(ready\\n);"
            + " while (defined recv $s, my $frame, 2000, 0) { print qq($1\\n) while $frame =~ /(drill-[a-z]+)\\./g }'"
            + " >$D/heard 2>&1 </dev/null & echo $! >$D/listener;"
            + " for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q ready $D/heard && break; sleep 0.1; done";

    private static final String HEARD = "cat $D/heard";
    private static final String DEAF = "kill $(cat $D/listener); rm $D/heard; ip link set dev eth0 promisc off";

    private static DrillNetwork network;
    private static Place peer;
    private static Place victim;
    private static String hostAddress;
    private static String hostMac;

    private static PlainNetwork plain;
    private static PlainNetwork.Station plainAttacker;
    private static PlainNetwork.Station plainPeer;
    private static PlainNetwork.Station plainVictim;

    @BeforeAll
    static void install() {
        network = new DrillNetwork();
        peer = network.partition(DrillNetwork.PEER);
        victim = network.partition(DrillNetwork.VICTIM);
        hostAddress = network.hostAddress();
        hostMac = network.bridgeHardwareAddress();
        plain = network.plain();
        plainAttacker = plain.add();
        plainPeer = plain.add();
        plainVictim = plain.add();
    }

    @AfterAll
    static void remove() {
        plain.close();
        network.close();
    }

    // ---- what frames arrive

    private static void send(Place from, String... frames) {
        assertThat(from.run(SEND + String.join(" ", frames))).isEqualTo("sent");
    }

    private static Set<String> heard(Place listener) {
        return listener.run(HEARD)
                .lines()
                .filter(line -> line.startsWith("drill-"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What arrives at a place until this word does. */
    private static Set<String> hearsUntil(Place listener, Runnable sending, String last) {
        listener.run(LISTEN);
        try {
            sending.run();
            return await().atMost(Patience.seconds(10)).until(() -> heard(listener), words -> words.contains(last));
        } finally {
            listener.run(DEAF);
        }
    }

    private static Set<String> hearsOf(Place listener, Place sender, List<String> frames) {
        return hearsUntil(listener, () -> send(sender, frames.toArray(String[]::new)), OWN);
    }

    private static String own(Place from, Place to) {
        return Frames.udp(to.hardwareAddress(), from.hardwareAddress(), from.address(), to.address(), OWN);
    }

    /** Frames of an attacker. */
    private interface Attempt {
        List<String> frames(Place attacker, Place peer, Place victim, String hostMac, String hostAddress);
    }

    /** Has both attackers try: the partition's frames do not arrive at its peer, the plain station's all do. */
    private void isHeldBackOnlyByTheWall(String partition, Attempt attempt) {
        Place attacker = network.partition(partition);
        List<String> walled = new ArrayList<>(attempt.frames(attacker, peer, victim, hostMac, hostAddress));
        walled.add(own(attacker, peer));
        List<String> free = new ArrayList<>(
                attempt.frames(plainAttacker, plainPeer, plainVictim, "02:00:00:00:00:01", plain.host()));
        free.add(own(plainAttacker, plainPeer));

        assertThat(hearsOf(plainPeer, plainAttacker, free)).hasSize(free.size());
        assertThat(hearsOf(peer, attacker, walled)).containsExactly(OWN);
    }

    @WithEveryInit
    @Proves(APART)
    void d40SeesNothingOfItsNeighbours(String partition) {
        Place attacker = network.partition(partition);
        String nobody = "02:de:ad:be:ef:77";

        Set<String> free = hearsUntil(
                plainAttacker,
                () -> {
                    send(
                            plainVictim,
                            ofANeighbour(plainVictim, plainPeer, nobody).toArray(String[]::new));
                    send(plainPeer, own(plainPeer, plainAttacker));
                },
                OWN);
        Set<String> walled = hearsUntil(
                attacker,
                () -> {
                    send(victim, ofANeighbour(victim, peer, nobody).toArray(String[]::new));
                    send(peer, own(peer, attacker));
                },
                OWN);

        assertThat(free).contains("drill-arp", "drill-broadcast", "drill-unknown");
        assertThat(walled).containsExactly(OWN);
    }

    /** What a bridge floods. */
    private static List<String> ofANeighbour(Place from, Place to, String nobody) {
        String mac = from.hardwareAddress();
        return List.of(
                Frames.arp(BROADCAST, mac, Frames.REQUEST, mac, from.address(), to.address(), "drill-arp"),
                Frames.udp(BROADCAST, mac, from.address(), to.address(), "drill-broadcast"),
                Frames.udp(nobody, mac, from.address(), to.address(), "drill-unknown"),
                Frames.udp(to.hardwareAddress(), mac, from.address(), to.address(), "drill-unicast"));
    }

    @WithEveryInit
    @Proves(APART)
    void d41AnswersArpInNobodyElsesName(String partition) {
        isHeldBackOnlyByTheWall(partition, (attacker, peer, victim, bridge, host) -> {
            String mac = attacker.hardwareAddress();
            String to = peer.hardwareAddress();
            String me = attacker.address();
            String him = peer.address();
            return List.of(
                    Frames.arp(to, mac, Frames.REPLY, mac, host, him, "drill-host"),
                    Frames.arp(BROADCAST, mac, Frames.REPLY, mac, host, host, "drill-gratuitous"),
                    Frames.arp(BROADCAST, mac, Frames.REQUEST, mac, victim.address(), him, "drill-victim"),
                    Frames.arp(to, mac, Frames.REPLY, victim.hardwareAddress(), me, him, "drill-other"),
                    Frames.arp(to, victim.hardwareAddress(), Frames.REPLY, mac, me, him, "drill-sender"));
        });
    }

    @WithEveryInit
    @Proves(APART)
    void d41DrawsNobodysTrafficToItself(String partition) {
        // Given a peer and a host that know where the host and the victim are
        Place attacker = network.partition(partition);
        forgetLies();
        plainPeer.run("ping -c 1 -W 2 " + plain.host());
        peer.run("ping -c 1 -W 2 " + hostAddress);
        ping(victim.address());
        ping(plainVictim.address());

        // When the attacker says that both are where he is, again and again: the kernel holds on to an answer for a
        // second
        await().atMost(Patience.seconds(20)).untilAsserted(() -> {
            lie(plainAttacker, plainPeer, plain.host(), plainVictim.address(), "02:00:00:00:00:01");
            assertThat(plainPeer.run("ip neighbour show " + plain.host())).contains(plainAttacker.hardwareAddress());
            assertThat(neighbour(plainVictim.address())).contains(plainAttacker.hardwareAddress());
        });
        for (int i = 0; i < 3; i++) {
            lie(attacker, peer, hostAddress, victim.address(), hostMac);
        }

        // Then in the plain network they believed it
        assertThat(peer.run("ip neighbour show " + hostAddress)).contains(hostMac);
        assertThat(neighbour(victim.address())).contains(victim.hardwareAddress());
    }

    /** What those of the plain network still believe since the drill before. */
    private static void forgetLies() {
        plainPeer.run("ip neighbour flush to " + plain.host());
        onHost("ip", "neighbour", "flush", "to", plainVictim.address()).expect(0);
    }

    private static void lie(Place attacker, Place peer, String host, String victim, String hostMac) {
        String mac = attacker.hardwareAddress();
        send(
                attacker,
                Frames.arp(peer.hardwareAddress(), mac, Frames.REPLY, mac, host, peer.address(), "drill-lie"),
                Frames.arp(hostMac, mac, Frames.REPLY, mac, victim, host, "drill-lie"));
    }

    private static Installation.Result onHost(String... command) {
        return Commands.run(List.of(command), "", Patience.seconds(10));
    }

    private static void ping(String address) {
        onHost("ping", "-c", "1", "-W", "2", address).expect(0);
    }

    private static String neighbour(String address) {
        return onHost("ip", "neighbour", "show", address).out();
    }

    @WithEveryInit
    @Proves(APART)
    void d42SendsInNobodyElsesName(String partition) {
        isHeldBackOnlyByTheWall(partition, (attacker, peer, victim, bridge, host) -> {
            String mac = attacker.hardwareAddress();
            String to = peer.hardwareAddress();
            String him = peer.address();
            return List.of(
                    Frames.udp(to, victim.hardwareAddress(), attacker.address(), him, "drill-mac"),
                    Frames.udp(to, mac, victim.address(), him, "drill-address"),
                    Frames.udp(to, victim.hardwareAddress(), victim.address(), him, "drill-both"),
                    Frames.udp(to, bridge, host, him, "drill-host"),
                    Frames.udp(to, mac, host, him, "drill-router"),
                    Frames.udp(to, mac, "198.51.100.7", him, "drill-foreign"),
                    Frames.udp(to, mac, "0.0.0.0", him, "drill-zero"));
        });
    }

    @WithEveryInit
    @Proves(APART)
    void d42HasNoNetworkUnderAnotherAddress(String partition) {
        Place attacker = network.partition(partition);
        String other = victim.address().replaceFirst("\\.\\d+$", ".199");
        String plainOther = plainVictim.address().replaceFirst("\\.\\d+$", ".199");
        String byMac = "ip link set dev eth0 address 02:de:ad:be:ef:01; ping -c 1 -W 1 %s;"
                + " ip link set dev eth0 address %s; ip route replace default via %s";
        String byAddress = "ip address add %s/24 dev eth0; ping -c 1 -W 1 -I %s %s; ip address del %s/24 dev eth0";

        assertThat(plainAttacker.run(
                        byMac.formatted(plainPeer.address(), plainAttacker.hardwareAddress(), plain.host())))
                .contains(" 0% packet loss");
        assertThat(plainAttacker.run(byAddress.formatted(plainOther, plainOther, plainPeer.address(), plainOther)))
                .contains(" 0% packet loss");
        assertThat(attacker.run(byMac.formatted(peer.address(), attacker.hardwareAddress(), hostAddress)))
                .contains("100% packet loss");
        assertThat(attacker.run(byAddress.formatted(other, other, peer.address(), other)))
                .contains("100% packet loss");
        assertThat(attacker.run("ping -c 1 -W 2 " + peer.address())).contains(" 0% packet loss");
    }

    @WithEveryInit
    @Proves(APART)
    void d53DoesNotFillTheBridgesTable(String partition) {
        Place attacker = network.partition(partition);
        String flood =
                "perl -e 'socket(my $s, 17, 3, 0) or die $!; my ($n) = qx(ip -o link show dev eth0) =~ /^(\\d+)/;"
                        + " for (1 .. 3000) { send($s, (chr(255) x 6) . pack(q(n N n), 0x0200, $_, 0x88b5) . q(flood),"
                        + " 0, pack(q(S n i S C C x8), 17, 0, $n, 0, 0, 6)) or select undef, undef, undef, 0.01 } print q(sent)'";
        long before = table(network.bridge());

        assertThat(plainAttacker.run(flood)).isEqualTo("sent");
        assertThat(attacker.run(flood)).isEqualTo("sent");

        assertThat(table(plain.bridge())).isGreaterThan(2000);
        assertThat(table(network.bridge())).isLessThanOrEqualTo(before + 4);
        assertThat(peer.run("ping -c 1 -W 2 " + victim.address())).contains(" 0% packet loss");
    }

    /** How many hardware addresses a bridge has in mind. */
    private static long table(String bridge) {
        return onHost("bridge", "fdb", "show", "br", bridge).out().lines().count();
    }

    @WithEveryInit
    @Proves(APART)
    void d54IsNobodysRouterAndGivesNoAddresses(String partition) {
        isHeldBackOnlyByTheWall(partition, (attacker, peer, victim, bridge, host) -> {
            String mac = attacker.hardwareAddress();
            String to = peer.hardwareAddress();
            String me = attacker.address();
            return List.of(
                    Frames.routerAdvertisement(mac, "drill-router"),
                    Frames.udp(to, mac, me, 67, peer.address(), 68, "drill-offer"),
                    Frames.udp(BROADCAST, mac, me, 67, "255.255.255.255", 68, "drill-lease"));
        });
        // Nor the host's, whose interfaces take up a router's word on IPv6.
        assertThat(onHost("ip", "-6", "route", "show", "dev", network.bridge()).out())
                .isEmpty();
    }

    @WithEveryInit
    @Proves(APART)
    void d55SendsNothingOutInAnothersName(String partition) {
        Place attacker = network.partition(partition);
        Place outside = network.outside();
        plain.forward();
        List<String> free = new ArrayList<>();
        for (String word : List.of("drill-victim", OWN)) {
            String source = word.equals(OWN) ? plainAttacker.address() : plainVictim.address();
            free.add(Frames.udp("02:00:00:00:00:01", plainAttacker.hardwareAddress(), source, outside.address(), word));
        }
        String mac = attacker.hardwareAddress();
        String far = outside.address();

        assertThat(hearsOf(outside, plainAttacker, free)).containsExactlyInAnyOrder("drill-victim", OWN);
        assertThat(hearsOf(
                        outside,
                        attacker,
                        List.of(
                                Frames.udp(hostMac, mac, victim.address(), far, "drill-victim"),
                                Frames.udp(hostMac, victim.hardwareAddress(), victim.address(), far, "drill-both"),
                                Frames.udp(hostMac, mac, hostAddress, far, "drill-host"),
                                Frames.udp(hostMac, mac, network.uplinkAddress(), far, "drill-uplink"),
                                Frames.udp(hostMac, mac, "198.51.100.7", far, "drill-foreign"),
                                Frames.udp(BROADCAST, mac, attacker.address(), far, "drill-broadcast"),
                                Frames.udp(hostMac, mac, attacker.address(), far, OWN))))
                .containsExactly(OWN);
    }

    @WithEveryInit
    @Proves(APART)
    void d55DoesNotAnswerInPlaceOfAPublishedPort(String partition) {
        // Given somebody outside who asks the victim by its published port
        Place attacker = network.partition(partition);
        Place outside = network.outside();
        String mac = attacker.hardwareAddress();
        String gateway = ThisHost.text(java.nio.file.Path.of("/sys/class/net", network.uplink(), "address"));
        int port = 5000 + partition.length();
        String question = Frames.udp(
                gateway,
                outside.hardwareAddress(),
                outside.address(),
                port,
                network.uplinkAddress(),
                DrillNetwork.PUBLISHED,
                "drill-question");
        assertThat(hearsUntil(victim, () -> send(outside, question), "drill-question"))
                .containsExactly("drill-question");

        // When both answer, then only the victim's answer gets there
        assertThat(hearsUntil(
                        outside,
                        () -> {
                            // Once more before each: the host forgets who asked after 30 s, which a slow machine takes.
                            send(outside, question);
                            send(
                                    attacker,
                                    Frames.udp(
                                            hostMac,
                                            mac,
                                            victim.address(),
                                            80,
                                            outside.address(),
                                            port,
                                            "drill-forged"),
                                    Frames.udp(
                                            hostMac,
                                            victim.hardwareAddress(),
                                            victim.address(),
                                            80,
                                            outside.address(),
                                            port,
                                            "drill-forged"));
                            send(outside, question);
                            send(
                                    victim,
                                    Frames.udp(
                                            hostMac,
                                            victim.hardwareAddress(),
                                            victim.address(),
                                            80,
                                            outside.address(),
                                            port,
                                            "drill-answer"));
                        },
                        "drill-answer"))
                .doesNotContain("drill-forged");
    }

    private static final String CONNECT = "perl -MIO::Socket::INET -e 'for (@ARGV) { my ($a, $p) = split /:/;"
            + " print IO::Socket::INET->new(PeerAddr => $a, PeerPort => $p, Timeout => 0.3) ? qq(open ) : qq(shut ) }' ";

    @WithEveryInit
    @Proves(APART)
    void d56ReachesNoServiceOfTheHost(String partition) throws IOException {
        Place attacker = network.partition(partition);
        try (ServerSocket server = new ServerSocket(0, 20, InetAddress.getByName("0.0.0.0"));
                DatagramSocket datagrams = new DatagramSocket(server.getLocalPort())) {
            String port = ":" + server.getLocalPort();
            datagrams.setSoTimeout(100);

            assertThat(plainAttacker.run(CONNECT + plain.host() + port + " " + network.uplinkAddress() + port))
                    .isEqualTo("open open ");
            send(
                    plainAttacker,
                    Frames.udp(
                            "02:00:00:00:00:01",
                            plainAttacker.hardwareAddress(),
                            plainAttacker.address(),
                            9999,
                            plain.host(),
                            server.getLocalPort(),
                            "drill-datagram"));
            assertThat(arrives(datagrams)).isTrue();

            // By every address that the host has, and by the neighbour's published port.
            List<String> places = new ArrayList<>(List.of(hostAddress + port, network.uplinkAddress() + port));
            addressesOfTheHost().forEach(address -> places.add(address + port));
            places.add(hostAddress + ":" + DrillNetwork.PUBLISHED);
            places.add(network.uplinkAddress() + ":" + DrillNetwork.PUBLISHED);
            places.add(victim.address() + ":80");
            attacker.run("ip route add 127.0.0.2 via " + hostAddress);
            assertThat(attacker.run(CONNECT + String.join(" ", places)).trim().split(" "))
                    .hasSize(places.size())
                    .containsOnly("shut");
            String mac = attacker.hardwareAddress();
            String me = attacker.address();
            send(
                    attacker,
                    Frames.udp(hostMac, mac, me, 9999, hostAddress, server.getLocalPort(), "drill-datagram"),
                    Frames.udp(hostMac, mac, me, 9999, "127.0.0.1", server.getLocalPort(), "drill-datagram"),
                    Frames.udp(hostMac, mac, me, 9999, "224.0.0.1", server.getLocalPort(), "drill-datagram"));
            assertThat(arrives(datagrams)).isFalse();
            assertThat(attacker.run("ping -c 1 -W 2 " + hostAddress)).contains(" 0% packet loss");
        }
    }

    private static boolean arrives(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        try {
            socket.receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII).contains("drill-");
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static List<String> addressesOfTheHost() {
        String said = onHost("ip", "-4", "-o", "address", "show").out();
        Matcher matcher = Pattern.compile("inet ([0-9.]+)/").matcher(said);
        List<String> addresses = new ArrayList<>();
        while (matcher.find()) {
            if (!matcher.group(1).startsWith("127.")) {
                addresses.add(matcher.group(1));
            }
        }
        assertThat(addresses).contains(network.hostAddress());
        return addresses;
    }

    @WithEveryInit
    @Proves(APART)
    void d57SendsNothingButItsOwnIpAndArp(String partition) {
        isHeldBackOnlyByTheWall(partition, (attacker, peer, victim, bridge, host) -> {
            String mac = attacker.hardwareAddress();
            String to = peer.hardwareAddress();
            String me = attacker.address();
            byte[] echo = Arrays.copyOf(new byte[] {(byte) 128, 0, 0, 0, 0, 0, 0, 0}, 40);
            System.arraycopy(Frames.word("drill-six"), 0, echo, 8, 10);
            return List.of(
                    Frames.tagged(to, mac, me, peer.address(), "drill-vlan", 0x8100, 7),
                    Frames.tagged(to, mac, me, peer.address(), "drill-zerovlan", 0x8100, 0),
                    Frames.tagged(to, mac, me, peer.address(), "drill-stacked", 0x88A8, 7, 0x8100, 9),
                    Frames.ipv6(to, mac, echo),
                    Frames.of(to, mac, 0x88B5, "drill-experiment"),
                    Frames.of(to, mac, 0x8035, "drill-reverse"),
                    Frames.udp("01:00:5e:00:00:01", mac, me, "224.0.0.1", "drill-multicast"),
                    Frames.udp(BROADCAST, mac, me, "255.255.255.255", "drill-broadcast"));
        });
    }
}
