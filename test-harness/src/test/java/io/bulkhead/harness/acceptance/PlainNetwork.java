package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Network namespaces on a plain bridge of this host: what partitions would be without their wall. Everything carries the name
 * of an installation, and goes on close, or with this process but for the bridge.
 */
final class PlainNetwork implements AutoCloseable {
    private static final String INSIDE = "eth0";

    private final String bridge;
    private final String prefix;
    private final List<Station> stations = new ArrayList<>();

    /**
     * @param installation whose name it carries
     * @param prefix the first three numbers of its addresses, with a dot behind
     */
    PlainNetwork(String installation, String prefix) {
        this.prefix = prefix;
        this.bridge = "pl" + Integer.toHexString(installation.hashCode());
        host("ip link add " + bridge
                + " address 02:00:00:00:00:01 type bridge stp_state 0 forward_delay 0 mcast_snooping 0");
        host("ip link set " + bridge + " alias drill/" + installation + " up");
        host("ip address add " + prefix + "1/24 dev " + bridge);
    }

    String bridge() {
        return bridge;
    }

    /** The host's address on the bridge. */
    String host() {
        return prefix + "1";
    }

    /** Has the host pass on what comes from it. */
    void forward() {
        forward(bridge);
    }

    static void forward(String device) {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf", device, "forwarding"), "1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new station on the bridge. */
    Station add() {
        int number = stations.size() + 2;
        String link = bridge + "-" + number;
        Station station = new Station(link, "02:00:00:00:00:0" + number, prefix + number);
        stations.add(station);
        host("ip link set " + link + " master " + bridge + " up");
        station.run("ip route add default via " + host());
        return station;
    }

    /** Runs a program on the host; it has to print nothing. */
    static void host(String command) {
        Installation.Result result = Commands.run(List.of(command.split(" ")), "", Patience.seconds(10));
        assertThat(result.out() + result.err()).as(command).isEmpty();
        assertThat(result.status()).as(command).isZero();
    }

    @Override
    public void close() {
        stations.forEach(Station::close);
        host("ip link del " + bridge);
    }

    /** A network namespace whose {@code eth0} is the far end of a link of the host. */
    static final class Station implements Place, AutoCloseable {
        private final Process keeper;
        private final Path directory;
        private final String hardwareAddress;
        private final String address;

        /** Makes it; the host's end has to be set up and to be given an address or a bridge. */
        Station(String link, String hardwareAddress, String address) {
            this.hardwareAddress = hardwareAddress;
            this.address = address;
            try {
                directory = Files.createTempDirectory("bh-station-");
                // Ends with its input, so with us.
                keeper = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo ready; read end").start();
                BufferedReader said = keeper.inputReader();
                assertThat(said.readLine()).isEqualTo("ready");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            host("ip link add " + link + " type veth peer name " + INSIDE + " address " + hardwareAddress + " netns "
                    + keeper.pid());
            run("ip link set lo up; ip address add " + address + "/24 dev " + INSIDE + "; ip link set " + INSIDE
                    + " up");
        }

        @Override
        public String run(String script) {
            Installation.Result result = Commands.run(
                    List.of(
                            "nsenter",
                            "--net=/proc/" + keeper.pid() + "/ns/net",
                            "env",
                            "D=" + directory,
                            "sh",
                            "-c",
                            script),
                    "",
                    Patience.seconds(30));
            return result.out() + result.err();
        }

        @Override
        public String hardwareAddress() {
            return hardwareAddress;
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public void close() {
            keeper.destroyForcibly();
            keeper.onExit().join();
            Commands.run(List.of("rm", "-r", directory.toString()), "", Patience.seconds(10));
        }
    }
}
