package io.bulkhead.console.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** All of a file or nothing of it, whatever there is, whatever it says and wherever it fails. */
class ApplyingLawsTest {
    private static final int CAPACITY = 400;

    /** What there is of one name, and what the file says; 0 stands for nothing. */
    record Case(String name, int before, boolean bound, int after, boolean prune) {}

    @Property(tries = 10_000)
    void isAllOrNothing(@ForAll("cases") List<Case> cases) {
        FakeDesk desk = desk(cases);
        FilePlan plan = plan(desk, cases);
        Map<PartitionName, FakeDesk.Held> before = desk.partitions();

        Outcome outcome = new Applying(desk, plan).run();

        assertThat(desk.partitions()).isEqualTo(outcome.problem().isEmpty() ? wanted(cases, before) : before);
        assertThat(outcome.notPutBack()).isEmpty();
        assertThat(outcome.problem().isEmpty()).as("fits: %s", plan).isEqualTo(sum(wanted(cases, before)) <= CAPACITY);
    }

    @Property(tries = 10_000)
    void isAllOrNothingWhereverItFails(
            @ForAll("cases") List<Case> cases, @ForAll @IntRange(max = 12) int step, @ForAll boolean afterwards) {
        FakeDesk desk = desk(cases);
        FilePlan plan = plan(desk, cases);
        Map<PartitionName, FakeDesk.Held> before = desk.partitions();
        desk.failAfter(step, afterwards);

        Outcome outcome = new Applying(desk, plan).run();

        Map<PartitionName, FakeDesk.Held> wanted = wanted(cases, before);
        if (outcome.problem().isEmpty()) {
            assertThat(desk.partitions()).isEqualTo(wanted);
        } else if (desk.orders.stream().noneMatch(order -> isDeletionOfOld(order, cases))) {
            assertThat(desk.partitions()).isEqualTo(before);
            assertThat(outcome.notPutBack()).isEmpty();
        } else {
            // Deletions have no way back: what is defined stays, and the next application goes on.
            FilePlan rest = plan(desk, cases);
            assertThat(new Applying(desk, rest).run().problem()).isEmpty();
            assertThat(desk.partitions()).isEqualTo(wanted);
        }
    }

    /** Somebody else changes, defines or deletes one of them in between; that one is as that one left it. */
    @Property(tries = 10_000)
    void neverOverwritesWhatSomebodyElseHasDone(
            @ForAll("cases") List<Case> cases,
            @ForAll @IntRange(max = 8) int step,
            @ForAll @IntRange(max = 4) int whose,
            @ForAll boolean deletes) {
        FakeDesk desk = desk(cases);
        FilePlan plan = plan(desk, cases);
        Map<PartitionName, FakeDesk.Held> before = desk.partitions();
        PartitionName name = new PartitionName(cases.get(whose % cases.size()).name());
        FakeDesk.Held theirs = new FakeDesk.Held(FakeDesk.spec(name.value(), 16), false);
        desk.comeBetween(step, () -> {
            desk.with(theirs.spec(), false);
            if (deletes) {
                desk.remove(name);
            }
        });

        Outcome outcome = new Applying(desk, plan).run();

        if (desk.hasBeenDisturbed() && !deletes) {
            assertThat(desk.partitions()).containsEntry(name, theirs);
        }
        Map<PartitionName, FakeDesk.Held> rest = new HashMap<>(desk.partitions());
        Map<PartitionName, FakeDesk.Held> expected =
                new HashMap<>(outcome.problem().isEmpty() ? wanted(cases, before) : before);
        boolean begunToDelete = desk.orders.stream().anyMatch(order -> isDeletionOfOld(order, cases));
        if (outcome.problem().isEmpty() || !begunToDelete) {
            rest.remove(name);
            expected.remove(name);
            assertThat(rest).isEqualTo(expected);
        }
    }

    @Property(tries = 2_000)
    void theSecondTimeThereIsNothingToDo(@ForAll("cases") List<Case> cases) {
        FakeDesk desk = desk(cases);
        if (new Applying(desk, plan(desk, cases)).run().problem().isEmpty()) {
            assertThat(plan(desk, cases).isDone()).isTrue();
        }
    }

    private static boolean isDeletionOfOld(String order, List<Case> cases) {
        return cases.stream().anyMatch(each -> each.before() > 0 && order.equals("delete " + each.name()));
    }

    private static FakeDesk desk(List<Case> cases) {
        FakeDesk desk = new FakeDesk(CAPACITY);
        int free = CAPACITY;
        for (Case each : cases) {
            if (each.before() > 0) {
                boolean bound = each.bound() && each.before() <= free;
                free -= bound ? each.before() : 0;
                desk.with(FakeDesk.spec(each.name(), each.before()), bound);
            }
        }
        return desk;
    }

    private static FilePlan plan(FakeDesk desk, List<Case> cases) {
        PartitionSpec[] specs = cases.stream()
                .filter(each -> each.after() > 0)
                .map(each -> FakeDesk.spec(each.name(), each.after()))
                .toArray(PartitionSpec[]::new);
        Set<PartitionName> toDelete = cases.stream()
                .filter(each -> each.after() == 0 && each.prune())
                .map(each -> new PartitionName(each.name()))
                .filter(desk.partitions()::containsKey)
                .collect(Collectors.toSet());
        return FilePlan.of(ApplyingTest.file(specs), desk.present(), toDelete);
    }

    private static Map<PartitionName, FakeDesk.Held> wanted(
            List<Case> cases, Map<PartitionName, FakeDesk.Held> before) {
        Map<PartitionName, FakeDesk.Held> wanted = new HashMap<>(before);
        for (Case each : cases) {
            PartitionName name = new PartitionName(each.name());
            if (each.after() > 0 && each.after() != each.before()) {
                wanted.put(name, new FakeDesk.Held(FakeDesk.spec(each.name(), each.after()), true));
            } else if (each.after() == 0 && each.prune()) {
                wanted.remove(name);
            }
        }
        return wanted;
    }

    private static long sum(Map<PartitionName, FakeDesk.Held> partitions) {
        return partitions.values().stream()
                .filter(FakeDesk.Held::bound)
                .mapToLong(held -> mebibytes(held.spec()))
                .sum();
    }

    private static long mebibytes(PartitionSpec spec) {
        return spec.claim().memory().bytes() >> 20;
    }

    @Provide
    Arbitrary<List<Case>> cases() {
        Arbitrary<Integer> sizes = Arbitraries.of(0, 0, 50, 100, 150, 200, 300);
        Arbitrary<Case> one = Combinators.combine(
                        Arbitraries.of("a", "b", "c", "d", "e"),
                        sizes,
                        Arbitraries.of(true, true, false),
                        sizes,
                        Arbitraries.of(true, false))
                .as(Case::new);
        return one.list().ofMinSize(1).ofMaxSize(5).uniqueElements(Case::name);
    }
}
