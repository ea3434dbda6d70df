package io.bulkhead.manager.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.BitRate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel's objects are called, and how they are asked for. */
class LinksTest {
    private static final NetworkNames NAMES = RuleSetTest.NAMES;
    private static final LinkCommands COMMANDS = new LinkCommands(NAMES);

    private static Port limited(String in, String out) {
        Port port = RuleSetTest.port("db", "10.77.0.18", List.of());
        return new Port(port.name(), port.address(), NetworkGround.slice(in, out), port.peers(), port.publish());
    }

    @Test
    void namesFitAnInterfaceAndTellInstancesApart() {
        NetworkNames large =
                new NetworkNames(new InstanceName("an-instance-of-24-letter"), Ipv4Subnet.parse("10.0.0.0/16"));
        Ipv4Address last = Ipv4Address.parse("10.0.255.254");

        assertThat(List.of(large.bridge(), large.link(last), large.shaper(last)))
                .allMatch(name -> name.length() <= 15)
                .doesNotHaveDuplicates();
        assertThat(large.link(last)).endsWith("vfffe").startsWith(large.linkPrefix());
        assertThat(NAMES.bridge()).isEqualTo("bh-test");
        assertThat(NAMES.linkPrefix()).isNotEqualTo(large.linkPrefix());
        assertThat(NAMES.bridge()).doesNotStartWith(NAMES.linkPrefix());
    }

    @Test
    void hardwareAddressesAreLocalAndEachPartitionsOwn() {
        String address = NAMES.hardwareAddress(PartitionName.parse("db"));

        assertThat(address).matches("02(:[0-9a-f]{2}){5}").isEqualTo(NAMES.hardwareAddress(PartitionName.parse("db")));
        assertThat(address).isNotEqualTo(NAMES.hardwareAddress(PartitionName.parse("web")));
        assertThat(address).isNotEqualTo(NAMES.hardwareAddress());
    }

    @ParameterizedTest
    @CsvSource({
        "1Mbit/s, tbf rate 1000000bit burst 10000b limit 42768b",
        "100Mbit/s, tbf rate 100000000bit burst 125000b limit 750000b",
        "1Gbit/s, tbf rate 1000000000bit burst 1250000b limit 7500000b",
        "10Gbit/s, tbf rate 10000000000bit burst 4194304b limit 66694304b"
    })
    void bucketsFitTheRate(String rate, String arguments) {
        assertThat(Shaping.of(BitRate.parse(rate)).arguments()).isEqualTo(arguments);
    }

    @Test
    void makesALinkWithBothRates() {
        Port port = limited("100Mbit/s", "20Mbit/s");
        String link = NAMES.link(port.address());
        String shaper = NAMES.shaper(port.address());

        assertThat(COMMANDS.link(port, Path.of("/proc/4711/ns/net")))
                .isEqualTo("link add name " + link + " type veth peer name eth0 address "
                        + NAMES.hardwareAddress(port.name()) + " netns /proc/4711/ns/net\nlink set dev " + link
                        + " alias bulkhead/test/db addrgenmode none master bh-test up\n");
        assertThat(COMMANDS.inside(port)).isEqualTo("""
                        link set dev lo up
                        address add 10.77.0.18/24 dev eth0
                        link set dev eth0 addrgenmode none up
                        route add default via 10.77.0.1
                        """);
        assertThat(COMMANDS.rates(port))
                .isEqualTo(
                        "qdisc add dev " + link + " root handle 1: tbf rate 100000000bit burst 125000b limit 750000b\n"
                                + "qdisc add dev " + link + " handle ffff: ingress\nfilter add dev " + link
                                + " parent ffff: protocol all u32 match u32 0 0 action mirred egress redirect dev "
                                + shaper + "\n");
        assertThat(COMMANDS.shaperRate(port))
                .isEqualTo("qdisc add dev " + shaper
                        + " root handle 1: tbf rate 20000000bit burst 25000b limit 150000b\n");
    }

    @Test
    void asksForNoShaperWithoutABound() {
        assertThat(COMMANDS.rates(limited("unlimited", "unlimited"))).isEmpty();
        assertThat(COMMANDS.rates(limited("unlimited", "1Mbit/s"))).startsWith("qdisc add dev " + NAMES.linkPrefix());
    }
}
