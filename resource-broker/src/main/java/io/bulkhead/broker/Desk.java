package io.bulkhead.broker;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Asks the manager for replies of a known kind. Safe for any thread. */
final class Desk {
    /** How long the manager may take to tell what it knows. */
    static final Duration TO_TELL = Duration.ofSeconds(10);

    private final Manager manager;

    Desk(Manager manager) {
        this.manager = manager;
    }

    /** Gives an order; fails with a {@link Refusal}, also where the manager answers by a reply of another kind. */
    <R extends Reply> CompletionStage<R> ask(Order order, Class<R> type, Duration timeout) {
        return manager.ask(order, timeout).thenApply(reply -> {
            if (reply instanceof Reply.Refused refused) {
                throw new Refusal(refused.problem());
            }
            if (!type.isInstance(reply)) {
                throw Refusal.of(
                        ProblemCode.PROTOCOL_ERROR,
                        "the manager answered " + order.getClass().getSimpleName() + " by "
                                + reply.getClass().getSimpleName());
            }
            return type.cast(reply);
        });
    }
}
