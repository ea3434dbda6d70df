package io.bulkhead.contract.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostRoutesTest {
    private static final String ROUTES = """
            Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
            eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
            bh-x	00624D0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
            eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
            tun0	0000140A	00000000	0001	0	0	0	0000FFFF	0	0	0
            """;

    private static final String TRIE = """
            Main:
              +-- 0.0.0.0/0 3 0 5
                 |-- 10.77.98.0
                    /24 link UNICAST
                 |-- 10.77.98.1
                    /32 host LOCAL
                 |-- 10.77.98.255
                    /32 link BROADCAST
                 |-- 127.0.0.0
                    /8 host LOCAL
                 |-- 172.30.1.9
                    /32 host LOCAL
            Local:
                 |-- 172.30.1.9
                    /32 host LOCAL
            """;

    private static final HostRoutes HOST = HostRoutes.parse(ROUTES, TRIE);

    @Test
    void readsBothFiles() {
        assertThat(HOST.routes())
                .extracting(HostRoutes.Route::toString)
                .containsExactly(
                        "Route[target=0.0.0.0/0, device=eth0]",
                        "Route[target=10.77.98.0/24, device=bh-x]",
                        "Route[target=192.0.2.0/24, device=eth0]",
                        "Route[target=10.20.0.0/16, device=tun0]");
        assertThat(HOST.addresses()).extracting(Ipv4Address::toString).containsExactly("10.77.98.1", "172.30.1.9");
        assertThat(HostRoutes.parse("", "").collisionWith(Ipv4Subnet.parse("10.0.0.0/8"), Optional.empty()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.20.3.0/24, the host has a route to 10.20.0.0/16 by tun0",
        "10.16.0.0/12, the host has a route to 10.20.0.0/16 by tun0",
        "10.77.98.0/25, the host has a route to 10.77.98.0/24 by bh-x",
        "172.30.1.0/24, the host has the address 172.30.1.9",
    })
    void findsWhatIsNotApart(String subnet, String words) {
        assertThat(HOST.collisionWith(Ipv4Subnet.parse(subnet), Optional.empty()))
                .contains(words);
    }

    @Test
    void takesNothingAmissOfOurOwnBridgeAndOfTheDefaultRoute() {
        assertThat(HOST.collisionWith(Ipv4Subnet.parse("10.77.98.0/24"), Optional.of("bh-x")))
                .isEmpty();
        assertThat(HOST.collisionWith(Ipv4Subnet.parse("10.99.0.0/24"), Optional.empty()))
                .isEmpty();
    }
}
