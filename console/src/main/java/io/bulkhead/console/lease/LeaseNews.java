package io.bulkhead.console.lease;

import io.bulkhead.console.protocol.ServerMessage.Answered.Answer;
import io.bulkhead.console.protocol.ServerMessage.WriterChanged.Cause;
import java.util.OptionalLong;

/** What changed about a lease, for the viewers to be told. */
public sealed interface LeaseNews {
    /** Somebody else writes, or nobody. */
    record Changed(OptionalLong from, OptionalLong to, Cause cause, String reason) implements LeaseNews {}

    /** The queue is another one; who writes has not changed. */
    record QueueChanged() implements LeaseNews {}

    /** Somebody asks the writer. */
    record Asked(long viewer, long writer, long millisLeft) implements LeaseNews {}

    /** A request has ended; each that was made ends once. */
    record Answered(long viewer, OptionalLong writer, Answer answer) implements LeaseNews {}
}
