package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Whatever a stranger sends as messages ends in a refusal, once, and in nothing else. */
class ConversationLawsTest {
    private static final class Recorder implements ViewerSink {
        private final List<ServerMessage> sent = new ArrayList<>();
        private int closed;

        @Override
        public void send(ServerMessage message) {
            sent.add(message);
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Property(tries = 2_000)
    void refusesOnceWhateverComes(@ForAll @Size(min = 1, max = 20) List<byte[]> messages) {
        Recorder sink = new Recorder();
        Conversation conversation = new Conversation(
                (hello, to) -> {
                    throw Refusal.of(ProblemCode.NOT_FOUND, "there is no partition db");
                },
                sink);

        messages.forEach(message -> conversation.received(ByteBuffer.wrap(message)));

        assertThat(sink.sent).hasSize(1).first().isInstanceOf(ServerMessage.Refused.class);
        assertThat(sink.closed).isEqualTo(1);
        assertThat(conversation.hasBegun()).isFalse();
    }
}
