package io.bulkhead.console.serial.client;

import io.bulkhead.broker.Refusals;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.client.ManagerStream;
import io.bulkhead.console.serial.Line;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.WireException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One console's stream from the manager: opened at an offset, and opened again at the next one whenever it breaks. It is the
 * manager's only writer of that console. Lives on the service's event loop.
 */
final class ManagerLine implements Line {
    /** How the manager knows the service among a console's viewers. */
    static final String VIEWER = "console-service";

    private static final Logger LOG = LoggerFactory.getLogger(ManagerLine.class);
    private static final long LEAST_WAIT_MILLIS = 20;
    private static final long MOST_WAIT_MILLIS = 1_000;
    private static final int MOST_DOUBLINGS = 10;

    private final ManagerClient manager;
    private final ServiceThread thread;
    private final PartitionName name;
    private final Listener listener;
    /** What was typed while there is no stream; bounded, as viewers have credit for so much only. */
    private final Deque<Typed> waiting = new ArrayDeque<>();

    private Optional<ManagerStream> stream = Optional.empty();
    private Optional<WindowSize> size = Optional.empty();
    private long next;
    private long position;
    private int failures;
    private boolean closed;

    private record Typed(byte[] bytes, Runnable taken) {}

    ManagerLine(ManagerClient manager, ServiceThread thread, PartitionName name, long from, Listener listener) {
        this.manager = manager;
        this.thread = thread;
        this.name = name;
        this.next = from;
        this.listener = listener;
        thread.execute(this::open);
    }

    private void open() {
        if (closed) {
            return;
        }
        manager.openStream(new Order.OpenConsole(name, VIEWER, true, true, 0, true, Optional.of(next)))
                .onSuccess(this::opened)
                .onFailure(failure -> again(Refusals.of(failure).problem().detail()));
    }

    private void opened(ManagerStream opened) {
        if (closed) {
            opened.close();
            return;
        }
        stream = Optional.of(opened);
        failures = 0;
        position = opened.offset();
        listener.connected();
        if (position > next) {
            gap(next, position);
        }
        opened.start(frame -> frame(opened, frame), () -> ended(opened));
        while (!waiting.isEmpty()) {
            Typed typed = waiting.remove();
            send(opened, typed.bytes(), typed.taken());
        }
    }

    private void ended(ManagerStream ended) {
        if (stream.filter(ended::equals).isPresent()) {
            stream = Optional.empty();
            again("the stream from the manager has ended");
        }
    }

    private void again(String reason) {
        if (closed) {
            return;
        }
        if (failures == 0) {
            LOG.atDebug()
                    .addKeyValue("partition", name)
                    .addKeyValue("reason", reason)
                    .log("A console is out of reach");
        }
        listener.disconnected(reason);
        long wait = Math.min(MOST_WAIT_MILLIS, LEAST_WAIT_MILLIS << Math.min(failures++, MOST_DOUBLINGS));
        thread.after(wait, this::open);
    }

    // ---- what comes

    private void frame(ManagerStream from, Frame frame) {
        if (closed || stream.filter(from::equals).isEmpty()) {
            return;
        }
        try {
            if (frame.kind() == Frame.Kind.OUTPUT) {
                output(frame.payload());
            } else {
                said(from, frame.as(StreamMessage.class));
            }
        } catch (WireException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("A console's stream is not understood");
            from.close();
        }
    }

    private void output(byte[] bytes) {
        long begin = position;
        position += bytes.length;
        if (position <= next) {
            return;
        }
        int known = (int) Math.max(0, next - begin);
        long offset = begin + known;
        next = position;
        listener.output(offset, known == 0 ? bytes : Arrays.copyOfRange(bytes, known, bytes.length));
    }

    private void said(ManagerStream from, StreamMessage message) {
        if (message instanceof StreamMessage.Gap gap) {
            gap(gap.from(), gap.to());
        } else if (message instanceof StreamMessage.Mark mark) {
            listener.mark(mark);
        } else if (message instanceof StreamMessage.WriterChanged) {
            // Somebody went past the service; the stream is opened anew with the writing.
            from.close();
        }
    }

    private void gap(long from, long to) {
        position = Math.max(position, to);
        if (to > next) {
            listener.gap(Math.max(from, next), to);
            next = to;
        }
    }

    // ---- what goes

    @Override
    public void type(byte[] bytes, Runnable taken) {
        if (stream.isPresent()) {
            send(stream.get(), bytes, taken);
        } else {
            waiting.add(new Typed(bytes, taken));
        }
    }

    /** What was on its way when a stream broke is lost, as it may have been typed already. */
    private static void send(ManagerStream to, byte[] bytes, Runnable taken) {
        to.write(new Frame(Frame.Kind.INPUT, bytes)).onComplete(sent -> taken.run());
    }

    @Override
    public void resize(WindowSize wanted) {
        size = Optional.of(wanted);
        stream.ifPresent(this::sendSize);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The stream's end is told of.
    private void sendSize(ManagerStream to) {
        size.ifPresent(wanted -> to.write(Frame.stream(new StreamMessage.Resize(wanted))));
    }

    @Override
    public boolean isConnected() {
        return stream.isPresent();
    }

    @Override
    public void close() {
        closed = true;
        stream.ifPresent(ManagerStream::close);
        stream = Optional.empty();
        waiting.clear();
    }
}
