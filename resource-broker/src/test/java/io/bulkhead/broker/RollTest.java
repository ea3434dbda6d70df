package io.bulkhead.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RollTest {
    private final Deque<Reply> replies = new ArrayDeque<>();
    private final List<Order> orders = new ArrayList<>();
    private final Broker broker = new Broker(new Scripted(), () -> Samples.machine(4));

    private final class Scripted implements Manager {
        @Override
        public CompletionStage<Reply> ask(Order order, Duration timeout) {
            orders.add(order);
            return CompletableFuture.completedFuture(replies.remove());
        }
    }

    private static Reply.Measured page(boolean more, String... names) {
        return new Reply.Measured(Stream.of(names).map(RollTest::usage).toList(), more);
    }

    private static PartitionUsage usage(String name) {
        return new PartitionUsage(
                new PartitionName(name),
                State.DEFINED,
                Optional.empty(),
                7,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                Optional.empty());
    }

    private List<String> usage() {
        return broker.usage().toCompletableFuture().join().stream()
                .map(each -> each.partition().value())
                .toList();
    }

    private ProblemCode refusal() {
        return Refusals.of(catchThrowable(this::usage)).problem().code();
    }

    @Test
    void goesOnBehindTheLastNameUntilThereAreNoMore() {
        replies.addAll(List.of(page(true, "a", "b"), page(true, "c"), page(false)));

        assertThat(usage()).containsExactly("a", "b", "c");
        assertThat(orders)
                .containsExactly(
                        new Order.MeasurePartitions(),
                        new Order.MeasurePartitions(Optional.of(new PartitionName("b"))),
                        new Order.MeasurePartitions(Optional.of(new PartitionName("c"))));
    }

    @Test
    void isContentWithAManagerThatKnowsNoPages() {
        replies.add(page(false, "a", "b"));

        assertThat(usage()).containsExactly("a", "b");
        assertThat(orders).hasSize(1);
    }

    @Test
    void asksNotForEverWhereAPageComesAgain() {
        replies.addAll(List.of(page(true, "a", "b"), page(true, "a", "b")));
        assertThat(refusal()).isEqualTo(ProblemCode.PROTOCOL_ERROR);

        replies.add(page(true));
        assertThat(refusal()).isEqualTo(ProblemCode.PROTOCOL_ERROR);
        assertThat(orders).hasSize(3);
    }

    @Test
    void tellsNothingWhereALaterPageIsRefused() {
        replies.add(page(true, "a"));
        replies.add(new Reply.Refused(Refusal.of(ProblemCode.FAILED, "no").problem()));

        assertThat(refusal()).isEqualTo(ProblemCode.FAILED);
    }
}
