package io.bulkhead.manager.server;

import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.manager.journal.Journal;
import java.io.IOException;
import java.time.Duration;

/** The journal as a stream, until the peer leaves. A peer that is slow loses events, and is told which. */
final class EventStream {
    private static final int PAGE = 64;

    /** How soon a peer's leaving is noticed while nothing happens. */
    private static final Duration LOOK_UP = Duration.ofMillis(500);

    private final FrameChannel channel;
    private final Journal journal;

    EventStream(FrameChannel channel, Journal journal) {
        this.channel = channel;
        this.journal = journal;
    }

    /** Says that it is open. */
    interface Opening {
        void say(Reply reply) throws IOException;
    }

    void run(long after, Opening opening) throws IOException, InterruptedException {
        opening.say(new Reply.StreamOpened(after));
        long seen = sendPast(after);
        channel.write(Frame.stream(new StreamMessage.CaughtUp(seen)));
        while (!channel.peerHasLeft()) {
            if (journal.awaitAfter(seen, LOOK_UP)) {
                seen = send(journal.after(seen, PAGE));
            }
        }
    }

    /** Sends all that the journal has now; returns the last number. */
    private long sendPast(long after) throws IOException {
        long seen = after;
        Journal.Page page;
        do {
            page = journal.after(seen, PAGE);
            seen = send(page);
        } while (!page.events().isEmpty());
        return seen;
    }

    private long send(Journal.Page page) throws IOException {
        if (page.gap().isPresent()) {
            channel.write(Frame.stream(page.gap().get()));
        }
        for (EventRecord event : page.events()) {
            channel.write(Frame.event(event));
        }
        return page.next();
    }
}
