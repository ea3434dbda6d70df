package io.bulkhead.manager.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
    private static final AddressPool POOL = new AddressPool(Ipv4Subnet.parse("10.77.0.0/29"));

    private static PartitionSpec spec(String name, boolean network, Optional<String> address) {
        Claim claim =
                new Claim(new CpuClaim.Part(new CpuMillis(100)), ByteSize.ofMebibytes(64), 256, IoSlice.UNLIMITED);
        return new PartitionSpec(
                        PartitionName.parse(name),
                        network ? claim.withNetwork(NetworkSlice.UNLIMITED) : claim,
                        new Init.Shell(),
                        false,
                        true,
                        10_000,
                        Optional.empty())
                .with(
                        address.map(
                                text -> new NetworkAccess(Optional.of(Ipv4Address.parse(text)), List.of(), List.of())),
                        List.of(),
                        Optional.empty());
    }

    private static Slice slice(PartitionSpec spec) {
        return Slice.of(spec.claim(), new CpuSlice.Part(new CpuMillis(100)), NodeSet.of(0));
    }

    private static Holding holding(String name, String address) {
        PartitionSpec spec = spec(name, true, Optional.empty());
        return new Holding(
                spec, Optional.of(slice(spec)), new UidRange(65_536), Optional.of(Ipv4Address.parse(address)));
    }

    private static Optional<String> choose(PartitionSpec spec, Optional<String> before, Holding... others) {
        return POOL.choose(spec, slice(spec), before.map(Ipv4Address::parse), List.of(others))
                .map(Ipv4Address::toString);
    }

    @Test
    void givesTheLowestFreeOneAndKeepsIt() {
        PartitionSpec spec = spec("a", true, Optional.empty());

        assertThat(choose(spec, Optional.empty())).contains("10.77.0.2");
        assertThat(choose(spec, Optional.empty(), holding("b", "10.77.0.2"), holding("c", "10.77.0.4")))
                .contains("10.77.0.3");
        assertThat(choose(spec, Optional.of("10.77.0.5"), holding("b", "10.77.0.2")))
                .contains("10.77.0.5");
        assertThat(choose(spec("a", false, Optional.empty()), Optional.of("10.77.0.5")))
                .contains("10.77.0.5");
        assertThat(choose(spec("a", false, Optional.empty()), Optional.empty())).isEmpty();
    }

    @Test
    void givesAnotherOneWhereTheSubnetHasChanged() {
        assertThat(choose(spec("a", true, Optional.empty()), Optional.of("192.168.7.2")))
                .contains("10.77.0.2");
    }

    @Test
    void givesTheOneThatIsNamedUnlessSomebodyHasIt() {
        PartitionSpec spec = spec("a", true, Optional.of("10.77.0.6"));

        assertThat(choose(spec, Optional.of("10.77.0.2"))).contains("10.77.0.6");
        assertThatThrownBy(() -> choose(spec, Optional.empty(), holding("b", "10.77.0.6")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("address 10.77.0.6 is held by b");
        for (String never : List.of("10.77.0.0", "10.77.0.1", "10.77.0.7", "10.77.0.8")) {
            assertThatThrownBy(() -> choose(spec("a", true, Optional.of(never)), Optional.empty()))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("is not one of 10.77.0.2 to 10.77.0.6");
        }
    }

    @Test
    void saysWhoHasThemWhenAllAreTaken() {
        Holding[] all = List.of(2, 3, 4, 5, 6).stream()
                .map(number -> holding("p" + number, "10.77.0." + number))
                .toArray(Holding[]::new);

        assertThatThrownBy(() -> choose(spec("a", true, Optional.empty()), Optional.empty(), all))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("all 5 addresses of 10.77.0.0/29 are taken");
    }
}
