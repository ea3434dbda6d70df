package io.bulkhead.console.lease;

import io.bulkhead.console.protocol.ServerMessage.Answered.Answer;
import io.bulkhead.console.protocol.ServerMessage.WriterChanged.Cause;
import io.bulkhead.console.protocol.Wish;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The right to type on one console.
 *
 * <pre>
 *            attach(WRITE), nobody writes                        take-over, grant: back to the head of the queue
 *   (none) ──────────────────────────────▶ writes ◀───────────────────────────────────────┐
 *     │                                      │  ▲                                          │
 *     │ attach(WRITE), somebody writes       │  │ promoted, granted, taken over            │
 *     ├────────────────────────────────▶ waits ──┘◀── request ── views ◀── release, idle ──┘
 *     └─ attach(VIEW) ─────────────────────────────────────────▶ views
 * </pre>
 *
 * At most one viewer writes. Whoever waits does so in one order, and becomes the writer when the lease is free. A request
 * puts its viewer into the queue and asks the writer; it ends exactly once: granted, declined, timed out, or withdrawn
 * because whoever asked writes, left or gave up. A request that was not granted leaves its viewer waiting.
 */
public final class WriterLease {
    private final LeaseOptions options;
    private final List<Long> queue = new ArrayList<>();
    /** By viewer in the order in which they asked, until when the answer must come. */
    private final Map<Long, Long> asking = new LinkedHashMap<>();

    private OptionalLong writer = OptionalLong.empty();
    private long lastTypedMillis;
    private long promoteAfterMillis = Long.MIN_VALUE;
    private List<LeaseNews> news = new ArrayList<>();

    public WriterLease(LeaseOptions options) {
        this.options = options;
    }

    public OptionalLong writer() {
        return writer;
    }

    public boolean isWriter(long viewer) {
        return writer.isPresent() && writer.getAsLong() == viewer;
    }

    /** Those who wait, the next one first. */
    public List<Long> queue() {
        return List.copyOf(queue);
    }

    /** Those whose requests are open, the oldest first; all of them wait. */
    public List<Long> asking() {
        return List.copyOf(asking.keySet());
    }

    /** The place in the queue from 1; 0 for who does not wait. */
    public int place(long viewer) {
        return queue.indexOf(viewer) + 1;
    }

    // ---- what viewers do

    /** Somebody comes, who is not there yet. */
    public List<LeaseNews> attach(long viewer, Wish wish, String reason, long nowMillis) {
        switch (wish) {
            case VIEW -> {}
            case TAKE_OVER -> take(viewer, reason, nowMillis);
            case RESUME -> {
                if (writer.isEmpty()) {
                    change(OptionalLong.of(viewer), Cause.ATTACHED, "", nowMillis);
                } else {
                    queue.add(0, viewer);
                    queueChanged();
                }
            }
            case WRITE, WAIT -> {
                queue.add(viewer);
                if (wish == Wish.WAIT && writer.isEmpty()) {
                    promoteAfterMillis = Math.max(promoteAfterMillis, nowMillis + options.graceMillis());
                }
                if (writer.isEmpty() && queue.size() == 1 && wish == Wish.WRITE) {
                    promote(Cause.ATTACHED, nowMillis);
                } else {
                    queueChanged();
                }
            }
        }
        return told();
    }

    /** Somebody leaves. */
    public List<LeaseNews> detach(long viewer, long nowMillis) {
        if (leaveQueue(viewer, Answer.WITHDRAWN)) {
            queueChanged();
        }
        if (isWriter(viewer)) {
            giveUp(Cause.DETACHED, nowMillis);
        }
        return told();
    }

    /** Asks for the writing; gets it where it is free. */
    public List<LeaseNews> request(long viewer, long nowMillis) {
        if (isWriter(viewer) || asking.containsKey(viewer)) {
            return told();
        }
        if (!queue.contains(viewer)) {
            queue.add(viewer);
            if (writer.isPresent()) {
                queueChanged();
            }
        }
        if (writer.isEmpty()) {
            promote(Cause.PROMOTED, nowMillis);
        } else {
            asking.put(viewer, nowMillis + options.requestMillis());
            news.add(new LeaseNews.Asked(viewer, writer.getAsLong(), options.requestMillis()));
        }
        return told();
    }

    /** The writer hands the writing to whoever asked first; of others, and where nobody asks, it means nothing. */
    public List<LeaseNews> grant(long viewer, long nowMillis) {
        if (isWriter(viewer) && !asking.isEmpty()) {
            long next = asking.keySet().iterator().next();
            leaveQueue(next, Answer.GRANTED);
            queue.add(0, viewer);
            change(OptionalLong.of(next), Cause.GRANTED, "", nowMillis);
        }
        return told();
    }

    /** The writer keeps it from whoever asked first. */
    public List<LeaseNews> decline(long viewer) {
        if (isWriter(viewer) && !asking.isEmpty()) {
            answer(asking.keySet().iterator().next(), Answer.DECLINED);
        }
        return told();
    }

    /** Takes the writing; whoever had it is the next to have it. */
    public List<LeaseNews> takeOver(long viewer, String reason, long nowMillis) {
        if (!isWriter(viewer)) {
            take(viewer, reason, nowMillis);
        }
        return told();
    }

    private void take(long viewer, String reason, long nowMillis) {
        leaveQueue(viewer, Answer.WITHDRAWN);
        writer.ifPresent(before -> queue.add(0, before));
        change(OptionalLong.of(viewer), Cause.TAKEN_OVER, reason, nowMillis);
    }

    /** Gives the writing, or the place in the queue, back. */
    public List<LeaseNews> release(long viewer, long nowMillis) {
        if (leaveQueue(viewer, Answer.WITHDRAWN)) {
            queueChanged();
        }
        if (isWriter(viewer)) {
            giveUp(Cause.RELEASED, nowMillis);
        }
        return told();
    }

    /** Somebody types: whether that one may. */
    public boolean typed(long viewer, long nowMillis) {
        if (!isWriter(viewer)) {
            return false;
        }
        lastTypedMillis = nowMillis;
        return true;
    }

    /** Time passes: requests time out, who is idle gives the writing up, and who waits after a restart is let in. */
    public List<LeaseNews> tick(long nowMillis) {
        for (Map.Entry<Long, Long> each : List.copyOf(asking.entrySet())) {
            if (each.getValue() <= nowMillis) {
                answer(each.getKey(), Answer.TIMED_OUT);
            }
        }
        if (writer.isPresent() && options.idleMillis() > 0 && nowMillis - lastTypedMillis >= options.idleMillis()) {
            giveUp(Cause.IDLE, nowMillis);
        }
        if (writer.isEmpty() && !queue.isEmpty() && nowMillis >= promoteAfterMillis) {
            promote(Cause.PROMOTED, nowMillis);
        }
        return told();
    }

    // ---- what comes of it

    private void giveUp(Cause cause, long nowMillis) {
        if (queue.isEmpty()) {
            change(OptionalLong.empty(), cause, "", nowMillis);
        } else {
            promote(Cause.PROMOTED, nowMillis);
        }
    }

    private void promote(Cause cause, long nowMillis) {
        long next = queue.get(0);
        leaveQueue(next, Answer.WITHDRAWN);
        change(OptionalLong.of(next), cause, "", nowMillis);
    }

    private void change(OptionalLong to, Cause cause, String reason, long nowMillis) {
        OptionalLong from = writer;
        writer = to;
        lastTypedMillis = nowMillis;
        news.add(new LeaseNews.Changed(from, to, cause, reason));
        // Whoever writes now has to answer those who still ask.
        if (to.isPresent()) {
            asking.forEach((viewer, until) ->
                    news.add(new LeaseNews.Asked(viewer, to.getAsLong(), Math.max(0, until - nowMillis))));
        }
    }

    /** Whether it waited. */
    private boolean leaveQueue(long viewer, Answer answer) {
        if (asking.containsKey(viewer)) {
            answer(viewer, answer);
        }
        return queue.remove((Long) viewer);
    }

    private void answer(long viewer, Answer answer) {
        asking.remove(viewer);
        news.add(new LeaseNews.Answered(viewer, writer, answer));
    }

    private void queueChanged() {
        news.add(new LeaseNews.QueueChanged());
    }

    private List<LeaseNews> told() {
        List<LeaseNews> all = List.copyOf(news);
        news = new ArrayList<>();
        return all;
    }
}
