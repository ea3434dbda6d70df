package io.bulkhead.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Refusal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OrderGateTest {
    private final OrderGate gate = new OrderGate();
    private final List<String> done = new CopyOnWriteArrayList<>();

    @Test
    void takesDownOnlyWhenWhatWasBegunBeforeHasEnded() throws Exception {
        // Given an order that is being carried out
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> order = CompletableFuture.supplyAsync(() -> gate.pass(() -> {
            begun.countDown();
            await(go);
            done.add("order");
            return "reply";
        }));
        await(begun);

        // When
        gate.close();
        CompletableFuture<Void> down = CompletableFuture.runAsync(() -> gate.whenEmpty(() -> done.add("down")));

        // Then no other begins, the one goes on, and all goes down after it
        assertThatThrownBy(() -> gate.pass(() -> done.add("late")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("shutting down");
        assertThat(done).isEmpty();
        go.countDown();
        assertThat(order.get(10, TimeUnit.SECONDS)).isEqualTo("reply");
        down.get(10, TimeUnit.SECONDS);
        assertThat(done).containsExactly("order", "down");
    }

    @Test
    void refusesAtOnceWhileEverythingIsTakenDown() {
        gate.close();

        gate.whenEmpty(
                () -> assertThatThrownBy(() -> CompletableFuture.runAsync(() -> gate.pass(() -> done.add("late")))
                                .get(10, TimeUnit.SECONDS))
                        .hasRootCauseInstanceOf(Refusal.class));

        assertThat(done).isEmpty();
    }

    @Test
    void letsOrdersThroughAgainIfItCouldNotGo() {
        gate.close();
        gate.open();

        assertThat(gate.pass(() -> "reply")).isEqualTo("reply");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
