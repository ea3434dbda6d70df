package io.bulkhead.broker.client;

import io.bulkhead.broker.Manager;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The partition manager at the other end of its socket.
 *
 * <p>Orders go over a few connections that are opened when needed and used again; those that take their time have
 * connections of their own, so that they never hold up a question. A connection that breaks is opened anew with the
 * next order. {@link #ask} may be called from any thread; streams belong to the event loop that opens them.
 */
public final class ManagerClient implements Manager {
    private final Vertx vertx;
    private final ClientOptions options;
    private final Context context;
    private final Connector connector;
    private final OrderLane quick;
    private final OrderLane slow;

    public ManagerClient(Vertx vertx, ClientOptions options) {
        this.vertx = vertx;
        this.options = options;
        this.context = vertx.getOrCreateContext();
        this.connector = new Connector(vertx, options);
        this.quick = new OrderLane(vertx, connector, options.quickConnections());
        this.slow = new OrderLane(vertx, connector, options.slowConnections());
    }

    @Override
    public CompletionStage<Reply> ask(Order order, Duration timeout) {
        if (opensStream(order)) {
            throw new IllegalArgumentException(order.getClass().getSimpleName() + " opens a stream");
        }
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        context.runOnContext(now -> lane(order).submit(order, timeout.toMillis(), answer));
        return answer;
    }

    /** Whether an order is answered by a stream and thus for {@link #openStream}. */
    public static boolean opensStream(Order order) {
        return order instanceof Order.OpenConsole
                || order instanceof Order.ExecuteCommand
                || order instanceof Order.FollowEvents;
    }

    /**
     * Opens a stream on a connection of its own, on the caller's event loop.
     *
     * @return the stream; fails with a {@link Refusal}
     */
    public Future<ManagerStream> openStream(Order order) {
        if (!opensStream(order)) {
            throw new IllegalArgumentException(order.getClass().getSimpleName() + " opens no stream");
        }
        return connector.connect().compose(connection -> {
            long timer = vertx.setTimer(options.openingTimeoutMillis(), late -> connection.close());
            return connection
                    .ask(order)
                    .onComplete(asked -> vertx.cancelTimer(timer))
                    .compose(reply -> {
                        if (reply instanceof Reply.StreamOpened opened) {
                            return Future.succeededFuture(new ManagerStream(connection, opened.offset()));
                        }
                        connection.close();
                        return Future.failedFuture(
                                reply instanceof Reply.Refused refused
                                        ? new Refusal(refused.problem())
                                        : Refusal.of(ProblemCode.PROTOCOL_ERROR, "the manager opened no stream"));
                    });
        });
    }

    /** How the manager is reached. */
    ClientOptions options() {
        return options;
    }

    Vertx vertx() {
        return vertx;
    }

    private OrderLane lane(Order order) {
        return order instanceof Order.DescribeHost
                        || order instanceof Order.ListPartitions
                        || order instanceof Order.MeasurePartitions
                        || order instanceof Order.ShowPartition
                        || order instanceof Order.NoteLedger
                ? quick
                : slow;
    }

    /** Closes every connection, those of streams too. */
    public Future<Void> close() {
        context.runOnContext(now -> {
            quick.close();
            slow.close();
        });
        return connector.close();
    }
}
