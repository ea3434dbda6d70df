package io.bulkhead.manager.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuClaim.Threads;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.host.HostFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** A machine of 8 CPUs, 2 threads a core, 4 GiB; the host keeps core 0 as the pool, half a CPU of it, and 1 GiB. */
class AdmissionTest {
    private static final HostFacts FACTS = new HostFacts(
            CpuSet.parse("0-7"),
            Map.of(0, CpuSet.of(0, 1), 2, CpuSet.of(2, 3), 4, CpuSet.of(4, 5), 6, CpuSet.of(6, 7)),
            NodeSet.of(0, 1),
            ByteSize.ofMebibytes(4096),
            Optional.empty(),
            "6.1",
            Optional.empty());
    private static final HostReserve RESERVE =
            new HostReserve(CpuSet.of(0, 1), new CpuMillis(500), ByteSize.ofMebibytes(1024));

    private final Admission admission = new Admission(FACTS, RESERVE);

    @Test
    void acceptsASliceThatFits() {
        assertThat(refuse(whole("db", "2-3", 1024))).isEmpty();
    }

    @Test
    void namesWhoHoldsACpu() {
        Problem problem =
                refuse(whole("web", "2-3", 64), whole("db", "2-5", 64)).orElseThrow();

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
        assertThat(problem.holders()).containsExactly("CPU 2 is held by db", "CPU 3 is held by db");
        assertThat(problem.remedy()).isPresent();
    }

    @Test
    void namesThePoolAndTheOfflineCpu() {
        assertThat(refuse(whole("web", "0-1", 64)).orElseThrow().detail()).contains("CPU 0 is in the host's pool");
        assertThat(refuse(whole("web", "8-9", 64)).orElseThrow().detail()).contains("CPU 8 is not online");
    }

    @Test
    void tellsTheMemoryThatIsFreeAndWhoHoldsTheRest() {
        Problem problem =
                refuse(whole("web", "2-3", 2048), whole("db", "4-5", 2048)).orElseThrow();

        assertThat(problem.detail()).isEqualTo("memory: 2GiB asked, 1GiB free; db holds 2GiB, the host keeps 1GiB");
        assertThat(problem.holders()).containsExactly("db holds 2GiB", "the host keeps 1GiB");
    }

    @Test
    void tellsTheCpuTimeThatIsFreeInThePool() {
        Problem problem = refuse(part("web", 1000, 64), part("db", 1000, 64)).orElseThrow();

        assertThat(problem.detail()).contains("1 asked, 0.5 free; db holds 1, the host keeps 0.5");
    }

    @Test
    void refusesASliceThatIsNotWhatWasClaimed() {
        Wanted claimed = whole("db", "2-3", 64);
        Slice more = new Slice(
                new CpuSlice.Whole(CpuSet.of(2)), NodeSet.of(0), ByteSize.ofMebibytes(128), 64, IoSlice.UNLIMITED);

        Problem problem = admission.refuse(claimed.spec(), more, List.of()).orElseThrow();

        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(problem.detail())
                .contains("2 CPUs are claimed, 1 (2) are given")
                .contains("of the core with CPUs 2-3 only 2 is given")
                .contains("memory 64MiB is claimed, 128MiB is given");
    }

    @Test
    void refusesASliceWithoutTheIsolationThatWasClaimed() {
        CpuClaim.Whole isolated = new CpuClaim.Whole(2, Threads.WHOLE_CORE, Optional.empty(), Optional.empty(), true);
        Claim claim = new Claim(isolated, ByteSize.ofMebibytes(64), 64, IoSlice.UNLIMITED, true);
        PartitionSpec spec = new PartitionSpec(
                new PartitionName("db"), claim, new Init.Shell(), false, false, 10_000, Optional.empty());
        Slice plain = whole("db", "2-3", 64).slice();

        Problem problem = admission.refuse(spec, plain, List.of()).orElseThrow();

        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(problem.detail())
                .contains("isolated true is claimed, false is given")
                .contains("oomGroup true is claimed, false is given");
        Slice given = new Slice(
                new CpuSlice.Whole(CpuSet.of(2, 3), true),
                NodeSet.of(0),
                ByteSize.ofMebibytes(64),
                64,
                IoSlice.UNLIMITED,
                true);
        assertThat(admission.refuse(spec, given, List.of())).isEmpty();
    }

    @Test
    void refusesHalfACoreForWholeCoresButNotForAnyThreads() {
        assertThat(refuse(whole("db", "3-4", 64)).orElseThrow().detail()).contains("whole cores");
        assertThat(refuse(whole("db", "3-4", 64, Threads.ANY))).isEmpty();
    }

    @Test
    void refusesOtherIdsThanClaimed() {
        CpuClaim claim = new CpuClaim.Whole(2, Threads.WHOLE_CORE, Optional.empty(), Optional.of(CpuSet.of(4, 5)));
        Slice given = whole("db", "2-3", 64).slice();

        assertThat(admission
                        .refuse(spec("db", claim, 64), given, List.of())
                        .orElseThrow()
                        .detail())
                .contains("CPUs 4-5 are claimed, 2-3 are given");
    }

    @Test
    void refusesMemoryOfAMissingOrAnotherNode() {
        CpuClaim onNode1 = new CpuClaim.Whole(2, Threads.WHOLE_CORE, Optional.of(1), Optional.empty());
        Slice node0 = whole("db", "2-3", 64).slice();
        Slice node7 = new Slice(node0.cpus(), NodeSet.of(7), node0.memory(), node0.tasks(), node0.io());

        assertThat(admission
                        .refuse(spec("db", onNode1, 64), node0, List.of())
                        .orElseThrow()
                        .detail())
                .contains("memory of node 1 is claimed");
        assertThat(admission
                        .refuse(spec("db", CpuClaim.Whole.of(2), 64), node7, List.of())
                        .orElseThrow()
                        .detail())
                .contains("memory nodes 7 do not exist");
    }

    @Test
    void refusesBoundsOnIoWithoutADisk() {
        IoSlice io = new IoSlice(
                Limit.of(ByteRate.parse("10MiB/s")), Limit.unlimited(), Limit.unlimited(), Limit.unlimited());
        Slice base = whole("db", "2-3", 64).slice();
        Slice bounded = new Slice(base.cpus(), base.memoryNodes(), base.memory(), base.tasks(), io);
        Claim claim = new Claim(CpuClaim.Whole.of(2), base.memory(), 64, io);
        PartitionSpec spec = new PartitionSpec(
                new PartitionName("db"), claim, new Init.Shell(), false, false, 10_000, Optional.empty());

        assertThat(admission.refuse(spec, bounded, List.of()).orElseThrow().code())
                .isEqualTo(ProblemCode.NOT_ENFORCEABLE);
    }

    @Test
    void givesTheLowestFreeIds() {
        Holdings holdings = new Holdings(admission, 65_536, 2, range -> Optional.empty());
        Wanted db = whole("db", "2-3", 64);
        Wanted web = whole("web", "4-5", 64);
        assertThat(holdings.take(db.spec(), db.slice()).uidRange()).isEqualTo(new UidRange(65_536));
        assertThat(holdings.take(web.spec(), web.slice()).uidRange()).isEqualTo(new UidRange(131_072));

        holdings.remove(db.spec().name());
        Wanted app = whole("app", "6-7", 64);

        assertThat(holdings.take(app.spec(), app.slice()).uidRange()).isEqualTo(new UidRange(65_536));
        assertThatThrownBy(() -> holdings.take(db.spec(), db.slice()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("all 2 ranges");
    }

    @Test
    void refusesMemoryOfANodeThatHasNoRoomAlthoughTheMachineHas() {
        Admission knowing = new Admission(
                new HostFacts(
                        FACTS.online(),
                        FACTS.cores(),
                        FACTS.nodes(),
                        Map.of(0, ByteSize.ofMebibytes(2048), 1, ByteSize.ofMebibytes(2048)),
                        FACTS.memory(),
                        Optional.empty(),
                        "6.1",
                        Optional.empty()),
                RESERVE);
        Wanted first = whole("db", "2-3", 1536);
        Wanted second = whole("web", "4-5", 1024);
        Holding held = new Holding(first.spec(), Optional.of(first.slice()), new UidRange(65_536));

        Problem problem =
                knowing.refuse(second.spec(), second.slice(), List.of(held)).orElseThrow();

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
        assertThat(problem.detail()).isEqualTo("memory on node 0: 1GiB asked, 512MiB free; db holds 1536MiB on 0");
        Slice elsewhere = new Slice(
                second.slice().cpus(), NodeSet.of(0, 1), second.slice().memory(), 64, IoSlice.UNLIMITED);
        assertThat(knowing.refuse(second.spec(), elsewhere, List.of(held))).isEmpty();
    }

    @Test
    void refusesBoundsBeyondWhatTheDiskIsStatedToDo() {
        HostFacts withDisk = new HostFacts(
                FACTS.online(),
                FACTS.cores(),
                FACTS.nodes(),
                FACTS.memory(),
                Optional.of(new Disk("nvme0n1", "259:0")),
                "6.1",
                Optional.empty());
        IoCapacity stated =
                new IoCapacity(Optional.of(new ByteRate(100)), Optional.empty(), Optional.empty(), Optional.empty());
        Wanted first = reading("db", "2-3", 70);
        Wanted second = reading("web", "4-5", 31);
        List<Holding> held = List.of(new Holding(first.spec(), Optional.of(first.slice()), new UidRange(65_536)));

        assertThat(new Admission(withDisk, RESERVE, stated, List.of())
                        .refuse(second.spec(), second.slice(), held)
                        .orElseThrow()
                        .detail())
                .isEqualTo("reading of the disk: 31B/s asked, 30B/s of the stated 100B/s free; db holds 70B/s");
        assertThat(new Admission(withDisk, RESERVE).refuse(second.spec(), second.slice(), held))
                .isEmpty();
    }

    private static Wanted reading(String name, String cpus, long bytesPerSecond) {
        IoSlice io = new IoSlice(
                Limit.of(new ByteRate(bytesPerSecond)), Limit.unlimited(), Limit.unlimited(), Limit.unlimited());
        CpuSet set = CpuSet.parse(cpus);
        Claim claim = new Claim(CpuClaim.Whole.of(set.size()), ByteSize.ofMebibytes(64), 64, io);
        return new Wanted(
                new PartitionSpec(
                        new PartitionName(name), claim, new Init.Shell(), false, false, 10_000, Optional.empty()),
                new Slice(new CpuSlice.Whole(set), NodeSet.of(0), claim.memory(), 64, io));
    }

    @Test
    void judgesANewSliceAsIfThePartitionHadNone() {
        Holdings holdings = new Holdings(admission, 65_536, 2, range -> Optional.empty());
        Wanted small = whole("db", "2-3", 2048);
        Wanted large = whole("db", "2-5", 3072);
        holdings.take(small.spec(), small.slice());

        holdings.replace(large.spec(), large.slice());

        assertThat(holdings.all().get(0).slice()).contains(large.slice());
    }

    @Test
    void givesNoIdsThatTheHostHasGivenToSomebodyElse() {
        // Given the second of three ranges is a user's
        Holdings holdings = new Holdings(admission, 65_536, 3, range -> Optional.of("/etc/subuid gives them to joe")
                .filter(text -> range.base() == 131_072));

        // When
        Wanted one = whole("one", "2-3", 64);
        Wanted two = whole("two", "4-5", 64);
        Wanted three = whole("three", "6-7", 64);
        holdings.take(one.spec(), one.slice());

        // Then
        assertThat(holdings.take(two.spec(), two.slice()).uidRange().base()).isEqualTo(196_608);
        assertThatThrownBy(() -> holdings.take(three.spec(), three.slice()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("one holds one; two holds one; /etc/subuid gives them to joe");
    }

    /** Whatever is asked in whatever order: no CPU has two owners, and the sums stay within the machine. */
    @Property(tries = 500)
    void neverGivesAnythingTwice(@ForAll("orders") List<Wanted> orders) {
        Holdings holdings = new Holdings(new Admission(FACTS, RESERVE), 65_536, 4, range -> Optional.empty());
        Map<PartitionName, Slice> granted = new TreeMap<>();
        for (Wanted order : orders) {
            PartitionName name = order.spec().name();
            try {
                if (granted.containsKey(name)) {
                    holdings.replace(order.spec(), order.slice());
                } else {
                    holdings.take(order.spec(), order.slice());
                }
                granted.put(name, order.slice());
            } catch (Refusal e) {
                assertThat(e.problem().detail()).isNotBlank();
            }
        }

        assertNothingIsGivenTwice(granted.values().stream().toList());
        assertThat(holdings.all().stream()
                        .map(Holding::slice)
                        .flatMap(Optional::stream)
                        .toList())
                .containsExactlyElementsOf(granted.values());
        List<Holding> all = holdings.all();
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(all.get(i).uidRange().overlaps(all.get(j).uidRange()))
                        .isFalse();
            }
        }
    }

    private static void assertNothingIsGivenTwice(List<Slice> slices) {
        CpuSet taken = RESERVE.pool();
        long memory = RESERVE.memory().bytes();
        long millis = RESERVE.cpu().millis();
        for (Slice slice : slices) {
            memory += slice.memory().bytes();
            if (slice.cpus() instanceof CpuSlice.Whole whole) {
                assertThat(taken.intersects(whole.cpus())).isFalse();
                taken = taken.union(whole.cpus());
            } else if (slice.cpus() instanceof CpuSlice.Part part) {
                millis += part.entitlement().millis();
            }
        }
        assertThat(FACTS.online().containsAll(taken)).isTrue();
        assertThat(memory).isLessThanOrEqualTo(FACTS.memory().bytes());
        assertThat(millis).isLessThanOrEqualTo(1000L * RESERVE.pool().size());
    }

    @Provide
    Arbitrary<List<Wanted>> orders() {
        Arbitrary<String> names = Arbitraries.of("a", "b", "c", "d", "e", "f");
        Arbitrary<Integer> mebibytes = Arbitraries.integers().between(16, 2500);
        Arbitrary<Wanted> parts = Combinators.combine(
                        names, Arbitraries.integers().between(10, 1600), mebibytes)
                .as(AdmissionTest::part);
        Arbitrary<Wanted> wholes = Combinators.combine(
                        names,
                        Arbitraries.integers().between(0, 9).set().ofMinSize(1).ofMaxSize(4),
                        mebibytes,
                        Arbitraries.of(Threads.class))
                .as((name, cpus, memory, threads) ->
                        whole(name, CpuSet.of(new ArrayList<>(cpus)).toString(), memory, threads));
        return Arbitraries.oneOf(parts, wholes).list().ofMaxSize(12);
    }

    private record Wanted(PartitionSpec spec, Slice slice) {}

    private Optional<Problem> refuse(Wanted wanted, Wanted... others) {
        List<Holding> holdings = new ArrayList<>();
        for (Wanted other : others) {
            holdings.add(new Holding(other.spec(), Optional.of(other.slice()), new UidRange(65_536)));
        }
        return admission.refuse(wanted.spec(), wanted.slice(), holdings);
    }

    private static Wanted whole(String name, String cpus, int mebibytes) {
        return whole(name, cpus, mebibytes, Threads.WHOLE_CORE);
    }

    private static Wanted whole(String name, String cpus, int mebibytes, Threads threads) {
        CpuSet set = CpuSet.parse(cpus);
        CpuClaim claim = new CpuClaim.Whole(set.size(), threads, Optional.empty(), Optional.empty());
        return wanted(name, claim, new CpuSlice.Whole(set), mebibytes);
    }

    private static Wanted part(String name, int millis, int mebibytes) {
        CpuMillis amount = new CpuMillis(millis);
        return wanted(name, new CpuClaim.Part(amount), new CpuSlice.Part(amount), mebibytes);
    }

    private static Wanted wanted(String name, CpuClaim claim, CpuSlice cpus, int mebibytes) {
        Slice slice = new Slice(cpus, NodeSet.of(0), ByteSize.ofMebibytes(mebibytes), 64, IoSlice.UNLIMITED);
        return new Wanted(spec(name, claim, mebibytes), slice);
    }

    private static PartitionSpec spec(String name, CpuClaim cpus, int mebibytes) {
        Claim claim = new Claim(cpus, ByteSize.ofMebibytes(mebibytes), 64, IoSlice.UNLIMITED);
        return new PartitionSpec(
                new PartitionName(name), claim, new Init.Shell(), false, false, 10_000, Optional.empty());
    }
}
