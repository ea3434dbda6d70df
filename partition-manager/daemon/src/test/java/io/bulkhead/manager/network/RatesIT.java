package io.bulkhead.manager.network;

import static io.bulkhead.manager.network.NetworkGround.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.manager.Alone;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rates of both directions, within a tenth; needs root, iproute2, nftables and iperf3. */
@Alone("it measures rates")
class RatesIT {
    private static final Pattern RECEIVED =
            Pattern.compile("\"sum_received\":[^}]*\"bits_per_second\":\\s*([0-9.e+]+)");
    /** Of 1514 bytes of a frame, 1448 are TCP's: iperf3 counts those, the rate counts frames. */
    private static final double PAYLOAD = 1448.0 / 1514;

    private static String client(String address, int port, boolean in, int seconds) {
        return NetworkGround.host(
                        "iperf3", "-c", address, "-p", "" + port, "-J", "-t", "" + seconds, "-O", "1", in ? "-V" : "-R")
                .replace("\n", " ");
    }

    private static double measure(NetworkGround ground, String name, boolean in, int seconds) {
        int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
        Process server = ground.beginInside(name, "exec iperf3 -s -1 -p " + port);
        try {
            // It says when it listens, but only once its output is full.
            String output = await().pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> client(ground.address(name), port, in, seconds),
                            said -> said.contains("sum_received"));
            Matcher matcher = RECEIVED.matcher(output);
            assertThat(matcher.find()).as(output).isTrue();
            return Double.parseDouble(matcher.group(1)) / PAYLOAD;
        } finally {
            server.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1Mbit/s", "20Mbit/s", "300Mbit/s"})
    void holdWithinATenth(String rate) {
        double wanted = BitRate.parse(rate).bitsPerSecond();
        try (NetworkGround ground = new NetworkGround()) {
            ground.define("a", slice(rate, rate), NetworkAccess.ALONE);
            ground.start("a");

            assertThat(measure(ground, "a", true, 4)).as("in").isBetween(wanted * 0.9, wanted * 1.1);
            assertThat(measure(ground, "a", false, 4)).as("out").isBetween(wanted * 0.9, wanted * 1.1);
        }
    }

    @Test
    void holdWhateverRootDoesInsideAndAFloodNextDoor() {
        double wanted = 20_000_000;
        try (NetworkGround ground = new NetworkGround()) {
            ground.define("a", slice("20Mbit/s", "20Mbit/s"), NetworkAccess.ALONE);
            ground.define("flood", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
            ground.start("a");
            ground.start("flood");
            ground.inside(
                    "a",
                    "ip link set eth0 txqueuelen 10000; ip link set eth0 mtu 1400; ip link set eth0 mtu 1500;"
                            + " tc qdisc replace dev eth0 root tbf rate 900mbit burst 1m limit 2m");
            Process flood = ground.beginInside(
                    "flood",
                    "exec perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => q("
                            + ground.names.host()
                            + "), PeerPort => 9, Proto => q(udp)); my $m = q(x) x 1400; while (1) { $s->send($m) }'");
            try {
                assertThat(measure(ground, "a", false, 4)).as("out").isBetween(wanted * 0.9, wanted * 1.1);
                assertThat(measure(ground, "a", true, 4)).as("in").isBetween(wanted * 0.9, wanted * 1.1);
                assertThat(flood.isAlive()).isTrue();
            } finally {
                flood.destroyForcibly();
            }
        }
    }
}
