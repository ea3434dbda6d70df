package io.bulkhead.broker.client;

import io.bulkhead.contract.wire.Frame;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * A console, a command or the events of the manager, on a connection of its own. Begins paused.
 *
 * <p>Lives on the event loop on which it was opened; not to be touched from elsewhere. Owned by whoever opened it, who
 * closes it.
 */
public final class ManagerStream implements AutoCloseable {
    private final ManagerConnection connection;
    private final long offset;

    ManagerStream(ManagerConnection connection, long offset) {
        this.connection = connection;
        this.offset = offset;
    }

    /** Offset of the first byte or the sequence number before the first event. */
    public long offset() {
        return offset;
    }

    /** Sets who takes the frames, and who is told of the end (once, behind the last frame), then lets them come. */
    public void start(Consumer<Frame> frames, Runnable end) {
        connection.onFrame(frames::accept);
        connection.onClose(end);
        connection.resume();
    }

    /** Lets no more frames come: the manager is held up in turn. */
    public void pause() {
        connection.pause();
    }

    public void resume() {
        connection.resume();
    }

    /** Sends a frame to the manager; completes when it has left, fails when the stream has ended. */
    public Future<Void> write(Frame frame) {
        return connection.write(frame);
    }

    /** Whether to stop writing until {@link #onDrain} calls. */
    public boolean writeQueueFull() {
        return connection.writeQueueFull();
    }

    public void onDrain(Runnable handler) {
        connection.onDrain(handler);
    }

    /** Ends the stream at once; frames whose writing has not completed may be lost. */
    @Override
    public void close() {
        connection.close();
    }
}
