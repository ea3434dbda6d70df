package io.bulkhead.console.ring;

import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage.Gap;
import java.nio.ByteBuffer;

/**
 * Where one viewer is in a console's stream. At every moment {@code delivered + skipped = offset - begin}.
 *
 * <p>What lies below {@code pastEnd} was there when the viewer attached, and is never jumped over for being slow: who asks
 * for the past gets it. Behind that, {@link LagPolicy#FOLLOW} and {@link LagPolicy#INTERACTIVE} jump once more than
 * {@link #WINDOW_BYTES} wait; the latter also where more than {@link #TYPING_BYTES} wait when something is typed, and for
 * {@link #TIGHT_MILLIS} after a key that interrupts (^C, ^Z, ^\), so that its effect is seen at once.
 */
public final class ViewerCursor {
    /** How far behind a viewer may be before it jumps. */
    public static final int WINDOW_BYTES = 256 << 10;

    /** How far behind one may be that types. */
    public static final int TYPING_BYTES = 32 << 10;

    /** For how long after an interrupting key the smaller bound holds. */
    public static final long TIGHT_MILLIS = 1_000;

    /** How much of the newest output is shown after a jump: a screen or two. */
    static final int AFTER_JUMP_BYTES = 4 << 10;

    private final LagPolicy policy;
    private final long begin;
    private final long pastEnd;
    private long offset;
    private long delivered;
    private long skipped;
    private boolean typed;
    private long tightUntil = Long.MIN_VALUE;

    /**
     * @param offset where it begins
     * @param pastEnd the end of the stream when it attached
     */
    public ViewerCursor(LagPolicy policy, long offset, long pastEnd) {
        this.policy = policy;
        this.begin = offset;
        this.offset = offset;
        this.pastEnd = pastEnd;
    }

    public long offset() {
        return offset;
    }

    /** Where it began. */
    public long begin() {
        return begin;
    }

    /** Bytes given to the viewer so far. */
    public long delivered() {
        return delivered;
    }

    /** Bytes that it did not get. */
    public long skipped() {
        return skipped;
    }

    /** Its user typed something. */
    public void typed(ByteBuffer keys, long nowMillis) {
        if (policy != LagPolicy.INTERACTIVE) {
            return;
        }
        typed = true;
        for (int i = keys.position(); i < keys.limit(); i++) {
            byte key = keys.get(i);
            if (key == 0x03 || key == 0x1A || key == 0x1C) {
                tightUntil = nowMillis + TIGHT_MILLIS;
            }
        }
    }

    /**
     * What comes next; the cursor has moved behind it when this returns, but for {@link Step.AskLog}.
     *
     * @param ring of the console
     * @param atMost how many bytes may be delivered, 1 or more
     */
    public Step next(ConsoleRing<?> ring, int atMost, long nowMillis) {
        boolean past = offset < pastEnd;
        if (!past && policy != LagPolicy.COMPLETE && isTooFarBehind(ring, nowMillis)) {
            return jump(ring);
        }
        typed = false;
        if (offset < ring.start()) {
            return new Step.AskLog(offset, past ? Math.min(pastEnd, ring.start()) : ring.start(), past);
        }
        int most = past ? (int) Math.min(atMost, pastEnd - offset) : atMost;
        Piece piece = ring.read(offset, most);
        if (piece instanceof Piece.Bytes bytes) {
            return deliver(bytes.bytes(), past);
        } else if (piece instanceof Piece.Hole hole) {
            return skip(hole.to(), Gap.Loss.LOST, false);
        }
        return new Step.Nothing();
    }

    private boolean isTooFarBehind(ConsoleRing<?> ring, long nowMillis) {
        long behind = ring.end() - offset;
        int window = typed || nowMillis < tightUntil ? TYPING_BYTES : WINDOW_BYTES;
        return offset < ring.start() || behind > window;
    }

    private Step jump(ConsoleRing<?> ring) {
        typed = false;
        long newest = Math.max(Math.max(offset, ring.start()), ring.end() - AFTER_JUMP_BYTES);
        long to = ring.nextLine(newest, AFTER_JUMP_BYTES / 2);
        return skip(to, Gap.Loss.SLOW, true);
    }

    private Step skip(long to, Gap.Loss cause, boolean jump) {
        long from = offset;
        skipped += to - from;
        offset = to;
        return new Step.Skip(from, to, cause, jump);
    }

    private Step deliver(ByteBuffer bytes, boolean past) {
        long from = offset;
        offset += bytes.remaining();
        delivered += bytes.remaining();
        return new Step.Deliver(from, bytes, past);
    }

    /**
     * What the log had at the cursor, after {@link Step.AskLog}.
     *
     * @param bytes what lies at the offset; empty where the log does not have it
     * @param next the offset from which it has something again; only where there are no bytes
     * @param ask the step that asked
     */
    public Step fromLog(Step.AskLog ask, ByteBuffer bytes, long next) {
        if (offset != ask.from()) {
            throw new IllegalStateException("the cursor is at " + offset + ", the log was asked for " + ask.from());
        }
        if (bytes.hasRemaining()) {
            if (offset + bytes.remaining() > ask.to()) {
                throw new IllegalArgumentException("the log gave more than was asked for");
            }
            return deliver(bytes, ask.past());
        }
        long to = Math.max(Math.min(next, ask.to()), offset);
        return to == offset ? skip(ask.to(), Gap.Loss.OLD, false) : skip(to, Gap.Loss.OLD, false);
    }
}
