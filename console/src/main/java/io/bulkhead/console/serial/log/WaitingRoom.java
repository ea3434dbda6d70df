package io.bulkhead.console.serial.log;

import io.bulkhead.console.serial.log.IndexRecord.Moment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits of one console, in bounded memory: what does not find room becomes a gap, which has its place. For one thread
 * at a time.
 */
final class WaitingRoom {
    /** What each console has for itself, so that a few that flood do not take the others' room. */
    static final int OWN_BYTES = 64 << 10;

    /** How long output that comes in small pieces is one record, which has one time. */
    private static final long TOGETHER_NANOS = 20_000_000;

    /** How many items wait before gaps of several reasons become one. */
    private static final int MOST_ITEMS = 50_000;

    private final int mostBytes;
    private final long sharedBytes;
    private final AtomicLong shared;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long bytes;
    private long end;
    private long lost;
    private long lostMarks;

    /**
     * @param mostBytes the most that waits here
     * @param sharedBytes the most that all rooms take beyond {@link #OWN_BYTES} each
     * @param shared how much of that they take
     */
    WaitingRoom(int mostBytes, long sharedBytes, AtomicLong shared) {
        this.mostBytes = mostBytes;
        this.sharedBytes = sharedBytes;
        this.shared = shared;
    }

    /** The offset behind all that came. */
    long end() {
        return end;
    }

    /** Says how far the files are, where that is farther. */
    void startAt(long offset) {
        end = Math.max(end, offset);
    }

    /** How many bytes of output found no room. */
    long lost() {
        return lost;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void output(long offset, byte[] source, int start, int length, Moment moment) {
        int known = (int) Math.max(0, Math.min(length, end - offset));
        int at = start + known;
        int left = length - known;
        missing(offset, moment);
        while (left > 0) {
            int piece = addToLast(source, at, left, moment);
            if (piece == 0) {
                piece = Math.min(left, IndexRecord.MOST_OUTPUT_BYTES);
                if (!take(piece + Waiting.OVERHEAD)) {
                    lose(left, moment);
                    return;
                }
                waiting.addLast(new Waiting.Output(end, source, at, piece, moment));
            }
            end += piece;
            at += piece;
            left -= piece;
        }
    }

    private int addToLast(byte[] source, int start, int length, Moment moment) {
        if (waiting.peekLast() instanceof Waiting.Output last
                && moment.monotonicNanos() - last.moment().monotonicNanos() < TOGETHER_NANOS) {
            int piece = Math.min(length, IndexRecord.MOST_OUTPUT_BYTES - last.length());
            if (piece > 0 && take(piece)) {
                last.add(source, start, piece);
                return piece;
            }
        }
        return 0;
    }

    private void missing(long offset, Moment moment) {
        if (offset > end) {
            gap(end, offset, "not handed over", moment);
        }
    }

    /** Output for which there is no room: one gap, however much comes. */
    private void lose(int length, Moment moment) {
        lost += length;
        gapAtEnd(end + length, "the disk did not take it in time", moment);
    }

    void gap(long from, long to, String reason, Moment moment) {
        missing(from, moment);
        if (to > end) {
            gapAtEnd(to, reason, moment);
        }
    }

    private void gapAtEnd(long to, String reason, Moment moment) {
        if (waiting.peekLast() instanceof Waiting.Gap last
                && (last.reason().equals(reason) || waiting.size() >= MOST_ITEMS)) {
            waiting.removeLast();
            waiting.addLast(new Waiting.Gap(last.from(), to, last.reason(), last.moment()));
        } else {
            // There is always room for it: a gap that nobody knows of would be the worst that a log can do.
            waiting.addLast(new Waiting.Gap(end, to, reason, moment));
        }
        end = to;
    }

    void mark(long offset, EntryKind kind, String detail, Moment moment) {
        missing(offset, moment);
        Waiting.Mark mark = new Waiting.Mark(end, kind, detail, moment);
        if (take(mark.cost()) || overdraw(mark.cost())) {
            waiting.addLast(mark);
        } else {
            lostMarks++;
        }
    }

    /** How many events found no room. */
    long lostMarks() {
        return lostMarks;
    }

    /** Takes out what waits. */
    List<Waiting> takeAll() {
        List<Waiting> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    /** Puts back, before what came meanwhile, what could not be written. */
    void putBack(List<Waiting> items) {
        for (int i = items.size() - 1; i >= 0; i--) {
            if (items.get(i) instanceof Waiting.Gap gap
                    && waiting.peekFirst() instanceof Waiting.Gap next
                    && gap.reason().equals(next.reason())) {
                // A disk that is full for long is one gap, however often it was tried.
                waiting.removeFirst();
                waiting.addFirst(new Waiting.Gap(gap.from(), next.to(), gap.reason(), gap.moment()));
            } else {
                waiting.addFirst(items.get(i));
            }
        }
    }

    /** Gives the room of what has been written to others. */
    void release(List<Waiting> written) {
        giveBack(written.stream().mapToLong(Waiting::cost).sum());
    }

    private boolean take(long cost) {
        if (bytes + cost > mostBytes) {
            return false;
        }
        long more = beyondOwn(bytes + cost) - beyondOwn(bytes);
        if (more > 0 && shared.addAndGet(more) > sharedBytes) {
            shared.addAndGet(-more);
            return false;
        }
        bytes += cost;
        return true;
    }

    /** Events are few and small: they find room where output does not, {@link #OWN_BYTES} of it. */
    private boolean overdraw(long cost) {
        if (bytes + cost > mostBytes + OWN_BYTES) {
            return false;
        }
        shared.addAndGet(beyondOwn(bytes + cost) - beyondOwn(bytes));
        bytes += cost;
        return true;
    }

    private void giveBack(long cost) {
        shared.addAndGet(beyondOwn(bytes - cost) - beyondOwn(bytes));
        bytes -= cost;
    }

    private static long beyondOwn(long bytes) {
        return Math.max(0, bytes - OWN_BYTES);
    }
}
