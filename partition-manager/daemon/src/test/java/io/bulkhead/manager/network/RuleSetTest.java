package io.bulkhead.manager.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PublishedPort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuleSetTest {
    static final NetworkNames NAMES = new NetworkNames(new InstanceName("test"), Ipv4Subnet.parse("10.77.0.0/24"));

    static Port port(String name, String address, List<String> peers, String... published) {
        return new Port(
                PartitionName.parse(name),
                Ipv4Address.parse(address),
                NetworkSlice.UNLIMITED,
                peers.stream().map(PartitionName::parse).toList(),
                Stream.of(published).map(PublishedPort::parse).toList());
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(RuleSetTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void isWrittenOutAsAWhole() throws IOException {
        RuleSet rules = new RuleSet(
                NAMES,
                List.of(
                        port("web", "10.77.0.3", List.of("db", "not-there-yet"), "8080:80", "53:53/udp"),
                        port("db", "10.77.0.2", List.of()),
                        port("alone", "10.77.0.9", List.of())),
                new RuleSet.Egress(Optional.of("eth0"), true));

        assertThat(rules.render()).isEqualTo(golden("rules-nat-by-eth0.nft"));
    }

    @Test
    void leavesNothingOpenWithoutAPartition() throws IOException {
        assertThat(new RuleSet(NAMES, List.of(), RuleSet.Egress.NONE).render()).isEqualTo(golden("rules-empty.nft"));
    }

    @Test
    void isTheSameInWhateverOrderPartitionsCame() {
        Port one = port("a", "10.77.0.2", List.of("b"));
        Port other = port("b", "10.77.0.3", List.of());

        assertThat(new RuleSet(NAMES, List.of(one, other), RuleSet.Egress.NONE).render())
                .isEqualTo(new RuleSet(NAMES, List.of(other, one), RuleSet.Egress.NONE).render());
    }

    @Test
    void masqueradesByAnyInterfaceWhereNoneIsNamed() {
        String text = new RuleSet(NAMES, List.of(), new RuleSet.Egress(Optional.empty(), true)).render();

        assertThat(text)
                .contains("\t\tip saddr 10.77.0.0/24 oifname != \"bh-test\" masquerade\n")
                .contains("\t\tiifname \"bh-test\" oifname != \"bh-test\" accept\n");
    }

    @Test
    void opensTheWayToTheWorldOnlyByTheUplink() {
        String text = new RuleSet(NAMES, List.of(), new RuleSet.Egress(Optional.of("eth7"), false)).render();

        assertThat(text)
                .contains("\t\tiifname \"bh-test\" oifname \"eth7\" accept\n")
                .doesNotContain("masquerade");
    }

    @Test
    void countsWhatItHas() {
        RuleSet rules = new RuleSet(
                NAMES,
                List.of(port("a", "10.77.0.2", List.of("b"), "80:80"), port("b", "10.77.0.3", List.of())),
                RuleSet.Egress.NONE);

        assertThat(rules.counts())
                .containsEntry("bridge set owners", 2)
                .containsEntry("bridge set peers", 2)
                .containsEntry("ip map published_tcp", 1)
                .containsEntry("ip map published_udp", 0)
                .containsEntry("bridge chain forward", 3)
                .doesNotContainKey("ip set connections");
    }

    @Test
    void namesThoseWhomAPartitionMayTalkTo() {
        Port one = port("a", "10.77.0.2", List.of("b"));
        Port other = port("b", "10.77.0.3", List.of());
        Port third = port("c", "10.77.0.4", List.of());
        RuleSet rules = new RuleSet(NAMES, List.of(one, other, third), RuleSet.Egress.NONE);

        assertThat(rules.peersOf(other.name())).containsExactly(one);
        assertThat(rules.peersOf(third.name())).isEmpty();
    }
}
