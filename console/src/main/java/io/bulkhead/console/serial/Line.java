package io.bulkhead.console.serial;

import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.WindowSize;

/** The stream of one console from the manager, over as many connections as that takes. Lives on the service's thread. */
public interface Line extends AutoCloseable {
    /**
     * Types into the partition; where there is no connection, as soon as there is one.
     *
     * @param bytes handed over
     * @param taken is run when the manager has them
     */
    void type(byte[] bytes, Runnable taken);

    /** Sets the console's size. */
    void resize(WindowSize size);

    /** Whether there is a connection. */
    boolean isConnected();

    @Override
    void close();

    /** Is told what comes, in order and without a repeat: {@code output} and {@code gap} together leave nothing out. */
    interface Listener {
        /** Output. The array is handed over. */
        void output(long offset, byte[] bytes);

        /** The manager no longer has these. */
        void gap(long from, long to);

        /** May come more than once. */
        void mark(StreamMessage.Mark mark);

        /** The connection to the manager came, or came again. */
        void connected();

        /** It broke, or could not be made; it is tried again. */
        void disconnected(String reason);
    }
}
