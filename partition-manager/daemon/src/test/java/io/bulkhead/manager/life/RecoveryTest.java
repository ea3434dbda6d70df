package io.bulkhead.manager.life;

import static io.bulkhead.manager.life.FakeHost.DB;
import static io.bulkhead.manager.life.FakeHost.define;
import static io.bulkhead.manager.life.FakeHost.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.State;
import io.bulkhead.manager.record.RunRecord;
import io.bulkhead.manager.record.RunRecord.Phase;
import io.bulkhead.manager.record.RunRecord.Processes;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test per line of the table in {@link Recovery}. */
class RecoveryTest {
    private static final PartitionName STRANGER = new PartitionName("stranger");

    @TempDir
    Path directory;

    private FakeHost host;

    @BeforeEach
    void defineTwo() {
        host = new FakeHost(directory);
        host.order(define("db", 1));
        host.order(define("web", 2, true, new Init.Shell()));
    }

    @Test
    void adoptsWhatRuns() {
        host.order(new Order.StartPartition(DB));
        long pid = host.show().pid().orElseThrow();

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.RUNNING);
        assertThat(host.show().pid()).contains(pid);
        assertThat(host.events()).contains(new Event.PartitionAdopted(DB, pid));
        assertThat(host.starter.starts).isEqualTo(1);
    }

    @Test
    void adoptsWhatIsPausedAsPaused() {
        host.order(new Order.StartPartition(DB));
        host.order(new Order.PausePartition(DB));

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.PAUSED);
    }

    @Test
    void anAdoptedPartitionCanBeStopped() {
        host.order(new Order.StartPartition(DB));
        host.newManager().run();

        assertThat(host.order(new Order.StopPartition(DB, true)).state()).isEqualTo(State.BOUND);

        assertThat(host.processes.living()).isEmpty();
    }

    @Test
    void clearsAwayARunWhoseProcess1IsGone() {
        host.order(new Order.StartPartition(DB));
        host.processes.open.clear();
        killUnseen(101);

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.FAILED);
        assertThat(host.show().reason()).contains("it ended while no manager was there");
        assertNothingRuns();
    }

    @Test
    void takesAnOrderedEndForNoFailureWhenTheManagerDiedInIt() {
        host.order(new Order.StartPartition(DB));
        RunRecord run = host.parts.records().load().runs().get(DB);
        host.parts
                .records()
                .saveRun(DB, new RunRecord(run.bootId(), Phase.STOPPING, run.processes(), run.startedAtMillis()));
        host.processes.open.clear();
        killUnseen(101);

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.BOUND);
        assertThat(host.events()).anyMatch(Event.PartitionStopped.class::isInstance);
        assertNothingRuns();
    }

    @Test
    void takesUpARunThatWasToldToStopAndDidNotAsOneThatRuns() {
        host.order(new Order.StartPartition(DB));
        RunRecord run = host.parts.records().load().runs().get(DB);
        host.parts
                .records()
                .saveRun(DB, new RunRecord(run.bootId(), Phase.STOPPING, run.processes(), run.startedAtMillis()));

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.RUNNING);
        assertThat(host.parts.records().load().runs().get(DB).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void clearsAwayAHalfMadeStart() {
        halfStart(Optional.of(new Processes(new ProcessId(500, 1), new ProcessId(501, 1))));

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.BOUND);
        assertThat(host.show().reason()).isEmpty();
        assertNothingRuns();
        assertThat(directory.resolve("records/db.run.json")).doesNotExist();
    }

    @Test
    void clearsAwayAStartThatHadNoProcessesOnRecordYet() {
        halfStart(Optional.empty());

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.BOUND);
        assertNothingRuns();
    }

    private void halfStart(Optional<Processes> processes) {
        host.parts.records().saveRun(DB, new RunRecord(host.bootId, Phase.HALF_MADE, processes, 1));
        host.cgroups.payloads.add(DB);
        host.cgroups.tasks.put(DB, new TreeSet<>(Set.of(500L, 501L)));
        host.processes.create(500).close();
        host.processes.create(501).close();
    }

    @Test
    void clearsAwayTasksOfWhichNoRecordKnows() {
        host.cgroups.tasks.put(DB, new TreeSet<>(Set.of(500L)));
        host.processes.create(500).close();

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.BOUND);
        assertNothingRuns();
    }

    @Test
    void bindsAgainAfterARebootOfTheHost() {
        host.order(new Order.StartPartition(DB));
        killUnseen(100);
        killUnseen(101);
        host.cgroups.tasks.clear();
        host.cgroups.payloads.clear();
        host.cgroups.bound.clear();
        host.bootId = "boot-2";

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.BOUND);
        assertThat(host.show().reason()).contains("the host was restarted");
        assertThat(host.cgroups.bound).containsEntry(DB, slice(1));
    }

    @Test
    void doesNotTakeANumberOfAnEarlierBootForItsOwn() {
        host.order(new Order.StartPartition(DB));
        host.bootId = "boot-2";

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.BOUND);
    }

    @Test
    void leavesAReleasedPartitionWithoutGroups() {
        host.order(new Order.ReleasePartition(DB));

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.DEFINED);
        assertThat(host.cgroups.bound).doesNotContainKey(DB);
    }

    @Test
    void remembersAFailureAcrossManagers() {
        host.order(new Order.StartPartition(DB));
        host.cgroups.tasks.clear();
        host.processes.kill(101);

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.FAILED);
        assertThat(host.show().reason()).contains("process 1 was killed by signal 9");
    }

    @Test
    void removesGroupsOfNobody() {
        host.cgroups.bound.put(STRANGER, slice(3));
        host.cgroups.tasks.put(STRANGER, new TreeSet<>(Set.of(500L)));
        host.processes.create(500).close();

        host.newManager().run();

        assertThat(host.cgroups.present()).doesNotContain(STRANGER);
        assertNothingRuns();
    }

    @Test
    void oneDamagedRecordDoesNotHoldUpTheOthers() throws IOException {
        Files.writeString(directory.resolve("records/web.json"), "{");

        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.BOUND);
        assertThat(host.events().get(0))
                .isInstanceOfSatisfying(Event.PartitionFailed.class, failed -> assertThat(failed.reason())
                        .contains("web.json.damaged-"));
        assertThat(directory.resolve("partitions/web")).isDirectory();
        assertThat(host.cgroups.present()).containsExactly(DB);
    }

    @Test
    void oneFailureDoesNotHoldUpTheOthers() {
        Recovery recovery = host.newManager();
        host.faults.failAfter(0);

        recovery.run();

        assertThat(host.faults.struck()).isTrue();
        assertThat(host.partitions.sorted().stream().map(life -> life.status().state()))
                .containsExactlyInAnyOrder(State.FAILED, State.BOUND);
    }

    @Test
    void finishesWhatWasHalfDefinedAndHalfDeleted() throws IOException {
        Path partitions = directory.resolve("partitions");
        Files.move(partitions.resolve("db"), partitions.resolve(".db.defining"));
        Files.move(partitions.resolve("web"), partitions.resolve(".web.deleting"));
        Files.createDirectories(partitions.resolve(".gone.deleting/deep/er"));
        Files.createDirectories(partitions.resolve("unknown"));

        host.newManager().run();

        try (var entries = Files.list(partitions)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .containsExactlyInAnyOrder("db", "web", "unknown");
        }
    }

    @Test
    void removesTheRingsOfNobody() throws IOException {
        Path consoles = directory.resolve("consoles");
        Files.writeString(consoles.resolve("gone.ring"), "x");
        Files.writeString(consoles.resolve("db.ring.new"), "x");

        host.newManager().run();

        try (var entries = Files.list(consoles)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .contains("db.ring", "web.ring")
                    .doesNotContain("gone.ring");
        }
    }

    @Test
    void withoutAPlaceForRingsThereAreConsolesAllTheSame() throws IOException {
        Path consoles = directory.resolve("consoles");
        PartitionDirectories.removeWholeTree(consoles);
        Files.writeString(consoles, "in the way");

        host.newManager().run();

        host.order(new Order.StartPartition(DB));
        assertThat(host.show().console().offset()).isPositive();
        Files.delete(consoles);
    }

    @Test
    void startsWhatIsToStartWithTheManager() {
        Recovery recovery = host.newManager();

        List<PartitionName> toStart = recovery.run();
        recovery.autostart(toStart);

        assertThat(toStart).containsExactly(new PartitionName("web"));
        assertThat(host.order(new Order.ShowPartition(new PartitionName("web"))).state())
                .isEqualTo(State.RUNNING);
        assertThat(host.show().state()).isEqualTo(State.BOUND);
    }

    @Test
    void startsInTheOrderOfTheDefinitions() {
        host.order(inTurn("late", 3, 500));
        host.partitions.execute(new Order.DeletePartition(DB));
        host.order(inTurn("early", 1, 0));
        Recovery recovery = host.newManager();

        recovery.autostart(recovery.run());

        assertThat(host.events().stream()
                        .filter(Event.PartitionStarted.class::isInstance)
                        .map(event ->
                                ((Event.PartitionStarted) event).partition().value()))
                .containsExactly("early", "web", "late");
    }

    @Test
    void oneThatCannotStartHoldsUpNobody() {
        host.order(inTurn("late", 3, 500));
        Recovery recovery = host.newManager();
        List<PartitionName> toStart = recovery.run();
        host.faults.failAfter(0);

        recovery.autostart(toStart);

        assertThat(host.faults.struck()).isTrue();
        assertThat(host.order(new Order.ShowPartition(new PartitionName("web"))).state())
                .isEqualTo(State.FAILED);
        assertThat(host.order(new Order.ShowPartition(new PartitionName("late")))
                        .state())
                .isEqualTo(State.RUNNING);
    }

    @Test
    void leavesOneThatReleasedItsSliceAndSaysSo() {
        PartitionName web = new PartitionName("web");
        host.order(new Order.ReleasePartition(web));
        host.order(define("other", 2));
        Recovery recovery = host.newManager();

        List<PartitionName> toStart = recovery.run();

        assertThat(toStart).isEmpty();
        assertThat(host.order(new Order.ShowPartition(web)).state()).isEqualTo(State.DEFINED);
        assertThat(host.events()).contains(new Event.PartitionFailed(web, Recovery.RELEASED));

        host.partitions.execute(new Order.DeletePartition(new PartitionName("other")));
        host.order(new Order.BindPartition(web, slice(2)));
        assertThat(host.newManager().run()).containsExactly(web);
    }

    private static Order.DefinePartition inTurn(String name, int cpu, int turn) {
        Order.DefinePartition order = define(name, cpu, true, new Init.Shell());
        PartitionSpec spec = order.definition();
        return new Order.DefinePartition(
                new PartitionSpec(
                        spec.name(),
                        spec.claim(),
                        spec.init(),
                        true,
                        spec.hostOpt(),
                        spec.stopTimeoutMillis(),
                        spec.description(),
                        Optional.of(turn)),
                order.slice(),
                Optional.empty());
    }

    /** Dies at each call to a port in turn, in the middle of a start, and recovers: nothing runs unknown. */
    @Test
    void recoversFromADeathAtAnyCallOfAStart() {
        boolean struck = true;
        for (int k = 0; struck; k++) {
            host = new FakeHost(directory.resolve("death-" + k));
            host.order(define("db", 1));
            host.faults.failAfter(k);
            try {
                host.order(new Order.StartPartition(DB));
            } catch (RuntimeException e) {
                assertThat(e).hasMessageContaining("injected");
            }
            struck = host.faults.struck();
            host.faults.none();

            host.newManager().run();

            assertThat(host.show().state()).isEqualTo(struck ? State.FAILED : State.RUNNING);
            assertThat(host.cgroups.tasks.containsKey(DB)).isEqualTo(!struck);
        }
    }

    private void killUnseen(long pid) {
        // The manager that would have seen it is dead: a new one comes before anybody looks.
        host.newManager();
        host.cgroups.tasks.get(DB).remove(pid);
        host.processes.forget();
        host.processes.kill(pid);
    }

    private void assertNothingRuns() {
        assertThat(host.cgroups.tasks).isEmpty();
        assertThat(host.cgroups.payloads).isEmpty();
        assertThat(host.processes.living()).isEmpty();
    }

    @Test
    void keepsTheHostOffSlicesOfBeforeAndGivesBackTheRest() {
        host.order(define("db", 1));
        host.order(define("web", 2));
        host.parts.records().remove(DB);

        host.newManager().run();

        assertThat(host.kernelSays("proc/irq/33/smp_affinity_list")).isEqualTo("0-1,3");
    }
}
