package io.bulkhead.broker.http;

import io.bulkhead.broker.client.EventFollower;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The manager's journal: as it is now, or followed as server-sent events (WHATWG HTML, section 9.2). A client that reads
 * too slowly holds its own stream up and nobody else's; the manager tells it of the gap.
 */
final class EventEndpoint {
    /** The most that one answer holds of the journal; the next one is asked for with the last number. */
    private static final int MOST_EVENTS = 10_000;

    private final Vertx vertx;
    private final ManagerClient manager;
    private final ApiOptions.Limits limits;

    EventEndpoint(Vertx vertx, ManagerClient manager, ApiOptions.Limits limits) {
        this.vertx = vertx;
        this.manager = manager;
        this.limits = limits;
    }

    void answer(Exchange exchange) {
        exchange.knowsParameters("after", "follow");
        long after = exchange.header("Last-Event-ID")
                .or(() -> exchange.parameter("after"))
                .map(EventEndpoint::sequence)
                .orElse(0L);
        String follow = exchange.parameter("follow").orElse("true");
        switch (follow) {
            case "true" -> follow(exchange, after);
            case "false" -> list(exchange, after);
            default ->
                throw Refusal.of(ProblemCode.INVALID_REQUEST, "follow must be true or false, it is '" + follow + "'");
        }
    }

    private static long sequence(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "'" + text + "' is not the number of an event");
        }
        return Long.parseLong(text);
    }

    // ---- as it is now

    private void list(Exchange exchange, long after) {
        List<Json> events = new ArrayList<>();
        Promise<Boolean> complete = Promise.promise();
        long timer = vertx.setTimer(
                limits.requestMillis(),
                late -> complete.tryFail(
                        Refusal.of(ProblemCode.TIMED_OUT, "the manager did not send its journal in time")));
        Future<EventFollower> opened = EventFollower.open(manager, after, new EventFollower.Listener() {
            @Override
            public void event(EventRecord event) {
                if (events.size() < MOST_EVENTS) {
                    events.add(RecordCodec.encode(event));
                } else {
                    complete.tryComplete(true);
                }
            }

            @Override
            public void gap(StreamMessage.Gap gap) {
                // The numbers tell it: the first event is not the one after the number that was asked for.
            }

            @Override
            public void caughtUp(long sequence) {
                complete.tryComplete(true);
            }
        });
        opened.onFailure(complete::tryFail);
        complete.future().onComplete(ended -> {
            vertx.cancelTimer(timer);
            opened.onSuccess(EventFollower::close);
            if (ended.succeeded()) {
                exchange.json(200, new Json.Obj(Map.of("events", new Json.Array(events))));
            } else {
                exchange.refuse(ended.cause());
            }
        });
    }

    // ---- followed

    private void follow(Exchange exchange, long after) {
        HttpServerResponse response = exchange.response();
        EventWriter writer = new EventWriter(response);
        EventFollower.open(manager, after, writer).onFailure(exchange::refuse).onSuccess(follower -> {
            if (response.closed()) {
                follower.close();
                return;
            }
            writer.begin(follower);
            long pings = vertx.setPeriodic(limits.pingMillis(), tick -> writer.ping());
            response.closeHandler(closed -> {
                vertx.cancelTimer(pings);
                follower.close();
            });
        });
    }

    /** Writes events to one client, in which those that came before the head of the answer come first. */
    private static final class EventWriter implements EventFollower.Listener {
        private final HttpServerResponse response;
        private final StringBuilder early = new StringBuilder();
        private boolean begun;
        private Runnable overflow = () -> {};

        EventWriter(HttpServerResponse response) {
            this.response = response;
        }

        void begin(EventFollower follower) {
            begun = true;
            response.setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            response.drainHandler(drained -> follower.resume());
            overflow = follower::pause;
            write(": events of the manager\n\n" + early);
        }

        void ping() {
            if (!response.writeQueueFull()) {
                write(": ping\n\n");
            }
        }

        @Override
        public void event(EventRecord event) {
            write("id: " + event.sequence() + "\nevent: "
                    + RecordCodec.typeName(event.event().getClass()) + "\ndata: " + RecordCodec.encode(event) + "\n\n");
        }

        @Override
        public void gap(StreamMessage.Gap gap) {
            write("event: gap\ndata: " + RecordCodec.encode(gap) + "\n\n");
        }

        private void write(String text) {
            if (!begun) {
                early.append(text);
            } else if (!response.closed() && !response.ended()) {
                response.write(text);
                if (response.writeQueueFull()) {
                    overflow.run();
                }
            }
        }
    }
}
