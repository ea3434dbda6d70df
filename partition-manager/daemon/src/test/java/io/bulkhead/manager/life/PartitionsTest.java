package io.bulkhead.manager.life;

import static io.bulkhead.manager.life.FakeHost.DB;
import static io.bulkhead.manager.life.FakeHost.define;
import static io.bulkhead.manager.life.FakeHost.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.manager.cgroup.Cgroups.Usage;
import io.bulkhead.manager.sys.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionsTest {
    private static final Order START = new Order.StartPartition(DB);
    private static final Order STOP = new Order.StopPartition(DB, false);
    private static final Order KILL = new Order.StopPartition(DB, true);

    @TempDir
    Path directory;

    private FakeHost host;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(directory);
        // An obedient init: ends as soon as it is told to.
        host.processes.onSignal = () -> endInit(new ProcessEnd.Exited(0));
    }

    private void endInit(ProcessEnd how) {
        List<Long> living = host.processes.living();
        long init = living.get(living.size() - 1);
        host.cgroups.tasks.clear();
        host.processes.endWithHolder(init, init - 1, how);
    }

    @Test
    void takesAPartitionThroughItsWholeLife() {
        assertThat(host.order(define("db", 1)).state()).isEqualTo(State.BOUND);
        assertThat(host.order(START).state()).isEqualTo(State.RUNNING);
        assertThat(host.order(new Order.PausePartition(DB)).state()).isEqualTo(State.PAUSED);
        assertThat(host.order(new Order.ResumePartition(DB)).state()).isEqualTo(State.RUNNING);
        assertThat(host.order(STOP).state()).isEqualTo(State.BOUND);
        assertThat(host.order(new Order.ReleasePartition(DB)).state()).isEqualTo(State.DEFINED);
        assertThat(host.order(new Order.BindPartition(DB, slice(2))).state()).isEqualTo(State.BOUND);
        UidRange ids = host.show().uidRange();
        assertThat(host.partitions.execute(new Order.DeletePartition(DB))).isEqualTo(new Reply.Done());
        assertThat(host.starter.forgotten).containsExactly(ids);

        assertThat(host.picture()).isEqualTo(new FakeHost(directory).picture());
        assertThat(host.events().stream().map(event -> event.getClass().getSimpleName()))
                .containsExactly(
                        "PartitionDefined",
                        "PartitionBound",
                        "PartitionStarting",
                        "PartitionStarted",
                        "PartitionPaused",
                        "PartitionResumed",
                        "PartitionStopping",
                        "PartitionStopped",
                        "PartitionReleased",
                        "PartitionBound",
                        "PartitionDeleted");
    }

    @Test
    void everyVerbAskedAgainFindsItsWorkDone() {
        for (Order order : List.of(
                define("db", 1),
                START,
                new Order.PausePartition(DB),
                new Order.ResumePartition(DB),
                STOP,
                new Order.ReleasePartition(DB),
                new Order.BindPartition(DB, slice(1)),
                new Order.DeletePartition(DB))) {
            Reply first = host.partitions.execute(order);
            int events = host.events().size();

            assertThat(host.partitions.execute(order)).isEqualTo(first);

            assertThat(host.events()).hasSize(events);
        }
        assertThat(host.starter.starts).isEqualTo(1);
    }

    @Test
    void looksForHalfDoneFilesOnceAndAgainAfterWhatHasFailed() {
        host.order(define("db", 1));
        host.order(START);
        host.order(STOP);
        assertThat(host.filesOpened).isEqualTo(1);

        // Whoever has looked need not look again, which would mount a volume twice …
        host.order(START);
        host.order(STOP);
        assertThat(host.filesOpened).isEqualTo(1);

        // … but after a rebase that has failed, wherever that was: the generation of these files is not there.
        assertThatThrownBy(() -> host.order(new Order.RebasePartition(DB))).isInstanceOf(RuntimeException.class);
        int opened = host.filesOpened;
        host.order(START);
        assertThat(host.filesOpened).isEqualTo(opened + 1);
        host.order(STOP);

        // A new manager knows nothing of it.
        host.newManager().run();
        assertThat(host.filesOpened).isEqualTo(opened + 2);
        host.order(START);
        assertThat(host.filesOpened).isEqualTo(opened + 2);
    }

    @Test
    void aFaultAnywhereInADefinitionLeavesNothing() {
        failEveryStep(() -> {}, define("db", 1));
    }

    @Test
    void aFaultAnywhereInAChangeLeavesWhatWasThere() {
        failEveryStep(() -> host.order(define("db", 1)), define("db", 2));
    }

    private static Order unbound(String name, int tasks) {
        PartitionSpec sample = define(name, 1).definition();
        Claim claim = new Claim(sample.claim().cpus(), sample.claim().memory(), tasks, IoSlice.UNLIMITED);
        return new Order.DefineUnbound(
                new PartitionSpec(sample.name(), claim, new Init.Shell(), false, false, 100, Optional.empty()),
                Optional.empty());
    }

    @Test
    void aFaultAnywhereInADefinitionWithoutASliceLeavesNothing() {
        failEveryStep(() -> {}, unbound("db", 64));
    }

    @Test
    void aFaultAnywhereInAChangeWithoutASliceLeavesWhatWasThere() {
        failEveryStep(() -> host.order(unbound("db", 64)), unbound("db", 99));
    }

    @Test
    void definesWithoutTakingAnything() {
        PartitionStatus defined = host.order(unbound("db", 64));
        assertThat(defined.state()).isEqualTo(State.DEFINED);
        assertThat(defined.slice()).isEmpty();
        // Somebody else holds the only CPU that it could have had.
        host.order(define("web", 1));

        PartitionStatus changed = host.order(unbound("db", 99));

        assertThat(changed.definition().claim().tasks()).isEqualTo(99);
        assertThat(changed.state()).isEqualTo(State.DEFINED);
        assertThat(changed.uidRange()).isEqualTo(defined.uidRange());
        assertThat(host.cgroups.bound).containsOnlyKeys(new PartitionName("web"));
        assertThat(host.events())
                .containsExactly(
                        new Event.PartitionDefined(DB),
                        new Event.PartitionDefined(new PartitionName("web")),
                        new Event.PartitionBound(new PartitionName("web")),
                        new Event.PartitionDefined(DB));
        assertThat(host.order(unbound("db", 99))).isEqualTo(changed);
        assertThat(host.events()).hasSize(4);
        host.order(unbound("db", 64));
        assertThat(host.order(new Order.BindPartition(DB, slice(2))).state()).isEqualTo(State.BOUND);
    }

    @Test
    void changesNothingWithoutASliceWhereOneIsHeld() {
        host.order(define("db", 1));
        String before = host.picture();

        assertThatThrownBy(() -> host.order(unbound("db", 99)))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.problem().code()).isEqualTo(ProblemCode.WRONG_STATE))
                .hasMessageContaining("db is bound");
        assertThat(host.picture()).isEqualTo(before);
        assertThat(host.order(new Order.ReleasePartition(DB)).state()).isEqualTo(State.DEFINED);
        assertThat(host.order(unbound("db", 99)).definition().claim().tasks()).isEqualTo(99);
    }

    @Test
    void aNewManagerFindsWhatHoldsNothing() {
        host.order(unbound("db", 64));
        host.newManager().run();

        assertThat(host.show().state()).isEqualTo(State.DEFINED);
        assertThat(host.show().definition().claim().tasks()).isEqualTo(64);
    }

    @Test
    void aFaultAnywhereInAReleaseLeavesWhatWasThere() {
        failEveryStep(() -> host.order(define("db", 1)), new Order.ReleasePartition(DB));
    }

    @Test
    void aFaultAnywhereInADeletionLeavesWhatWasThere() {
        failEveryStep(() -> host.order(define("db", 1)), new Order.DeletePartition(DB));
    }

    @Test
    void wipesWhatIsPreciousOnlyWhenThatIsSaid() {
        host.order(define("db", 1));
        host.wall.precious.add(DB);
        String before = host.picture();

        assertThatThrownBy(() -> host.partitions.execute(new Order.DeletePartition(DB)))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.problem().code()).isEqualTo(ProblemCode.CONFLICT))
                .hasMessage("deleting db would wipe its treasure for good;"
                        + " if that is wanted, say so: bulkhead delete --wipe db");

        assertThat(host.picture()).isEqualTo(before);
        assertThat(host.partitions.execute(new Order.DeletePartition(DB, true))).isEqualTo(new Reply.Done());
    }

    @Test
    void changesNothingWhereAWallRefusesTheChange() {
        Order.DefinePartition defined = define("db", 1);
        host.order(defined);
        host.wall.precious.add(DB);
        String before = host.picture();
        PartitionSpec spec = defined.definition();
        Claim fewer = new Claim(
                spec.claim().cpus(), spec.claim().memory(), 32, spec.claim().io());
        Slice slice = defined.slice();
        Slice less = new Slice(slice.cpus(), slice.memoryNodes(), slice.memory(), 32, slice.io());

        assertThatThrownBy(() -> host.order(new Order.DefinePartition(
                        new PartitionSpec(DB, fewer, spec.init(), false, false, 100, Optional.empty()),
                        less,
                        Optional.empty())))
                .hasMessage("its tasks cannot become fewer");

        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void aFaultInPauseLeavesItRunning() {
        failEveryStep(
                () -> {
                    host.order(define("db", 1));
                    host.order(START);
                },
                new Order.PausePartition(DB));
    }

    /** Fails each call to a port in turn: the order is refused, and groups, records, files and processes are as before. */
    private void failEveryStep(Runnable given, Order order) {
        int k = 0;
        boolean struck = true;
        for (; struck; k++) {
            host = new FakeHost(directory.resolve("fault-" + k));
            given.run();
            String before = host.picture();
            int events = host.events().size();
            host.faults.failAfter(k);
            Throwable failure = null;
            try {
                host.partitions.execute(order);
            } catch (RuntimeException e) {
                failure = e;
            }
            struck = host.faults.struck();
            if (failure != null) {
                assertThat(host.picture()).as("after the fault at call " + k).isEqualTo(before);
                assertThat(host.events()).hasSize(events);
            }
            host.faults.none();
            host.partitions.execute(order);
        }
        assertThat(k).as("calls that could fail").isGreaterThan(1);
    }

    @Test
    void aFaultAnywhereInAStartLeavesNothingRunning() {
        boolean struck = true;
        int k = 0;
        for (; struck; k++) {
            host = new FakeHost(directory.resolve("fault-" + k));
            host.order(define("db", 1));
            String groups = host.cgroups.picture();
            host.faults.failAfter(k);
            try {
                host.order(START);
            } catch (Refusal e) {
                assertThat(host.cgroups.picture())
                        .as("after the fault at call " + k)
                        .isEqualTo(groups);
                assertThat(host.processes.living()).isEmpty();
                assertThat(host.processes.open).isEmpty();
                assertThat(host.show().state()).isEqualTo(State.FAILED);
                assertThat(host.show().reason().orElseThrow()).contains("injected fault");
                assertThat(directory.resolve("fault-" + k + "/records/db.run.json"))
                        .doesNotExist();
            }
            struck = host.faults.struck();
            host.faults.none();
            assertThat(host.order(START).state()).isEqualTo(State.RUNNING);
        }
        assertThat(k).isGreaterThan(6);
    }

    @Test
    void aFaultAnywhereInAStopIsMadeGoodByTheNextStop() {
        boolean struck = true;
        for (int k = 0; struck; k++) {
            host = new FakeHost(directory.resolve("fault-" + k));
            host.order(define("db", 1));
            host.order(START);
            host.faults.failAfter(k);
            try {
                host.order(KILL);
            } catch (Refusal e) {
                assertThat(host.show().state()).isEqualTo(State.FAILED);
            }
            struck = host.faults.struck();
            host.faults.none();

            assertThat(host.order(KILL).state())
                    .as("after the fault at call " + k)
                    .isEqualTo(State.BOUND);

            assertThat(host.processes.living()).isEmpty();
            assertThat(host.processes.open).isEmpty();
            assertThat(host.cgroups.payloads).isEmpty();
        }
    }

    @Test
    void refusesToReleaseProcess1WhileAPromiseDoesNotHold() {
        host.order(define("db", 1));
        host.cgroups.lies = true;

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> host.order(START));

        assertThat(refusal.problem().code()).isEqualTo(ProblemCode.PROMISE_BROKEN);
        assertThat(refusal.problem().detail()).contains("promised 64, the kernel says 99");
        assertThat(host.processes.living()).isEmpty();
        assertThat(host.starter.starts).isZero();
    }

    @Test
    void refusesADefinitionWhoseSliceTheKernelDoesNotKeep() {
        host.cgroups.lies = true;

        assertThatThrownBy(() -> host.order(define("db", 1))).hasMessageContaining("does not keep");

        assertThat(host.cgroups.bound).isEmpty();
        assertThatThrownBy(() -> host.show()).hasMessageContaining("no partition 'db'");
    }

    @Test
    void refusesACpuThatAnotherPartitionHolds() {
        host.order(define("db", 1));

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> host.order(define("web", 1)));

        assertThat(refusal.problem().holders()).containsExactly("CPU 1 is held by db");
    }

    @Test
    void killsWhatDoesNotStopInTime() {
        host.processes.onSignal = () -> {};
        host.order(define("db", 1));
        host.order(START);

        PartitionStatus stopped = host.order(STOP);

        assertThat(stopped.state()).isEqualTo(State.BOUND);
        assertThat(stopped.reason()).contains("killed, it did not stop in 100 ms");
        assertThat(host.processes.living()).isEmpty();
    }

    @Test
    void waitsForAProcess1ThatCannotYetHearTheSignalToStop() {
        host.order(define("db", 1));
        host.order(START);
        host.processes.deafFor = 3;

        assertThat(host.order(STOP).reason()).contains("stopped");

        assertThat(host.processes.deafFor).isNegative();
    }

    @Test
    void thawsAPausedPartitionToStopIt() {
        host.order(define("db", 1));
        host.order(START);
        host.order(new Order.PausePartition(DB));

        assertThat(host.order(STOP).reason()).contains("stopped");

        assertThat(host.cgroups.frozen).isEmpty();
    }

    @Test
    void tellsSystemdToPowerOffAndTheSmallInitToTerminate() {
        host.order(define("db", 1, false, new Init.Systemd(List.of())));
        host.order(START);
        host.order(STOP);
        host.order(define("db", 1));
        host.order(START);
        host.order(STOP);

        assertThat(host.processes.signals).containsExactly("101:38", "103:15");
    }

    @Test
    void aKillDoesNotWaitForAStopUnderWay() {
        host.processes.onSignal = () -> {};
        Order.DefinePartition define = define("db", 1);
        var spec = define.definition();
        host.order(new Order.DefinePartition(
                new io.bulkhead.contract.partition.PartitionSpec(
                        spec.name(), spec.claim(), spec.init(), false, false, 600_000, Optional.empty()),
                define.slice(),
                Optional.empty()));
        host.order(START);
        CompletableFuture<PartitionStatus> slow = CompletableFuture.supplyAsync(() -> host.order(STOP));
        Awaitility.await().until(() -> host.show().state() == State.STOPPING);

        PartitionStatus killed = host.order(KILL);

        assertThat(killed.state()).isEqualTo(State.BOUND);
        assertThat(slow.orTimeout(10, TimeUnit.SECONDS).join().state()).isEqualTo(State.BOUND);
    }

    @Test
    void aPowerOffInsideIsAnOrderlyEnd() {
        host.order(define("db", 1));
        host.order(START);

        endInit(new ProcessEnd.Killed(2, false));

        assertThat(host.show().state()).isEqualTo(State.BOUND);
        assertThat(host.events()).endsWith(new Event.PartitionStopped(DB, "powered itself off"));
        assertThat(host.processes.living()).isEmpty();
    }

    @Test
    void aRebootInsideStartsItAgain() {
        host.order(define("db", 1));
        host.order(START);

        endInit(new ProcessEnd.Killed(1, false));

        assertThat(host.show().state()).isEqualTo(State.RUNNING);
        assertThat(host.starter.starts).isEqualTo(2);
    }

    @Test
    void aRebootInACircleEndsAsAFailure() {
        host.order(define("db", 1));
        host.order(START);

        for (int i = 0; i < 6; i++) {
            endInit(new ProcessEnd.Killed(1, false));
        }

        assertThat(host.show().state()).isEqualTo(State.FAILED);
        assertThat(host.show().reason()).contains("it reboots in a circle");
        assertThat(host.processes.living()).isEmpty();
    }

    @Test
    void anyOtherEndIsAFailureAndCanBeStartedAgain() {
        host.order(define("db", 1));
        host.order(START);

        endInit(new ProcessEnd.Exited(3));

        assertThat(host.show().state()).isEqualTo(State.FAILED);
        assertThat(host.show().reason()).contains("process 1 exited with status 3");
        assertThat(host.order(START).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aLostHolderTakesThePartitionWithIt() {
        host.order(define("db", 1));
        host.order(START);

        host.processes.kill(100);

        assertThat(host.show().state()).isEqualTo(State.FAILED);
        assertThat(host.processes.living()).isEmpty();
    }

    @Test
    void tellsOfDriftAndOfItsRepairOnce() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);

        host.cgroups.lies = true;
        life.watch();
        life.watch();
        List<String> degraded = host.show().degraded();
        host.cgroups.lies = false;
        life.watch();
        life.watch();

        assertThat(degraded).containsExactly("tasks: promised 64, the kernel says 99 (/pids.max)");
        assertThat(host.show().degraded()).isEmpty();
        assertThat(host.events().stream().skip(2))
                .containsExactly(new Event.PartitionDegraded(DB, degraded), new Event.PartitionRepaired(DB));
    }

    @Test
    void repairsDriftWhereItCanAndNeverSilently() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);
        host.cgroups.repairable = true;

        host.cgroups.lies = true;
        life.watch();

        assertThat(host.cgroups.repairs).isEqualTo(1);
        assertThat(host.show().degraded()).isEmpty();
        assertThat(host.events().stream().skip(2))
                .containsExactly(
                        new Event.PartitionDegraded(DB, List.of("tasks: promised 64, the kernel says 99 (/pids.max)")),
                        new Event.PartitionRepaired(DB));
    }

    @Test
    void hasTheWallsRepairTheirsWhereGroupsCannotBe() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);
        host.wall.repairable = true;
        host.wall.broken = true;

        life.watch();

        assertThat(host.wall.repairs).isEqualTo(1);
        assertThat(host.show().degraded()).isEmpty();
        assertThat(host.events().stream().skip(2).map(event -> event.getClass().getSimpleName()))
                .containsExactly("PartitionDegraded", "PartitionRepaired");
    }

    @Test
    void whoBreaksItsOwnWallWithoutEndHasItsGroupsRepairedAllTheSame() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);
        host.wall.repairable = true;
        host.cgroups.repairable = true;
        for (int i = 0; i < 5; i++) {
            host.wall.broken = true;
            host.now += 1000;
            life.watch();
        }
        assertThat(host.wall.repairs).isEqualTo(RepairGuard.MOST);
        assertThat(host.cgroups.repairs).isZero();

        host.cgroups.lies = true;
        life.watch();

        assertThat(host.cgroups.repairs).isEqualTo(1);
        assertThat(host.show().degraded()).noneMatch(words -> words.startsWith("tasks"));
    }

    @Test
    void noPromiseHoldsAProcess1ThatWasMovedAwayAndNoRepairBringsItBack() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);
        host.cgroups.repairable = true;
        host.cgroups.strayed = Optional.of("/elsewhere");

        life.watch();
        assertThat(host.show().degraded()).as("nothing runs").isEmpty();
        host.order(new Order.StartPartition(DB));
        life.watch();

        assertThat(host.show().degraded())
                .singleElement()
                .asString()
                .contains("was moved to the control group /elsewhere");
        assertThat(host.cgroups.repairs).isZero();
    }

    @Test
    void triesAgainLaterWhatCannotBeRepairedNow() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);
        host.cgroups.repairable = true;
        host.cgroups.stubborn = true;
        host.cgroups.lies = true;

        life.watch();
        life.watch();
        assertThat(host.cgroups.repairs).isEqualTo(1);
        assertThat(host.show().degraded()).hasSize(1);
        host.cgroups.stubborn = false;
        host.now += 2000;
        life.watch();

        assertThat(host.cgroups.repairs).isEqualTo(2);
        assertThat(host.show().degraded()).isEmpty();
    }

    @Test
    void leavesWhoeverBreaksItAgainAndAgainTheLastWord() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);
        host.cgroups.repairable = true;

        for (int i = 0; i < 10; i++) {
            host.cgroups.lies = true;
            host.now += 1000;
            life.watch();
        }

        assertThat(host.cgroups.repairs).isEqualTo(3);
        assertThat(host.show().degraded())
                .hasSize(2)
                .contains("it was repaired 3 times and broken again each time; now it is left to the administrator");
        assertThat(host.events().stream().filter(Event.PartitionDegraded.class::isInstance))
                .hasSize(4);
    }

    @Test
    void looksAtOnceWhenTheKernelGivesNotice() {
        host.order(define("db", 1));
        host.cgroups.lies = true;
        host.cgroups.kills.put(DB, 1L);

        host.changes.change(Path.of("/p-db/memory.events"), "max 7\noom_kill 1");

        assertThat(host.events().stream().skip(2))
                .containsExactly(
                        new Event.PartitionDegraded(DB, List.of("tasks: promised 64, the kernel says 99 (/pids.max)")),
                        new Event.PartitionOutOfMemory(DB, 1));
    }

    @Test
    void doesNotLookWhenAFullPartitionMerelyMakesRoom() {
        host.order(define("db", 1));
        host.cgroups.lies = true;

        host.changes.change(Path.of("/p-db/memory.events"), "max 7\noom_kill 0");
        host.changes.change(Path.of("/p-db/memory.events"), "max 8\noom_kill 0");

        assertThat(host.events()).hasSize(3);
    }

    @Test
    void holdsTheKernelsFilesOpenAsLongAsTheirGroupsAreThere() {
        Path outer = Path.of("/p-db/memory.events");
        Path inside = Path.of("/p-db/in/pids.events");
        host.order(define("db", 1));
        assertThat(host.changes.open()).containsExactly(outer);
        host.order(new Order.StartPartition(DB));
        assertThat(host.changes.open()).containsExactlyInAnyOrder(outer, inside);
        host.order(new Order.StopPartition(DB, true));
        assertThat(host.changes.open()).containsExactly(outer);
        host.order(new Order.ReleasePartition(DB));
        assertThat(host.changes.open()).isEmpty();
        host.order(new Order.BindPartition(DB, slice(1)));
        assertThat(host.changes.open()).containsExactly(outer);

        host.partitions.execute(new Order.DeletePartition(DB));

        assertThat(host.changes.open()).isEmpty();
    }

    @Test
    void opensAFileAnewThatWasMadeAnew() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);
        life.watch();
        assertThat(host.changes.opened).isEqualTo(1);

        host.changes.replace(Path.of("/p-db/memory.events"));
        life.watch();

        assertThat(host.changes.opened).isEqualTo(2);
        assertThat(host.changes.open()).hasSize(1);
    }

    @Test
    void looksAwayWhileEverythingIsTakenDown() {
        host.order(define("db", 1));
        host.partitions.lookAway(true);
        host.cgroups.lies = true;
        host.online = CpuSet.of(0);

        host.changes.change(Path.of("/p-db/memory.events"), "oom_kill 1");
        host.partitions.lookAfterAll();

        assertThat(host.events()).hasSize(2);
    }

    @Test
    void tellsOfRefusedTasksAtOnceAndThenOnceInAWhile() {
        host.order(define("db", 1));
        host.order(new Order.StartPartition(DB));
        PartitionLife life = host.partitions.sorted().get(0);
        Path inside = Path.of("/p-db/in/pids.events");
        int before = host.events().size();

        for (int i = 1; i <= 500; i++) {
            host.cgroups.refusals.put(DB, 10L * i);
            host.changes.change(inside, "max " + 10 * i);
        }
        host.now += 10_000;
        life.watch();
        host.cgroups.refusals.put(DB, 5_001L);
        host.order(new Order.StopPartition(DB, true));

        assertThat(host.events().stream().skip(before).filter(Event.PartitionTasksExhausted.class::isInstance))
                .containsExactly(
                        new Event.PartitionTasksExhausted(DB, 10),
                        new Event.PartitionTasksExhausted(DB, 4_990),
                        new Event.PartitionTasksExhausted(DB, 1));
    }

    @Test
    void namesACpuThatWentOfflineAndThePartitionThatLostIt() {
        host.cgroups.promisesCpus = true;
        host.order(define("db", 1));
        host.order(define("web", 2));
        host.online = CpuSet.parse("0,2-3");

        host.partitions.lookAfterAll();
        host.partitions.lookAfterAll();
        host.online = CpuSet.parse("0-3");
        host.partitions.lookAfterAll();

        assertThat(host.events().stream().skip(4))
                .containsExactly(
                        new Event.HostCpusChanged(CpuSet.parse("0,2-3"), CpuSet.EMPTY, CpuSet.of(1)),
                        new Event.PartitionDegraded(
                                DB, List.of("cpus: CPU 1 is offline (/sys/devices/system/cpu/online says '0,2-3')")),
                        new Event.HostCpusChanged(CpuSet.parse("0-3"), CpuSet.of(1), CpuSet.EMPTY),
                        new Event.PartitionRepaired(DB));
    }

    @Test
    void tellsOfMoreThanOneFrameHoldsPageByPage() {
        List<PartitionName> names = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = "p" + i;
            host.cgroups.evidence.put(new PartitionName(name), "/" + "x".repeat(400_000));
            host.order(define(name, i + 1));
            names.add(new PartitionName(name));
        }

        List<PartitionName> told = new ArrayList<>();
        List<PartitionName> measured = new ArrayList<>();
        Optional<PartitionName> after = Optional.empty();
        int pages = 0;
        for (boolean more = true; more; pages++) {
            Reply.Partitions page = (Reply.Partitions) host.partitions.execute(new Order.ListPartitions(after));
            assertThat(Frame.reply(page).payload()).hasSizeGreaterThan(400_000);
            page.partitions().forEach(each -> told.add(each.name()));
            after = Optional.of(told.get(told.size() - 1));
            ((Reply.Measured) host.partitions.execute(new Order.MeasurePartitions(after)))
                    .partitions().stream().limit(1).forEach(each -> measured.add(each.partition()));
            more = page.more();
        }

        assertThat(pages).isEqualTo(3);
        assertThat(told).isEqualTo(names);
        assertThat(measured).isEqualTo(names.subList(1, 3));
    }

    @Test
    void measuresWhatEveryPartitionUses() {
        host.order(define("db", 1));
        host.order(define("web", 2));
        host.order(new Order.ReleasePartition(new PartitionName("web")));
        Usage usage = new Usage(Optional.of(5_000L), Optional.of(ByteSize.ofMebibytes(3)), Optional.of(2L));
        host.cgroups.usages.put(DB, usage);
        host.cgroups.usages.put(new PartitionName("web"), usage);
        host.cgroups.kills.put(DB, 4L);
        host.cgroups.refusals.put(DB, 5L);
        Intrusion intrusion = new Intrusion(CpuSet.of(1), 1, 2, CpuTime.NONE, CpuTime.NONE, 3, 4, List.of());
        host.intrusions.put(DB, intrusion);

        List<PartitionUsage> measured =
                ((Reply.Measured) host.partitions.execute(new Order.MeasurePartitions())).partitions();

        assertThat(measured.get(0))
                .isEqualTo(new PartitionUsage(
                        DB,
                        State.BOUND,
                        Optional.of(slice(1)),
                        host.now,
                        usage.cpuMicros(),
                        usage.memory(),
                        usage.tasks(),
                        4,
                        5,
                        Optional.of(intrusion)));
        assertThat(measured.get(1).memory()).isEmpty();
        assertThat(measured.get(1).slice()).isEmpty();
        assertThat(host.show().intrusion()).contains(intrusion);
        assertThat(host.partitions.wholeCpus()).isEqualTo(Map.of(DB, CpuSet.of(1)));
    }

    @Test
    void theWatchFindsDriftWithinTwoSeconds() {
        host.order(define("db", 1));
        try (DriftWatch watch = new DriftWatch(host.partitions)) {
            host.cgroups.lies = true;

            Awaitility.await()
                    .atMost(java.time.Duration.ofSeconds(2))
                    .until(() -> !host.show().degraded().isEmpty());
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void tellsOfEachKillForWantOfMemoryOnce() {
        host.order(define("db", 1));
        PartitionLife life = host.partitions.sorted().get(0);

        host.cgroups.kills.put(DB, 2L);
        life.watch();
        life.watch();
        host.cgroups.kills.put(DB, 3L);
        host.now += 1000;
        life.watch();

        assertThat(host.events().stream().skip(2))
                .containsExactly(new Event.PartitionOutOfMemory(DB, 2), new Event.PartitionOutOfMemory(DB, 1));
    }

    @Test
    void repairsTheKnobsBeforeAStart() {
        host.order(define("db", 1));
        host.cgroups.bound.put(DB, slice(3));

        assertThat(host.order(START).state()).isEqualTo(State.RUNNING);

        assertThat(host.cgroups.bound.get(DB)).isEqualTo(slice(1));
    }

    @Test
    void refusesWhatTheStateDoesNotAllow() {
        host.order(define("db", 1));
        assertWrongState(new Order.PausePartition(DB));
        assertWrongState(new Order.ResumePartition(DB));
        host.order(START);
        assertWrongState(define("db", 2));
        assertWrongState(new Order.ReleasePartition(DB));
        assertWrongState(new Order.DeletePartition(DB));
        host.order(new Order.PausePartition(DB));
        assertWrongState(START);
        host.order(STOP);
        host.order(new Order.ReleasePartition(DB));
        assertWrongState(START);
    }

    private void assertWrongState(Order order) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> host.partitions.execute(order));
        assertThat(refusal.problem().code()).isEqualTo(ProblemCode.WRONG_STATE);
    }

    @Test
    void doesNotOverwriteFilesOfAnEarlierPartition() throws Exception {
        Files.createDirectories(directory.resolve("partitions/db"));

        assertThatThrownBy(() -> host.order(define("db", 1))).hasMessageContaining("earlier partition");
    }

    @Test
    void takesEverythingDownButTheRecords() {
        host.order(define("db", 1));
        host.order(define("web", 2));
        host.order(START);

        host.partitions.stopAll();

        assertThat(host.cgroups.bound).isEmpty();
        assertThat(host.processes.living()).isEmpty();
        assertThat(host.parts.records().load().partitions()).hasSize(2);
        assertThat(host.directory.resolve("consoles")).doesNotExist();
    }

    // ---- consoles

    @Test
    void aConsoleGoesWithItsPartitionAndAnotherOneOfThatNameIsAnother() {
        host.order(define("db", 1));
        ConsoleStatus first = host.show().console();
        assertThat(host.directory.resolve("consoles/db.ring")).exists();
        assertThat(host.directory.resolve("records/db.console.json")).exists();

        host.partitions.execute(new Order.DeletePartition(DB));

        assertThat(host.directory.resolve("consoles")).isEmptyDirectory();
        assertThat(host.directory.resolve("records/db.console.json")).doesNotExist();
        host.order(define("db", 1));
        assertThat(host.show().console().offset()).isZero();
        assertThat(host.show().console().created()).isNotEqualTo(first.created());
    }

    @Test
    void aConsoleGoesOnWhereItWasUnderTheNextManager() {
        host.order(define("db", 1));
        host.order(START);
        ConsoleStatus before = host.show().console();

        host.newManager().run();

        ConsoleStatus after = host.show().console();
        String said = "\r\n-- db goes on, under a new manager --\r\n";
        assertThat(after.offset()).isEqualTo(before.offset() + said.length());
        assertThat(after.created()).isEqualTo(before.created());
        assertThat(after.start()).isZero();
        assertThat(after.skipped()).isEqualTo(ByteSize.ZERO);
    }

    @Test
    void offsetsGoOnExactlyAfterAnOrderlyEnd() {
        host.order(define("db", 1));
        host.order(START);
        host.partitions.stopAll();
        long end = host.show().console().offset();

        host.bootId = "boot-2";
        host.newManager().run();

        assertThat(end).isPositive();
        assertThat(host.show().console().offset()).isEqualTo(end);
        assertThat(host.show().console().start()).isEqualTo(end);
    }

    @Test
    void offsetsJumpWhenTheHostHasLostTheRing() {
        host.order(define("db", 1));
        host.order(START);
        long before = host.show().console().offset();

        host.bootId = "boot-2";
        host.newManager().run();

        ConsoleStatus after = host.show().console();
        assertThat(after.start()).isEqualTo(64 << 20).isGreaterThan(before);
        assertThat(after.offset()).isGreaterThan(after.start());
    }

    @Test
    void keepsAsMuchOfTheConsoleAsTheDefinitionSays() {
        host.order(define("db", 1));
        host.order(START);
        host.order(new Order.StopPartition(DB, true));
        long end = host.show().console().offset();
        Order.DefinePartition define = define("db", 1);
        ConsoleSlice wanted = new ConsoleSlice(Limit.unlimited(), Optional.of(new ByteSize(8192)));
        PartitionSpec spec = define.definition();
        Claim claim = spec.claim().withConsole(wanted);

        host.order(new Order.DefinePartition(
                new PartitionSpec(spec.name(), claim, spec.init(), false, false, 100, Optional.empty()),
                Slice.of(claim, define.slice().cpus(), define.slice().memoryNodes()),
                Optional.empty()));

        ConsoleStatus after = host.show().console();
        assertThat(after.ring()).isEqualTo(new ByteSize(8192));
        assertThat(after.rate()).isEqualTo(Limit.unlimited());
        assertThat(after.offset()).isEqualTo(end);
        assertThat(after.start()).isZero();
        assertThat(host.show().slice().orElseThrow().console()).contains(wanted);
    }

    // ---- the host around the slices

    private static final String INTERRUPT = "proc/irq/33/smp_affinity_list";
    private static final String HOST_GROUP = "top/system.slice/memory.max";

    @Test
    void keepsTheHostOffASliceWhileItIsHeld() {
        host.order(define("db", 1));

        assertThat(host.kernelSays(INTERRUPT)).isEqualTo("0,2-3");
        assertThat(host.kernelSays(HOST_GROUP))
                .isEqualTo(String.valueOf(ByteSize.ofMebibytes(4096 - 128 - 64).bytes()));
        assertThat(host.show().isolation()).isPresent();
    }

    @Test
    void givesTheHostBackWhatASliceNeeded() {
        host.order(define("db", 1));

        host.order(new Order.ReleasePartition(DB));

        assertThat(host.kernelSays(INTERRUPT)).isEqualTo("0-3");
        assertThat(host.kernelSays(HOST_GROUP)).isEqualTo("max");
        assertThat(host.show().isolation()).isEmpty();
    }

    @Test
    void givesTheHostBackEverythingWhenAllIsTakenDown() {
        host.order(define("db", 1));
        host.order(define("web", 2));

        host.partitions.stopAll();

        assertThat(host.kernelSays(INTERRUPT)).isEqualTo("0-3");
        assertThat(host.kernelSays(HOST_GROUP)).isEqualTo("max");
    }

    @Test
    void refusesASliceWhoseMemoryTheHostItselfHolds() {
        host.hostHolds(ByteSize.parse("3950MiB"));

        assertThatThrownBy(() -> host.order(define("db", 1)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the host's own groups hold");

        assertThat(host.cgroups.bound).isEmpty();
        assertThat(host.kernelSays(INTERRUPT)).isEqualTo("0-3");
    }

    @Test
    void givesBackMemoryWhereTheHostHasTooLittle() {
        host.order(define("db", 1));
        host.hostHolds(ByteSize.parse("3950MiB"));
        Slice less = new Slice(
                new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), ByteSize.ofMebibytes(32), 64, IoSlice.UNLIMITED);
        Claim claim = new Claim(CpuClaim.Whole.of(1), less.memory(), 64, IoSlice.UNLIMITED);
        PartitionSpec small = new PartitionSpec(DB, claim, new Init.Shell(), false, false, 100, Optional.empty());

        host.order(new Order.DefinePartition(small, less, Optional.empty()));

        assertThat(host.show().slice()).contains(less);
    }

    @Test
    void bringsTheHostBackInLineAtALook() throws IOException {
        host.order(define("db", 1));
        Files.writeString(directory.resolve("kernel").resolve(INTERRUPT), "1\n");
        Files.writeString(directory.resolve("kernel").resolve(HOST_GROUP), "max\n");

        host.partitions.lookAfterHost();

        assertThat(host.kernelSays(INTERRUPT)).isEqualTo("0");
        assertThat(host.kernelSays(HOST_GROUP)).isNotEqualTo("max");
    }

    @Test
    void tellsWhatOthersHaveChangedAboutTheHostButNotWithEachLook() throws IOException {
        host.order(define("db", 1));
        for (int look = 0; look < 3; look++) {
            Files.writeString(directory.resolve("kernel").resolve(INTERRUPT), "1\n");
            host.partitions.lookAfterHost();
        }
        Event told = new Event.HostSettingsChanged(List.of("interrupt 33 (eth0) had been moved from CPUs 0,2-3 to 1"));
        assertThat(host.events().stream().skip(2)).containsExactly(told);

        host.now += 60_000;
        host.partitions.lookAfterHost();

        assertThat(host.events().stream().skip(3)).hasSize(1).first().isInstanceOf(Event.HostSettingsChanged.class);
    }
}
