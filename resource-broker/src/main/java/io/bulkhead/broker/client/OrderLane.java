package io.bulkhead.broker.client;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Orders that wait for one of a few connections, first come, first served. Lives on one event loop. */
final class OrderLane {
    private final Vertx vertx;
    private final Connector connector;
    private final int size;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final Deque<ManagerConnection> idle = new ArrayDeque<>();
    private final Set<ManagerConnection> open = new HashSet<>();
    private int connecting;

    /** An order on its way: in the queue, or on a connection. */
    private static final class Waiting {
        private final Order order;
        private final CompletableFuture<Reply> answer;
        private boolean triedAgain;

        Waiting(Order order, CompletableFuture<Reply> answer) {
            this.order = order;
            this.answer = answer;
        }
    }

    OrderLane(Vertx vertx, Connector connector, int size) {
        this.vertx = vertx;
        this.connector = connector;
        this.size = size;
    }

    /** Queues an order; its answer fails when it takes longer than this, in the queue and on the way. */
    void submit(Order order, long timeoutMillis, CompletableFuture<Reply> answer) {
        Waiting waiting = new Waiting(order, answer);
        long timer = vertx.setTimer(timeoutMillis, late -> {
            queue.remove(waiting);
            answer.completeExceptionally(Refusal.of(
                    ProblemCode.TIMED_OUT,
                    "the manager did not answer " + order.getClass().getSimpleName() + " within "
                            + timeoutMillis / 1000 + " s; whether it was carried out is unknown",
                    "ask for the partition's state"));
        });
        answer.whenComplete((reply, failure) -> vertx.cancelTimer(timer));
        queue.add(waiting);
        next();
    }

    private void next() {
        while (!queue.isEmpty() && !idle.isEmpty()) {
            give(queue.remove(), idle.remove(), true);
        }
        if (!queue.isEmpty() && open.size() + connecting < size) {
            Waiting waiting = queue.remove();
            connecting++;
            connector.connect().onComplete(connected -> {
                connecting--;
                if (connected.succeeded()) {
                    opened(connected.result());
                    give(waiting, connected.result(), false);
                } else {
                    waiting.answer.completeExceptionally(connected.cause());
                }
                next();
            });
            next();
        }
    }

    private void opened(ManagerConnection connection) {
        open.add(connection);
        connection.onClose(() -> {
            open.remove(connection);
            idle.remove(connection);
            next();
        });
    }

    private void give(Waiting waiting, ManagerConnection connection, boolean reused) {
        if (waiting.answer.isDone()) {
            release(connection);
            return;
        }
        // An answer that comes after its time would be taken for that of the next order.
        waiting.answer.whenComplete((reply, failure) -> {
            if (failure != null) {
                connection.close();
            }
        });
        connection.ask(waiting.order).onComplete(asked -> {
            if (asked.succeeded()) {
                release(connection);
                waiting.answer.complete(asked.result());
                next();
            } else if (reused && onlyTells(waiting.order) && !waiting.triedAgain && !waiting.answer.isDone()) {
                // The connection had been left over from a manager that is gone; the order changes nothing.
                waiting.triedAgain = true;
                queue.addFirst(waiting);
                next();
            } else {
                waiting.answer.completeExceptionally(asked.cause());
            }
        });
    }

    private void release(ManagerConnection connection) {
        if (connection.isOpen()) {
            idle.add(connection);
        }
    }

    private static boolean onlyTells(Order order) {
        return order instanceof Order.DescribeHost
                || order instanceof Order.ListPartitions
                || order instanceof Order.ShowPartition
                || order instanceof Order.VerifyPartition;
    }

    void close() {
        Set.copyOf(open).forEach(ManagerConnection::close);
    }
}
