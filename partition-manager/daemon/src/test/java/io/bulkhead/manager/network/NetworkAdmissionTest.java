package io.bulkhead.manager.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.settings.Settings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NetworkAdmissionTest {
    private static final NetworkAdmission RULE = new NetworkAdmission(
            new Settings.Network(RuleSetTest.NAMES.subnet(), Optional.of("eth0"), false, false), RuleSetTest.NAMES);

    private static PartitionRecord partition(String name, NetworkSlice network, String... published) {
        NetworkAccess access =
                network.device().isPresent() ? NetworkAccess.ALONE : NetworkGround.access(List.of(), published);
        return NetworkGround.record(name, network, access, new UidRange(65_536), Optional.empty());
    }

    private static NetworkSlice device(String name) {
        return new NetworkSlice(NetworkSlice.UNLIMITED.in(), NetworkSlice.UNLIMITED.out(), Optional.of(name));
    }

    private static Optional<Problem> judge(PartitionRecord wanted, PartitionRecord... others) {
        return RULE.refuse(
                wanted.definition(),
                wanted.slice().orElseThrow(),
                Stream.of(others)
                        .map(other -> new Holding(other.definition(), other.slice(), other.uidRange()))
                        .toList());
    }

    @Test
    void lendsAnInterfaceToOne() {
        assertThat(judge(partition("a", device("eth1")), partition("b", device("eth2"))))
                .isEmpty();
        assertThat(judge(partition("a", device("eth1")), partition("b", device("eth1"))))
                .hasValueSatisfying(problem -> assertThat(problem.detail()).isEqualTo("eth1 is held by b"));
        for (String ours : List.of("eth0", "bh-test", RuleSetTest.NAMES.linkPrefix() + "0002")) {
            assertThat(judge(partition("a", device(ours))))
                    .hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo(ProblemCode.CONFLICT));
        }
    }

    @Test
    void publishesAPortOfTheHostForOne() {
        PartitionRecord web = partition("web", NetworkSlice.UNLIMITED, "8080:80", "53:53/udp");

        assertThat(judge(partition("other", NetworkSlice.UNLIMITED, "8081:80", "53:53"), web))
                .isEmpty();
        assertThat(judge(partition("other", NetworkSlice.UNLIMITED, "8080:8080"), web))
                .hasValueSatisfying(
                        problem -> assertThat(problem.detail()).isEqualTo("port 8080 of the host is published by web"));
    }

    @Test
    void refusesARateThatCannotBeHeld() {
        assertThat(judge(partition("a", NetworkGround.slice("7kbit/s", "1Mbit/s"))))
                .hasValueSatisfying(problem -> assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE));
    }
}
