package io.bulkhead.console.serial;

import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.MessageCodec;
import io.bulkhead.console.protocol.ProtocolException;
import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What is said on one connection, whatever carries it: a hello, then messages. Lives on the service's thread. */
public final class Conversation {
    /** Attaches a viewer; {@link Refusal} where that may not be. */
    public interface Attaching {
        Viewer attach(ClientMessage.Hello hello, ViewerSink sink);
    }

    private final Attaching attaching;
    private final ViewerSink sink;
    private Optional<Viewer> viewer = Optional.empty();
    private boolean ended;

    public Conversation(Attaching attaching, ViewerSink sink) {
        this.attaching = attaching;
        this.sink = sink;
    }

    /** One whole message came. */
    public void received(ByteBuffer message) {
        if (ended) {
            return;
        }
        try {
            take(MessageCodec.decodeClient(message));
        } catch (ProtocolException e) {
            refuse(Problem.of(ProblemCode.PROTOCOL_ERROR, String.valueOf(e.getMessage())));
        } catch (Refusal e) {
            refuse(e.problem());
        }
    }

    private void take(ClientMessage message) {
        if (viewer.isPresent()) {
            viewer.get().receive(message);
        } else if (message instanceof ClientMessage.Hello hello) {
            viewer = Optional.of(attaching.attach(hello, sink));
        } else {
            throw new ProtocolException("the first message is a hello");
        }
    }

    /** Whether the hello has come. */
    public boolean hasBegun() {
        return viewer.isPresent();
    }

    /** The connection takes more again. */
    public void writable() {
        viewer.ifPresent(Viewer::writable);
    }

    /** Ends it from this side. */
    public void refuse(Problem problem) {
        if (!ended) {
            ended = true;
            viewer.ifPresent(each -> each.detach(problem.detail()));
            sink.send(new ServerMessage.Refused(
                    problem.code(), problem.detail(), problem.remedy().orElse("")));
            sink.close();
        }
    }

    /** The connection is no more. */
    public void gone() {
        ended = true;
        viewer.ifPresent(each -> each.detach(""));
    }
}
