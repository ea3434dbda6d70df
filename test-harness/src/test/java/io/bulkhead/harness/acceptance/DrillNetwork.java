package io.bulkhead.harness.acceptance;

import io.bulkhead.contract.partition.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * An installation whose partitions are on a bridge, with another machine behind the host; removed with all of it on close.
 *
 * <p>There is an attacker of each kind of init, {@code peer} who is everybody's peer, and {@code victim} who is nobody's but
 * the peer's and publishes the port {@link #PUBLISHED}.
 */
final class DrillNetwork implements AutoCloseable {
    /** Of the host, UDP and TCP; leads to port 80 of the victim. */
    static final int PUBLISHED = 28_080;

    static final String VICTIM = "victim";
    static final String PEER = "peer";

    private final Installation host;
    private final PlainNetwork.Station outside;
    private final String uplink;
    private final String prefix;
    private final String far;
    private final Map<String, String> cannotRun = new LinkedHashMap<>();

    DrillNetwork() {
        int number = Installation.networkByte();
        prefix = "10.214." + number + ".";
        far = "198.19." + number + ".";
        host = Installation.create();
        uplink = "up" + Integer.toHexString(host.name().hashCode());
        outside = new PlainNetwork.Station(uplink, "02:00:00:00:01:02", far + "2");
        try {
            begin();
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private void begin() {
        PlainNetwork.host("ip address add " + uplinkAddress() + "/24 dev " + uplink);
        PlainNetwork.host("ip link set " + uplink + " up");
        PlainNetwork.forward(uplink);
        // The outside knows a way back, so that nothing but the wall is in the way.
        outside.run("ip route add default via " + uplinkAddress());
        try {
            Files.writeString(
                    host.config(),
                    "[network]\nsubnet = " + prefix + "0/24\nuplink = " + uplink + "\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host.run("up").expect(0);
        define(VICTIM, "--publish", PUBLISHED + ":80/udp", "--publish", PUBLISHED + ":80");
        define(PEER, "--peer", VICTIM);
        define("shell", "--peer", PEER);
        define("service", "--peer", PEER, "--service", "/usr/bin/sleep", "--", "1d");
        define("systemd", "--memory", "384MiB", "--peer", PEER, "--init", "systemd");
        host.run("start", VICTIM, PEER, "shell", "service").expect(0);
        Installation.Result systemd = host.run("start", "systemd");
        if (systemd.status() != 0) {
            cannotRun.put("systemd", systemd.err().strip());
        }
    }

    private void define(String name, String... more) {
        List<String> words =
                new java.util.ArrayList<>(List.of("define", name, "--cpus", "0.1", "--memory", "96MiB", "--network"));
        if (List.of(more).contains("--memory")) {
            words.subList(4, 6).clear();
        }
        words.addAll(List.of(more));
        host.run(words.toArray(String[]::new)).expect(0);
    }

    /** A partition that runs; the test is skipped where this host cannot run its init. */
    Place partition(String name) {
        Assumptions.assumeFalse(
                cannotRun.containsKey(name), () -> name + " does not start here: " + cannotRun.get(name));
        String address = host.show(name).address().map(Ipv4Address::toString).orElseThrow();
        String hardware =
                host.exec(name, "cat /sys/class/net/eth0/address").out().strip();
        return new Place() {
            @Override
            public String run(String script) {
                Installation.Result result = host.exec(name, "export D=/tmp\n" + script);
                return result.out() + result.err();
            }

            @Override
            public String hardwareAddress() {
                return hardware;
            }

            @Override
            public String address() {
                return address;
            }
        };
    }

    /** A plain network beside it, with the same outside behind the host. */
    PlainNetwork plain() {
        return new PlainNetwork(host.name(), prefix.replace("10.214.", "10.215."));
    }

    Installation installation() {
        return host;
    }

    /** The other machine. */
    Place outside() {
        return outside;
    }

    /** The interface of the host that leads to the other machine. */
    String uplink() {
        return uplink;
    }

    /** The host's address on the way to the other machine. */
    String uplinkAddress() {
        return far + "1";
    }

    /** The host's address on the partitions' bridge. */
    String hostAddress() {
        return prefix + "1";
    }

    /** The partitions' bridge. */
    String bridge() {
        return lookedUp("ip -o route show " + prefix + "0/24", "dev (\\S+)");
    }

    String bridgeHardwareAddress() {
        return ThisHost.text(java.nio.file.Path.of("/sys/class/net", bridge(), "address"));
    }

    private static String lookedUp(String command, String pattern) {
        String said = Commands.run(List.of(command.split(" ")), "", Patience.seconds(10))
                .out();
        java.util.regex.Matcher matcher =
                java.util.regex.Pattern.compile(pattern).matcher(said);
        return Optional.of(matcher)
                .filter(java.util.regex.Matcher::find)
                .orElseThrow(() -> new AssertionError(command + " says " + said))
                .group(1);
    }

    @Override
    public void close() {
        host.close();
        // The host's end goes with it.
        outside.close();
    }
}
