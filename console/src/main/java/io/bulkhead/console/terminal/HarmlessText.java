package io.bulkhead.console.terminal;

import java.io.ByteArrayOutputStream;

/**
 * Takes every escape sequence and every control character but newline, carriage return before a newline, and tab out
 * of a stream, so that text from a partition cannot do anything to the terminal that shows it. For one thread.
 */
public final class HarmlessText {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final EscapeScanner scanner = new EscapeScanner(new EscapeScanner.Sink() {
        @Override
        public void text(int oneByte) {
            out.write(oneByte);
        }

        @Override
        public void control(int code) {
            if (code == '\n' || code == '\t') {
                out.write(code);
            }
        }

        @Override
        public void sequence(char introducer, byte[] body) {
            // Nothing of it is text.
        }

        @Override
        public void discarded() {
            // Nothing of it is text.
        }
    });

    /** What is left of the next piece. */
    public byte[] pass(byte[] piece) {
        out.reset();
        scanner.feed(piece);
        return out.toByteArray();
    }
}
