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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The manager's journal: as it is now, or followed as server-sent events (WHATWG HTML, section 9.2). A client that reads
 * too slowly holds its own stream up and nobody else's; the manager tells it of the gap.
 */
final class EventEndpoint {
    private static final String LIST = "events";

    /** The most that one answer holds of the journal; the next one is asked for with its cursor. */
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
        Paging paging = Paging.of(exchange, LIST, MOST_EVENTS);
        long after = exchange.header("Last-Event-ID")
                .or(() -> exchange.parameter("after"))
                .map(EventEndpoint::sequence)
                .orElse(0L);
        if (exchange.truth("follow").orElse(true)) {
            if (exchange.parameter(Paging.LIMIT)
                    .or(() -> exchange.parameter(Paging.CURSOR))
                    .isPresent()) {
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "limit and cursor are for pages of the journal, not for following it",
                        "add follow=false, or use after");
            }
            follow(exchange, after);
        } else {
            list(exchange, Math.max(after, paging.number(LIST)), paging.limit());
        }
    }

    private static long sequence(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "'" + text + "' is not the number of an event");
        }
        return Long.parseLong(text);
    }

    // ---- as it is now

    private void list(Exchange exchange, long after, int limit) {
        List<EventRecord> events = new ArrayList<>();
        AtomicReference<Json.@Nullable Obj> lost = new AtomicReference<>();
        Promise<Boolean> complete = Promise.promise();
        long timer = vertx.setTimer(
                limits.requestMillis(),
                late -> complete.tryFail(
                        Refusal.of(ProblemCode.TIMED_OUT, "the manager did not send its journal in time")));
        Future<EventFollower> opened = EventFollower.open(manager, after, new EventFollower.Listener() {
            @Override
            public void event(EventRecord event) {
                if (events.size() <= limit) {
                    events.add(event);
                } else {
                    complete.tryComplete(true);
                }
            }

            @Override
            public void gap(StreamMessage.Gap gap) {
                lost.set(fellOff(gap));
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
                Json.Obj body = new Paging(limit, Optional.empty())
                        .body(LIST, events, event -> Long.toString(event.sequence()), RecordCodec::encode);
                Json.Obj gone = lost.get();
                exchange.json(200, gone == null ? body : body.with("fellOff", gone));
            } else {
                exchange.refuse(ended.cause());
            }
        });
    }

    /**
     * What somebody is told who comes too late or is too slow: the number of the first event that there still is, and how
     * many numbers lie before it. Numbers jump when the manager starts, so that so many events are the most that are lost.
     */
    private static Json.Obj fellOff(StreamMessage.Gap gap) {
        return new Json.Obj(Map.of()).with("first", Json.of(gap.to())).with("lost", Json.of(gap.to() - gap.from()));
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
            // Its number is that of the last one lost: who connects again by it is not told twice.
            write("id: " + (gap.to() - 1) + "\nevent: fell-off\ndata: " + fellOff(gap) + "\n\n");
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
