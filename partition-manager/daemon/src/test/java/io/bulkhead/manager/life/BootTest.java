package io.bulkhead.manager.life;

import static io.bulkhead.manager.life.FakeHost.DB;
import static io.bulkhead.manager.life.FakeHost.define;
import static io.bulkhead.manager.life.FakeHost.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a start is tried once more. */
class BootTest {
    private static final Order START = new Order.StartPartition(DB);

    @TempDir
    Path directory;

    private FakeHost host;

    @BeforeEach
    void defineOne() {
        host = new FakeHost(directory);
        host.order(define("db", 1));
        host.cgroups.binds = 0;
    }

    @Test
    void aStartThatFailsWhileAPromiseDoesNotHoldIsBoundAgainAndTriedOnceMore() {
        // Somebody has turned the knobs while nothing ran.
        host.cgroups.bound.put(DB, slice(3));

        PartitionStatus status = host.order(START);

        assertThat(status.state()).isEqualTo(State.RUNNING);
        assertThat(status.degraded()).isEmpty();
        assertThat(host.cgroups.bound.get(DB)).isEqualTo(slice(1));
        assertThat(host.cgroups.binds).isEqualTo(1);
        assertThat(host.starter.attempts).isEqualTo(2);
        // Of the first attempt nothing is left, and nobody heard of it.
        assertThat(host.processes.living()).hasSize(2);
        assertThat(host.cgroups.processes(DB)).containsExactlyInAnyOrderElementsOf(host.processes.living());
        assertThat(host.events().stream().skip(2))
                .containsExactly(
                        new Event.PartitionStarting(DB),
                        new Event.PartitionStarted(DB, status.pid().orElseThrow()));
    }

    @Test
    void aStartThatFailsForAnotherReasonWhileAPromiseDoesNotHoldIsTriedOnceMoreToo() {
        host.cgroups.bound.put(DB, slice(3));
        host.faults.failAt("boot");

        PartitionStatus status = host.order(START);

        assertThat(status.state()).isEqualTo(State.RUNNING);
        assertThat(host.cgroups.binds).isEqualTo(1);
        assertThat(host.starter.attempts).isEqualTo(2);
    }

    @Test
    void aStartThatFailsThoughEveryPromiseHoldsIsNotTriedAgain() {
        host.faults.failAt("boot");

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> host.order(START));

        assertThat(refusal.problem().code()).isEqualTo(ProblemCode.FAILED);
        assertThat(host.show().state()).isEqualTo(State.FAILED);
        assertThat(host.cgroups.binds).isZero();
        assertThat(host.starter.attempts).isEqualTo(1);
    }

    @Test
    void aStartIsNotTriedAThirdTime() {
        host.cgroups.lies = true;

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> host.order(START));

        assertThat(refusal.problem().code()).isEqualTo(ProblemCode.PROMISE_BROKEN);
        assertThat(host.show().state()).isEqualTo(State.FAILED);
        assertThat(host.starter.attempts).isEqualTo(2);
        assertThat(host.processes.living()).isEmpty();
    }
}
