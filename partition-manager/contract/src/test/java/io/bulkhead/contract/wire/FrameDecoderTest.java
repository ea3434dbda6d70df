package io.bulkhead.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    @Property
    void givesTheSameFramesWhateverThePieces(
            @ForAll @Size(max = 8) List<byte[]> payloads, @ForAll @IntRange(min = 1, max = 50) int pieceBytes) {
        ByteBuffer stream = ByteBuffer.allocate(100_000);
        payloads.forEach(payload -> stream.put(new Frame(Frame.Kind.INPUT, payload).toBytes()));
        stream.flip();
        FrameDecoder decoder = new FrameDecoder();

        List<Frame> frames = new ArrayList<>();
        while (stream.hasRemaining()) {
            int length = Math.min(pieceBytes, stream.remaining());
            frames.addAll(decoder.feed(stream.slice(stream.position(), length)));
            stream.position(stream.position() + length);
        }

        assertThat(frames).extracting(Frame::payload).containsExactlyElementsOf(payloads);
        assertThat(decoder.inMiddleOfFrame()).isFalse();
    }

    @Test
    void refusesAnUnknownKindAtOnce() {
        ByteBuffer garbage = ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> new FrameDecoder().feed(garbage))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("unknown kind 0x47");
    }

    @Test
    void refusesALengthBeyondTheMaximumBeforeThePayloadComes() {
        ByteBuffer header =
                ByteBuffer.allocate(Frame.HEADER_BYTES).put((byte) 'M').putInt(Frame.MAX_MESSAGE_BYTES + 1);

        assertThatThrownBy(() -> new FrameDecoder().feed(header.flip()))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("at most 1048576");
    }

    @Test
    void refusesANegativeLength() {
        ByteBuffer header =
                ByteBuffer.allocate(Frame.HEADER_BYTES).put((byte) 'I').putInt(-1);

        assertThatThrownBy(() -> new FrameDecoder().feed(header.flip())).hasMessageContaining("4294967295");
    }

    @Test
    void knowsThatAStreamWasCut() {
        FrameDecoder decoder = new FrameDecoder();

        assertThat(decoder.feed(ByteBuffer.wrap(new byte[] {'M', 0, 0}))).isEmpty();
        assertThat(decoder.inMiddleOfFrame()).isTrue();
    }
}
