package io.bulkhead.broker;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The partition manager, as the broker reaches it. May be used from any thread. */
public interface Manager {
    /**
     * Gives an order that is answered by one reply; not for orders that open a stream.
     *
     * @param order what is to be done
     * @param timeout how long its answer may take
     * @return the reply, which may be {@link Reply.Refused}; fails with a {@link Refusal}: UNREACHABLE, TIMED_OUT,
     *     PROTOCOL_ERROR. After a failure it is unknown whether the order was carried out
     */
    CompletionStage<Reply> ask(Order order, Duration timeout);
}
