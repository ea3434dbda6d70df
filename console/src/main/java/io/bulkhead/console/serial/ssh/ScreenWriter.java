package io.bulkhead.console.serial.ssh;

import io.bulkhead.console.serial.ServiceThread;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.sshd.common.io.IoOutputStream;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** What a client is sent: one write under way, and what was put behind it. On the service's thread. */
final class ScreenWriter {
    private final IoOutputStream out;
    private final ServiceThread thread;
    private final PacketThread packets;
    private final Listener listener;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean writing;

    /** Who is told, on the service's thread. */
    interface Listener {
        /** All that was put has been written. */
        void written();

        /** Nothing can be written any more. */
        void broken();
    }

    ScreenWriter(IoOutputStream out, ServiceThread thread, PacketThread packets, Listener listener) {
        this.out = out;
        this.thread = thread;
        this.packets = packets;
        this.listener = listener;
    }

    boolean isIdle() {
        return !writing && waiting.size() == 0;
    }

    void put(byte[] bytes) {
        waiting.writeBytes(bytes);
        writeOn();
    }

    private void writeOn() {
        if (!writing && waiting.size() > 0) {
            writing = true;
            byte[] piece = waiting.toByteArray();
            waiting.reset();
            packets.execute(() -> write(piece));
        }
    }

    private void write(byte[] piece) {
        try {
            out.writeBuffer(new ByteArrayBuffer(piece))
                    .addListener(done -> thread.execute(() -> ended(done.isWritten())));
        } catch (IOException | RuntimeException e) {
            thread.execute(() -> ended(false));
        }
    }

    private void ended(boolean well) {
        writing = false;
        if (!well) {
            waiting.reset();
            listener.broken();
            return;
        }
        writeOn();
        if (!writing) {
            listener.written();
        }
    }
}
