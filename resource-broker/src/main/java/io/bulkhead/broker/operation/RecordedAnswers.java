package io.bulkhead.broker.operation;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What requests with an idempotency key were answered, so that a repeated one gets the same answer instead of being
 * carried out again.
 *
 * <p>In memory only, for a day, bounded in number and bytes; the oldest goes first. After a restart of the control plane a
 * repeated request is carried out: that is safe because every verb is idempotent by itself and finds its work done, and
 * because only a token can be made twice, which its list shows.
 */
public final class RecordedAnswers {
    /** How long an answer is kept, milliseconds. */
    public static final long KEPT_MILLIS = 24 * 3_600_000L;

    /** How many keys are known at one time. */
    public static final int KEPT = 1_000;

    private static final long MOST_BYTES = 4 << 20;

    private final LongSupplier clockMillis;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param headers those to be given again
     * @param body as text, empty for none
     */
    public record Answer(int status, Map<String, String> headers, String body) {
        public Answer {
            headers = Map.copyOf(headers);
        }
    }

    /** What is known of a key. */
    public sealed interface Found {
        /** Nothing: the request is to be carried out and then {@link #finish}ed or {@link #forget forgotten}. */
        record Fresh() implements Found {}

        /** It has been answered. */
        record Answered(Answer answer) implements Found {}

        /** It is being carried out. */
        record Running() implements Found {}

        /** It was used for something else. */
        record OtherRequest() implements Found {}
    }

    private record Entry(String fingerprint, long sinceMillis, Optional<Answer> answer) {
        long size() {
            return answer.map(given -> (long) given.body().length()).orElse(0L);
        }
    }

    /** @param clockMillis milliseconds since 1970 UTC */
    public RecordedAnswers(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    /**
     * Looks a key up and takes it where it is free.
     *
     * @param key of one caller: two callers never share one
     * @param fingerprint the same for the same request only
     */
    public synchronized Found begin(String key, String fingerprint) {
        makeRoom();
        Entry entry = entries.get(key);
        if (entry == null) {
            entries.put(key, new Entry(fingerprint, clockMillis.getAsLong(), Optional.empty()));
            return new Found.Fresh();
        } else if (!entry.fingerprint().equals(fingerprint)) {
            return new Found.OtherRequest();
        }
        return entry.answer().<Found>map(Found.Answered::new).orElseGet(Found.Running::new);
    }

    /** Keeps the answer of a key that was begun. */
    public synchronized void finish(String key, Answer answer) {
        Entry begun = entries.get(key);
        if (begun != null && begun.answer().isEmpty()) {
            Entry ended = new Entry(begun.fingerprint(), begun.sinceMillis(), Optional.of(answer));
            entries.put(key, ended);
            bytes += ended.size();
            makeRoom();
        }
    }

    /** Gives a key back whose request had no lasting answer. */
    public synchronized void forget(String key) {
        Entry gone = entries.remove(key);
        bytes -= gone == null ? 0 : gone.size();
    }

    /** How many keys are known. */
    public synchronized int size() {
        return entries.size();
    }

    private void makeRoom() {
        long oldest = clockMillis.getAsLong() - KEPT_MILLIS;
        Iterator<Entry> all = entries.values().iterator();
        while (all.hasNext()) {
            Entry entry = all.next();
            boolean old = entry.sinceMillis() < oldest;
            // What is being carried out stays: its repetition must not run beside it.
            boolean tooMany = (entries.size() >= KEPT || bytes > MOST_BYTES)
                    && entry.answer().isPresent();
            if (old || tooMany) {
                bytes -= entry.size();
                all.remove();
            }
        }
    }
}
