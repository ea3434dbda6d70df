package io.bulkhead.contract.order;

import io.bulkhead.contract.partition.WindowSize;

/** What is said beside the bytes on a stream. */
public sealed interface StreamMessage {
    /**
     * To the client: these bytes or events are lost for this viewer, which was too slow or came too late.
     *
     * @param from first lost offset or sequence number
     * @param to first one that comes again
     */
    record Gap(long from, long to) implements StreamMessage {}

    /**
     * To the client, once on a stream of events: the journal's past has been sent, what follows is new.
     *
     * @param sequence the number of the last event that the journal had, 0 if it had none
     */
    record CaughtUp(long sequence) implements StreamMessage {}

    /** To the client: another viewer has taken the writing over; this one goes on viewing. */
    record WriterChanged(String writer) implements StreamMessage {}

    /**
     * To the client, last: the command has ended.
     *
     * @param status its exit status, or 128 + the number of the signal that killed it
     */
    record Exited(int status) implements StreamMessage {}

    /** To the manager: the terminal's size has changed. */
    record Resize(WindowSize size) implements StreamMessage {}

    /** To the manager: no more input will come for the command. */
    record EndOfInput() implements StreamMessage {}

    /**
     * To the manager: sends a signal to the command.
     *
     * @param number 1 to 64
     */
    record Signal(int number) implements StreamMessage {
        public Signal {
            if (number < 1 || number > 64) {
                throw new IllegalArgumentException("a signal is 1 to 64: " + number);
            }
        }
    }
}
