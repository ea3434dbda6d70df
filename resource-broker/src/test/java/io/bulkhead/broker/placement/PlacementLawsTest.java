package io.bulkhead.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.placement.Holdings.Holding;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuClaim.Threads;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What holds for every machine and every sequence of claims. */
class PlacementLawsTest {
    /**
     * A machine and what is asked of it, one after another.
     *
     * @param topology what there is
     * @param reserve what the host keeps
     * @param claims in order
     */
    record Case(Topology topology, HostReserve reserve, List<Claim> claims) {}

    @Property(tries = 400)
    void nothingIsGivenTwiceAndNothingIsLost(@ForAll("cases") Case each) {
        Holdings holdings = admitAll(each);

        int owned = holdings.all().stream()
                .mapToInt(holding -> holding.cpus().size())
                .sum();
        CpuSet free = each.topology().online().minus(each.reserve().pool()).minus(holdings.cpus());
        assertThat(owned + free.size() + each.reserve().pool().size())
                .isEqualTo(each.topology().cpus().size());
        assertThat(holdings.cpus().intersects(each.reserve().pool())).isFalse();
        assertThat(each.topology().online().containsAll(holdings.cpus())).isTrue();
        assertThat(holdings.entitlements()).isLessThanOrEqualTo(each.reserve().entitlements());
        assertThat(holdings.memory().plus(each.reserve().memory()))
                .isLessThanOrEqualTo(each.topology().memory());
    }

    @Property(tries = 400)
    void aCoreThatIsHeldWholeHasOneOwner(@ForAll("cases") Case each) {
        Holdings holdings = admitAll(each);

        for (Topology.Core core : each.topology().cores()) {
            List<Holding> owners = holdings.all().stream()
                    .filter(holding -> holding.cpus().intersects(core.threads()))
                    .toList();
            if (owners.stream().anyMatch(Holding::wholeCores)) {
                assertThat(owners).hasSize(1);
                assertThat(core.threads().intersects(each.reserve().pool())).isFalse();
                assertThat(owners.get(0).cpus().containsAll(core.threads())).isTrue();
            }
        }
    }

    @Property(tries = 400)
    void anOfferIsWhatWasClaimed(@ForAll("cases") Case each) {
        Holdings holdings = admitAll(each);

        for (Holding holding : holdings.all()) {
            Claim claim =
                    each.claims().get(Integer.parseInt(holding.owner().value().substring(1)));
            Slice slice = holding.slice();
            assertThat(slice.memory()).isEqualTo(claim.memory());
            assertThat(slice.tasks()).isEqualTo(claim.tasks());
            assertThat(slice.io()).isEqualTo(claim.io());
            assertThat(each.topology().allNodes().containsAll(slice.memoryNodes()))
                    .isTrue();
            if (claim.cpus() instanceof CpuClaim.Whole whole) {
                assertThat(holding.cpus().size()).isEqualTo(whole.count());
                whole.node().ifPresent(node -> assertThat(
                                each.topology().nodesOf(holding.cpus()).ids())
                        .containsExactly(node));
            } else {
                assertThat(slice.cpus()).isEqualTo(new CpuSlice.Part(((CpuClaim.Part) claim.cpus()).amount()));
            }
        }
    }

    @Property(tries = 200)
    void theSameQuestionHasTheSameAnswer(@ForAll("cases") Case each) {
        Holdings holdings = admitAll(each);

        for (Claim claim : each.claims()) {
            assertThat(Placement.offer(each.topology(), each.reserve(), holdings, claim))
                    .isEqualTo(Placement.offer(each.topology(), each.reserve(), holdings, claim));
        }
    }

    @Property(tries = 400)
    void releasingWhatARefusalNamesMakesRoom(@ForAll("cases") Case each) {
        Holdings holdings = admitAll(each);

        for (Claim claim : each.claims()) {
            if (Placement.offer(each.topology(), each.reserve(), holdings, claim) instanceof Decision.Refused refused) {
                Set<PartitionName> named = released(refused.problem(), holdings);
                boolean fits = Placement.offer(each.topology(), each.reserve(), holdings.without(named), claim)
                        instanceof Decision.Offer;
                boolean everFits = Placement.offer(each.topology(), each.reserve(), Holdings.NONE, claim)
                        instanceof Decision.Offer;
                assertThat(fits).isEqualTo(everFits);
            }
        }
    }

    @Property(tries = 200)
    void applyingADefinitionAgainMovesNothing(@ForAll("cases") Case each) {
        Holdings holdings = admitAll(each);

        for (Holding holding : holdings.all()) {
            Claim claim =
                    each.claims().get(Integer.parseInt(holding.owner().value().substring(1)));
            Holdings others = holdings.without(Set.of(holding.owner()));
            assertThat(Placement.offer(each.topology(), each.reserve(), others, claim, holding.slice()))
                    .isEqualTo(new Decision.Offer(holding.slice()));
        }
    }

    private static Set<PartitionName> released(Problem problem, Holdings holdings) {
        String remedy = problem.remedy().orElse("");
        if (!remedy.startsWith("release ")) {
            return Set.of();
        }
        List<String> words = List.of(remedy.split("[ ,;]+"));
        return holdings.all().stream()
                .map(Holding::owner)
                .filter(owner -> words.contains(owner.value()))
                .collect(Collectors.toSet());
    }

    private static Holdings admitAll(Case each) {
        Holdings holdings = Holdings.NONE;
        for (int i = 0; i < each.claims().size(); i++) {
            Claim claim = each.claims().get(i);
            if (Placement.offer(each.topology(), each.reserve(), holdings, claim) instanceof Decision.Offer offer) {
                holdings = holdings.with(
                        new Holding(new PartitionName("p" + i), offer.slice(), Holdings.wantsWholeCores(claim)));
            }
        }
        return holdings;
    }

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<Claim> claims = Combinators.combine(
                        cpuClaims(), Arbitraries.longs().between(16, 2048))
                .as((cpus, mebibytes) -> new Claim(cpus, ByteSize.ofMebibytes(mebibytes), 64, IoSlice.UNLIMITED));
        return Combinators.combine(
                        topologies(),
                        Arbitraries.integers().between(0, 2),
                        claims.list().ofMinSize(1).ofMaxSize(8))
                .as((topology, poolCpus, list) -> new Case(topology, reserve(topology, poolCpus), list));
    }

    private static HostReserve reserve(Topology topology, int poolCpus) {
        CpuSet pool = CpuSet.of(topology.online().ids().stream().limit(poolCpus).toList());
        return new HostReserve(pool, new CpuMillis(pool.size() * 300L), ByteSize.ofMebibytes(512));
    }

    /** One or two nodes with memory, cores of one to three threads. */
    private static Arbitrary<Topology> topologies() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3).list().ofMinSize(1).ofMaxSize(8),
                        Arbitraries.integers().between(1, 2))
                .as((sizes, nodes) -> {
                    List<Topology.Cpu> cpus = new ArrayList<>();
                    for (int core = 0; core < sizes.size(); core++) {
                        int node = core * nodes / sizes.size();
                        for (int thread = 0; thread < sizes.get(core); thread++) {
                            // Siblings are far apart, as on most machines; the gaps are CPUs that are offline.
                            cpus.add(new Topology.Cpu(core + 10 * thread, node, core, node));
                        }
                    }
                    return new Topology(
                            cpus,
                            IntStream.range(0, nodes)
                                    .mapToObj(id -> new Topology.Node(id, ByteSize.ofMebibytes(3072)))
                                    .toList());
                });
    }

    private static Arbitrary<CpuClaim> cpuClaims() {
        Arbitrary<CpuClaim> whole = Combinators.combine(
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.of(Threads.values()),
                        Arbitraries.integers().between(0, 1).optional(0.3))
                .as((count, threads, node) -> new CpuClaim.Whole(count, threads, node, Optional.empty()));
        Arbitrary<CpuClaim> part =
                Arbitraries.longs().between(10, 900).map(millis -> new CpuClaim.Part(new CpuMillis(millis)));
        return Arbitraries.frequencyOf(Tuple.of(3, whole), Tuple.of(1, part));
    }
}
