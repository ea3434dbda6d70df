package io.bulkhead.console.apply;

import static io.bulkhead.console.apply.FakeDesk.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.definition.DefinitionFile;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ApplyingTest {
    private static FilePlan plan(FakeDesk desk, Set<String> toDelete, PartitionSpec... specs) {
        return FilePlan.of(
                file(specs),
                desk.present(),
                toDelete.stream().map(PartitionName::new).collect(Collectors.toSet()));
    }

    static DefinitionFile file(PartitionSpec... specs) {
        return new DefinitionFile(
                "a.yaml",
                Optional.empty(),
                Arrays.stream(specs)
                        .map(spec -> new Definition(spec, Optional.empty(), Place.of("a.yaml", 1)))
                        .toList());
    }

    private static Outcome apply(FakeDesk desk, Set<String> toDelete, PartitionSpec... specs) {
        return new Applying(desk, plan(desk, toDelete, specs)).run();
    }

    @Test
    void makesWhatTheFileSaysAndNothingTwice() {
        FakeDesk desk = new FakeDesk(1000).with(spec("db", 100), true).with(spec("web", 100), true);

        Outcome outcome = apply(desk, Set.of(), spec("db", 100), spec("web", 200), spec("new", 300));
        FilePlan again = plan(desk, Set.of(), spec("db", 100), spec("web", 200), spec("new", 300));

        assertThat(outcome.problem()).isEmpty();
        assertThat(desk.orders).containsExactly("define web", "define new");
        assertThat(again.isDone()).isTrue();
        assertThat(PlanText.count(List.of(again))).isEqualTo("3 unchanged");
    }

    @Test
    void findsTheOrderInWhichThereIsRoom() {
        FakeDesk desk = new FakeDesk(300).with(spec("shrinks", 200), true);

        Outcome outcome = apply(desk, Set.of(), spec("grows", 200), spec("shrinks", 100));

        assertThat(outcome.problem()).isEmpty();
        assertThat(outcome.done()).extracting(PartitionName::value).containsExactly("shrinks", "grows");
    }

    @Test
    void hasThoseThatWaitForEachOtherGiveBackFirst() {
        FakeDesk desk = new FakeDesk(300)
                .with(spec("a", 100), true)
                .with(spec("b", 100), true)
                .with(spec("c", 100), true);

        // Each alone is too much beside the others as they are; together they fit.
        Outcome outcome = apply(desk, Set.of("c"), spec("a", 150), spec("b", 150));

        assertThat(outcome.problem()).isEmpty();
        assertThat(desk.partitions()).containsOnlyKeys(new PartitionName("a"), new PartitionName("b"));
        assertThat(desk.orders).containsExactly("release c", "define a", "define b", "delete c");
    }

    @Test
    void putsBackWhatItDidWhereTheRestDoesNotFit() {
        FakeDesk desk = new FakeDesk(300).with(spec("web", 100), true).with(spec("idle", 100), false);

        Outcome outcome =
                apply(desk, Set.of(), spec("web", 150), spec("idle", 50), spec("new", 50), spec("large", 200));

        assertThat(outcome.problem().orElseThrow().code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
        assertThat(outcome.problem().orElseThrow().detail()).isEqualTo("large has no room");
        assertThat(outcome.putBack()).extracting(PartitionName::value).containsExactly("web", "idle", "new");
        assertThat(outcome.notPutBack()).isEmpty();
        assertThat(desk.partitions())
                .isEqualTo(new FakeDesk(300)
                        .with(spec("web", 100), true)
                        .with(spec("idle", 100), false)
                        .partitions());
    }

    @Test
    void putsAFormerDefinitionBackThoughItHasNoRoomAnyMore() {
        FakeDesk desk = new FakeDesk(300).with(spec("web", 200), true).with(spec("idle", 250), false);

        Outcome outcome = apply(desk, Set.of(), spec("idle", 50), spec("large", 290));

        assertThat(outcome.problem().orElseThrow().detail()).isEqualTo("large has no room");
        assertThat(outcome.notPutBack()).isEmpty();
        assertThat(desk.partitions())
                .isEqualTo(new FakeDesk(300)
                        .with(spec("web", 200), true)
                        .with(spec("idle", 250), false)
                        .partitions());
    }

    @Test
    void takesNoSliceWhereNoneIsWanted() {
        FakeDesk desk = new FakeDesk(300).with(spec("web", 100), true).with(spec("idle", 100), false);
        FilePlan plan = plan(desk, Set.of(), spec("web", 150), spec("idle", 900), spec("new", 900))
                .withoutBinding();

        Outcome outcome = new Applying(desk, plan).run();

        assertThat(outcome.problem()).isEmpty();
        assertThat(desk.orders).containsExactly("define web", "define unbound idle", "define unbound new");
        assertThat(desk.partitions())
                .isEqualTo(new FakeDesk(300)
                        .with(spec("web", 150), true)
                        .with(spec("idle", 900), false)
                        .with(spec("new", 900), false)
                        .partitions());
        assertThat(PlanText.of(plan, Map.of(), false))
                .contains("takes no slice; it had released its own", "; takes no slice");
    }

    @Test
    void touchesNothingThatSomebodyElseHasDefinedMeanwhile() {
        FakeDesk desk = new FakeDesk(300).with(spec("web", 100), true);
        desk.comeBetween(1, () -> desk.with(spec("new", 16), true));

        Outcome outcome = apply(desk, Set.of(), spec("web", 120), spec("new", 50));

        assertThat(outcome.problem().orElseThrow().code()).isEqualTo(ProblemCode.PRECONDITION_FAILED);
        assertThat(outcome.problem().orElseThrow().detail()).isEqualTo("somebody else has defined new meanwhile");
        assertThat(desk.partitions())
                .isEqualTo(new FakeDesk(300)
                        .with(spec("web", 100), true)
                        .with(spec("new", 16), true)
                        .partitions());
    }

    @Test
    void deletesLastAndOnlyWhenAllElseIsDone() {
        FakeDesk desk = new FakeDesk(300).with(spec("old", 200), true);

        Outcome refused = apply(desk, Set.of("old"), spec("new", 250), spec("more", 100));
        assertThat(refused.problem()).isPresent();
        assertThat(desk.partitions().get(new PartitionName("old")).bound()).isTrue();
        assertThat(desk.orders).doesNotContain("delete old");

        Outcome done = apply(desk, Set.of("old"), spec("new", 250));
        assertThat(done.problem()).isEmpty();
        assertThat(desk.partitions()).containsOnlyKeys(new PartitionName("new"));
    }

    @Test
    void putsBackWhatHadToWaitForAnotherAlthoughAThirdIsGone() {
        FakeDesk desk = new FakeDesk(400)
                .with(spec("gone", 50), true)
                .with(spec("waits", 150), true)
                .with(spec("grows", 50), true);
        FilePlan plan = plan(desk, Set.of("gone", "waits"), spec("new", 50), spec("grows", 300), spec("more", 100));
        desk.comeBetween(2, () -> desk.remove(new PartitionName("gone")));

        Outcome outcome = new Applying(desk, plan).run();

        assertThat(outcome.problem()).isPresent();
        assertThat(outcome.notPutBack()).containsOnlyKeys(new PartitionName("gone"));
        assertThat(desk.partitions()).containsOnlyKeys(new PartitionName("waits"), new PartitionName("grows"));
        assertThat(desk.partitions().values()).allMatch(FakeDesk.Held::bound);
    }

    @Test
    void saysWhatCouldNotBePutBack() {
        FakeDesk desk = new FakeDesk(300).with(spec("web", 100), true);
        FilePlan plan = plan(desk, Set.of(), spec("web", 50), spec("large", 290));
        Desk thief = new Desk() {
            @Override
            public PartitionStatus define(PartitionSpec definition, Optional<String> rootPasswordHash, Known known) {
                if (definition.name().value().equals("large")) {
                    desk.with(spec("thief", 250), true);
                }
                return desk.define(definition, rootPasswordHash, known);
            }

            @Override
            public PartitionStatus defineUnbound(
                    PartitionSpec definition, Optional<String> rootPasswordHash, Known known) {
                return desk.defineUnbound(definition, rootPasswordHash, known);
            }

            @Override
            public PartitionStatus release(PartitionName name, Known known) {
                return desk.release(name, known);
            }

            @Override
            public void delete(PartitionName name, boolean wipe, Known known) {
                desk.delete(name, wipe, known);
            }
        };

        Outcome outcome = new Applying(thief, plan).run();

        assertThat(outcome.putBack()).isEmpty();
        assertThat(outcome.notPutBack())
                .containsOnlyKeys(new PartitionName("web"))
                .containsValue("web has no room");
    }

    @Test
    void showsWhatDiffers() {
        FakeDesk desk = new FakeDesk(300)
                .with(spec("db", 64), true)
                .with(spec("web", 64), true)
                .with(spec("idle", 64), false)
                .with(spec("old", 64), true);

        FilePlan plan =
                plan(desk, Set.of("old"), spec("db", 64), spec("web", 128, 100), spec("idle", 80), spec("new", 32));

        assertThat(PlanText.of(plan, Map.of(), false)).isEqualTo("""
                a.yaml
                  = db    unchanged
                  ~ web   change     memory: 64MiB -> 128MiB
                                     tasks: 64 -> 100
                  ~ idle  change     memory: 64MiB -> 80MiB
                                     takes a slice again; it had released its own
                  + new   create     1 CPU, 32 MiB
                  - old   delete     with all files; gives 1 CPU (1), 1 GiB on node 0 back
                """);
        assertThat(PlanText.count(List.of(plan))).isEqualTo("1 to create, 2 to change, 1 unchanged, 1 to delete");
        assertThat(PlanText.of(plan, Map.of(), true)).contains("\u001b[33m~ web", "\u001b[31m- old");
    }
}
