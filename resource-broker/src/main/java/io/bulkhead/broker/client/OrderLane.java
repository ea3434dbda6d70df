package io.bulkhead.broker.client;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
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
    private final class Waiting {
        private final Order order;
        private final CompletableFuture<Reply> answer;
        private final long timer;
        private Optional<ManagerConnection> connection = Optional.empty();
        private boolean triedAgain;

        Waiting(Order order, long timeoutMillis, CompletableFuture<Reply> answer) {
            this.order = order;
            this.answer = answer;
            this.timer = vertx.setTimer(timeoutMillis, late -> late(timeoutMillis));
        }

        void answered(Reply reply) {
            vertx.cancelTimer(timer);
            answer.complete(reply);
        }

        void failed(Throwable failure) {
            vertx.cancelTimer(timer);
            answer.completeExceptionally(failure);
        }

        private void late(long timeoutMillis) {
            queue.remove(this);
            failed(Refusal.of(
                    ProblemCode.TIMED_OUT,
                    "the manager did not answer " + RecordCodec.typeName(order.getClass()) + " within " + timeoutMillis
                            + " ms; whether it was carried out is unknown",
                    "ask for the partition's state"));
            // An answer that comes after its time would be taken for that of the next order.
            connection.ifPresent(ManagerConnection::close);
        }
    }

    OrderLane(Vertx vertx, Connector connector, int size) {
        this.vertx = vertx;
        this.connector = connector;
        this.size = size;
    }

    /** Queues an order; its answer fails when it takes longer than this, in the queue and on the way. */
    void submit(Order order, long timeoutMillis, CompletableFuture<Reply> answer) {
        queue.add(new Waiting(order, timeoutMillis, answer));
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
                    waiting.failed(connected.cause());
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
        waiting.connection = Optional.of(connection);
        connection.ask(waiting.order).onComplete(asked -> {
            if (asked.succeeded()) {
                release(connection);
                waiting.answered(asked.result());
                next();
            } else if (reused && canBeRepeated(waiting.order) && !waiting.triedAgain && !waiting.answer.isDone()) {
                // The connection had been left over from a manager that is gone; the order can be given twice.
                waiting.triedAgain = true;
                waiting.connection = Optional.empty();
                queue.addFirst(waiting);
                next();
            } else {
                waiting.failed(asked.cause());
            }
        });
    }

    private void release(ManagerConnection connection) {
        if (connection.isOpen()) {
            idle.add(connection);
        }
    }

    private static boolean canBeRepeated(Order order) {
        return order instanceof Order.DescribeHost
                || order instanceof Order.ListPartitions
                || order instanceof Order.MeasurePartitions
                || order instanceof Order.ShowPartition
                || order instanceof Order.NoteLedger
                || order instanceof Order.VerifyPartition
                || order instanceof Order.ListGenerations
                || order instanceof Order.DiffPartition;
    }

    void close() {
        Set.copyOf(open).forEach(ManagerConnection::close);
    }
}
