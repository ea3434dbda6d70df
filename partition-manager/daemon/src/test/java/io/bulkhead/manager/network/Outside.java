package io.bulkhead.manager.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.manager.start.TestGround;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A network beside the host, with another machine on it: a network namespace at the far end of a link whose end here
 * stands for the host's interface to the world. The host's forwarding is switched on for that interface alone.
 */
final class Outside implements AutoCloseable {
    final Ipv4Subnet subnet;
    final String uplink;
    private final String space;

    Outside() {
        int number = TestGround.networkByte();
        subnet = Ipv4Subnet.parse("198.18." + number + ".0/24");
        String tag = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x10000, 0xFFFFF));
        uplink = "bhup" + tag;
        space = "bhout" + tag;
        run("ip", "netns", "add", space);
        run("ip", "link", "add", uplink, "type", "veth", "peer", "name", "eth0", "netns", space);
        run("ip", "address", "add", host() + "/24", "dev", uplink);
        run("ip", "link", "set", uplink, "up");
        run("ip", "-n", space, "address", "add", machine() + "/24", "dev", "eth0");
        run("ip", "-n", space, "link", "set", "eth0", "up");
        run("ip", "-n", space, "link", "set", "lo", "up");
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf", uplink, "forwarding"), "1");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The host's address there. */
    String host() {
        return subnet.at(1).toString();
    }

    /** The other machine's. */
    String machine() {
        return subnet.at(2).toString();
    }

    /** What a command says that runs on the other machine. */
    String run(String command) {
        return NetworkGround.host("ip", "netns", "exec", space, "sh", "-c", command)
                .strip();
    }

    Process begin(String command) throws IOException {
        return new ProcessBuilder("ip", "netns", "exec", space, "sh", "-c", command)
                .redirectErrorStream(true)
                .start();
    }

    private static void run(String... words) {
        assertThat(NetworkGround.host(words)).as(String.join(" ", words)).isEmpty();
    }

    @Override
    public void close() {
        NetworkGround.host("ip", "link", "del", uplink);
        NetworkGround.host("ip", "netns", "del", space);
    }
}
