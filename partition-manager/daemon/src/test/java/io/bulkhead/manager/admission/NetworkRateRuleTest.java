package io.bulkhead.manager.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetworkRateRuleTest {
    private static final NetworkRateRule RULE =
            new NetworkRateRule(new NetworkCapacity(Optional.of(new BitRate(100)), Optional.empty()));

    private static Slice slice(int cpu, Limit<BitRate> in, Limit<BitRate> out) {
        return new Slice(
                        new CpuSlice.Whole(CpuSet.of(cpu)),
                        NodeSet.of(0),
                        ByteSize.ofMebibytes(64),
                        64,
                        IoSlice.UNLIMITED)
                .withNetwork(new NetworkSlice(in, out, Optional.empty()));
    }

    private static PartitionSpec spec(String name) {
        return new PartitionSpec(
                new PartitionName(name),
                new Claim(CpuClaim.Whole.of(1), ByteSize.ofMebibytes(64), 64, IoSlice.UNLIMITED),
                new Init.Shell(),
                false,
                false,
                10_000,
                Optional.empty());
    }

    private static Optional<Problem> refusal(Limit<BitRate> in, Limit<BitRate> out, Optional<Slice> held) {
        return RULE.refuse(
                spec("web"), slice(3, in, out), List.of(new Holding(spec("db"), held, new UidRange(65_536))));
    }

    @Test
    void refusesWhatGoesBeyondTheStatedRate() {
        Optional<Slice> seventy = Optional.of(slice(2, Limit.of(new BitRate(70)), Limit.unlimited()));

        assertThat(refusal(Limit.of(new BitRate(30)), Limit.unlimited(), seventy))
                .isEmpty();
        assertThat(refusal(Limit.of(new BitRate(31)), Limit.unlimited(), seventy))
                .hasValueSatisfying(problem -> assertThat(problem.detail())
                        .isEqualTo("receiving of the network: 31bit/s asked, 30bit/s of the stated 100bit/s free;"
                                + " db holds 70bit/s"));
        assertThat(refusal(Limit.of(new BitRate(101)), Limit.unlimited(), Optional.empty()))
                .isPresent();
    }

    @Test
    void countsNeitherWhatIsNotBoundedNorWhatIsNotStated() {
        Optional<Slice> hundred = Optional.of(slice(2, Limit.of(new BitRate(100)), Limit.unlimited()));

        assertThat(refusal(Limit.unlimited(), Limit.of(new BitRate(1_000)), hundred))
                .isEmpty();
    }
}
