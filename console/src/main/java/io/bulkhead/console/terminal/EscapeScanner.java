package io.bulkhead.console.terminal;

import java.io.ByteArrayOutputStream;

/**
 * Cuts a stream of UTF-8 bytes into text, control characters and escape sequences (ECMA-48 section 5; xterm's
 * "Control Sequences"), whatever the pieces it comes in.
 *
 * <p>The C1 controls count as what they stand for in their UTF-8 form (C2 80 to C2 9F), as terminals take them; a
 * stray byte of that range is text. A sequence longer than {@link #MOST_SEQUENCE_BYTES} is handed on as an overlong
 * one. For one thread.
 */
final class EscapeScanner {
    /** More than any sequence that changes a screen needs; pictures and clipboards can be longer. */
    static final int MOST_SEQUENCE_BYTES = 4096;

    private static final int BELL = 0x07;
    private static final int CANCEL = 0x18;
    private static final int SUBSTITUTE = 0x1A;
    private static final int ESCAPE = 0x1B;
    private static final int DELETE = 0x7F;
    private static final int C1_LEAD = 0xC2;

    /** Takes the pieces. Sequences come with their introducer in its 7-bit form. */
    interface Sink {
        void text(int oneByte);

        void control(int code);

        /**
         * @param introducer the byte after ESC: {@code [} for CSI, {@code ]} for OSC, {@code P} for DCS, ...
         * @param body what follows, without a string's terminator
         */
        void sequence(char introducer, byte[] body);

        /** A sequence that was too long to be kept, or was cut. */
        void discarded();
    }

    private enum At {
        GROUND,
        C1,
        ESCAPE,
        NAMED,
        CONTROL_SEQUENCE,
        STRING,
        STRING_ESCAPE,
        STRING_C1
    }

    private final Sink sink;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private At at = At.GROUND;
    private char introducer;
    private boolean overlong;
    private int continuation;

    EscapeScanner(Sink sink) {
        this.sink = sink;
    }

    void feed(byte[] bytes) {
        for (byte each : bytes) {
            feed(each & 0xFF);
        }
    }

    /** Whether everything that was fed has been handed on. */
    boolean isBetweenSequences() {
        return at == At.GROUND;
    }

    void feed(int b) {
        if (at != At.GROUND && at != At.C1 && (b == CANCEL || b == SUBSTITUTE)) {
            sink.discarded();
            at = At.GROUND;
            return;
        }
        switch (at) {
            case GROUND -> ground(b);
            case C1 -> c1(b);
            case ESCAPE -> afterEscape(b);
            case NAMED -> named(b);
            case CONTROL_SEQUENCE -> controlSequence(b);
            case STRING -> string(b);
            case STRING_ESCAPE -> stringEscape(b);
            case STRING_C1 -> stringC1(b);
        }
    }

    private void ground(int b) {
        if (continuation > 0 && (b & 0xC0) == 0x80) {
            continuation--;
            sink.text(b);
            return;
        }
        continuation = 0;
        if (b == ESCAPE) {
            at = At.ESCAPE;
        } else if (b < 0x20 || b == DELETE) {
            sink.control(b);
        } else if (b == C1_LEAD) {
            at = At.C1;
        } else {
            continuation = b >= 0xF0 ? 3 : b >= 0xE0 ? 2 : b >= 0xC3 ? 1 : 0;
            sink.text(b);
        }
    }

    private void c1(int b) {
        at = At.GROUND;
        if (b >= 0x80 && b <= 0x9F) {
            afterEscape(b - 0x40);
        } else {
            sink.text(C1_LEAD);
            if ((b & 0xC0) == 0x80) {
                sink.text(b);
            } else {
                ground(b);
            }
        }
    }

    private void afterEscape(int b) {
        if (b == ESCAPE) {
            sink.discarded();
            at = At.ESCAPE;
        } else if (b < 0x20) {
            sink.control(b);
        } else if (b == '[') {
            begin('[', At.CONTROL_SEQUENCE);
        } else if (b == ']' || b == 'P' || b == 'X' || b == '^' || b == '_') {
            begin((char) b, At.STRING);
        } else if (b <= 0x2F) {
            begin((char) b, At.NAMED);
        } else if (b < DELETE) {
            at = At.GROUND;
            sink.sequence((char) b, new byte[0]);
        } else {
            at = At.GROUND;
            sink.discarded();
        }
    }

    private void begin(char first, At next) {
        introducer = first;
        body.reset();
        overlong = false;
        at = next;
    }

    /** ESC, intermediate bytes 20 to 2F, a final byte 30 to 7E. */
    private void named(int b) {
        sequenceByte(b, 0x30);
    }

    /** CSI, parameters 30 to 3F, intermediates 20 to 2F, a final byte 40 to 7E. */
    private void controlSequence(int b) {
        sequenceByte(b, 0x40);
    }

    private void sequenceByte(int b, int leastFinal) {
        if (b == ESCAPE) {
            sink.discarded();
            at = At.ESCAPE;
        } else if (b < 0x20) {
            // Terminals carry such a control out in the middle of a sequence.
            sink.control(b);
        } else if (b >= DELETE) {
            sink.discarded();
            at = At.GROUND;
        } else {
            keep(b);
            if (b >= leastFinal) {
                end();
            }
        }
    }

    private void string(int b) {
        if (b == ESCAPE) {
            at = At.STRING_ESCAPE;
        } else if (b == BELL) {
            end();
        } else if (b == C1_LEAD) {
            at = At.STRING_C1;
        } else {
            keep(b);
        }
    }

    private void stringEscape(int b) {
        if (b == '\\') {
            end();
        } else {
            // ESC ends a string, whatever comes behind it.
            sink.discarded();
            at = At.ESCAPE;
            afterEscape(b);
        }
    }

    private void stringC1(int b) {
        if (b == 0x9C) {
            end();
        } else {
            at = At.STRING;
            keep(C1_LEAD);
            string(b);
        }
    }

    private void keep(int b) {
        if (body.size() < MOST_SEQUENCE_BYTES) {
            body.write(b);
        } else {
            overlong = true;
        }
    }

    private void end() {
        at = At.GROUND;
        if (overlong) {
            sink.discarded();
        } else {
            sink.sequence(introducer, body.toByteArray());
        }
    }
}
