package io.bulkhead.manager.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.settings.Settings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NetworkAdmissionTest {
    private static final NetworkAdmission RULE = rule(Optional.of("1Gbit/s"), Optional.of("100Mbit/s"));

    private static NetworkAdmission rule(Optional<String> in, Optional<String> out) {
        return new NetworkAdmission(
                new Settings.Network(
                        RuleSetTest.NAMES.subnet(),
                        Optional.of("eth0"),
                        false,
                        false,
                        in.map(BitRate::parse),
                        out.map(BitRate::parse)),
                RuleSetTest.NAMES);
    }

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
    void letsRatesAddUpToWhatIsStated() {
        PartitionRecord db = partition("db", NetworkGround.slice("400Mbit/s", "60Mbit/s"));

        assertThat(judge(partition("web", NetworkGround.slice("600Mbit/s", "40Mbit/s")), db))
                .isEmpty();
        assertThat(judge(partition("web", NetworkGround.slice("600Mbit/s", "41Mbit/s")), db))
                .hasValueSatisfying(problem -> {
                    assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
                    assertThat(problem.detail())
                            .isEqualTo(
                                    "to send: 41Mbit/s asked, 40Mbit/s of the stated network.capacity_out = 100Mbit/s"
                                            + " free; db holds 60Mbit/s");
                    assertThat(problem.holders()).containsExactly("db holds 60Mbit/s");
                });
        assertThat(judge(partition("web", NetworkSlice.UNLIMITED), db)).isEmpty();
    }

    @Test
    void holdsNothingAgainstWhatNobodyStates() {
        PartitionRecord wanted = partition("web", NetworkGround.slice("900Gbit/s", "900Gbit/s"));

        assertThat(rule(Optional.empty(), Optional.empty())
                        .refuse(wanted.definition(), wanted.slice().orElseThrow(), List.of()))
                .isEmpty();
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
