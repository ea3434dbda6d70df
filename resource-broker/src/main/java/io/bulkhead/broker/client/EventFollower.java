package io.bulkhead.broker.client;

import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.WireException;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the manager's journal, across restarts of the manager: after the stream broke it goes on behind the last
 * event seen. Lives on the event loop on which it was opened; owned by whoever opened it, who closes it.
 */
public final class EventFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);

    private final ManagerClient client;
    private final Listener listener;
    private long lastSequence;
    private Optional<ManagerStream> stream = Optional.empty();
    private int failures;
    private boolean paused;
    private boolean closed;

    /** Is told of the events in their order. */
    public interface Listener {
        void event(EventRecord event);

        /** The journal no longer has these. */
        void gap(StreamMessage.Gap gap);

        /** All that the journal had has been told; comes again after the manager was restarted. */
        default void caughtUp(long sequence) {}
    }

    private EventFollower(ManagerClient client, long afterSequence, Listener listener) {
        this.client = client;
        this.lastSequence = afterSequence;
        this.listener = listener;
    }

    /** Opens the first stream; fails with a refusal if the manager does not let it open. */
    public static Future<EventFollower> open(ManagerClient client, long afterSequence, Listener listener) {
        EventFollower follower = new EventFollower(client, afterSequence, listener);
        return client.openStream(new Order.FollowEvents(afterSequence)).map(stream -> {
            follower.follow(stream);
            return follower;
        });
    }

    /** Lets no more events come for now. */
    public void pause() {
        paused = true;
        stream.ifPresent(ManagerStream::pause);
    }

    public void resume() {
        paused = false;
        stream.ifPresent(ManagerStream::resume);
    }

    @Override
    public void close() {
        closed = true;
        stream.ifPresent(ManagerStream::close);
    }

    private void follow(ManagerStream opened) {
        if (closed) {
            opened.close();
            return;
        }
        stream = Optional.of(opened);
        opened.start(frame -> frame(opened, frame), this::ended);
        if (paused) {
            opened.pause();
        }
    }

    private void frame(ManagerStream from, Frame frame) {
        try {
            Json message = JsonReader.read(frame.payload());
            if (message instanceof Json.Obj object && object.members().containsKey("event")) {
                EventRecord event = frame.as(EventRecord.class);
                lastSequence = event.sequence();
                failures = 0;
                listener.event(event);
            } else {
                StreamMessage said = frame.as(StreamMessage.class);
                if (said instanceof StreamMessage.Gap gap) {
                    listener.gap(gap);
                } else if (said instanceof StreamMessage.CaughtUp caughtUp) {
                    failures = 0;
                    listener.caughtUp(caughtUp.sequence());
                }
            }
        } catch (WireException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("An event of the manager is not understood");
            from.close();
        }
    }

    private void ended() {
        stream = Optional.empty();
        if (closed) {
            return;
        }
        failures++;
        client.vertx().setTimer(client.options().backoffMillis(failures), again -> {
            if (!closed) {
                client.openStream(new Order.FollowEvents(lastSequence))
                        .onSuccess(this::follow)
                        .onFailure(failure -> ended());
            }
        });
    }
}
