package io.bulkhead.console.serial.log;

import java.util.Arrays;
import java.util.Optional;

/** What an entry of a log tells of. Each has a code in the files, which never changes its meaning. */
public enum EntryKind {
    /** Bytes that the partition put out. */
    OUTPUT(0),
    /** Bytes of the stream that the log does not have. */
    GAP(1),
    /** Somebody began to look. */
    ATTACH(2),
    /** Somebody ceased to look. */
    DETACH(3),
    /** Somebody may write from here on, or nobody. */
    WRITER(4),
    /** The console has another size; the detail begins with {@code COLUMNSxROWS}. */
    RESIZE(5),
    /** A break was sent. */
    BREAK(6),
    /** The manager or the control plane began anew. */
    RESTART(7),
    /** A run of the partition began or ended. */
    RUN(8);

    private final int code;

    EntryKind(int code) {
        this.code = code;
    }

    /** Its number in the files, below 255. */
    int code() {
        return code;
    }

    /** The kind of a number; empty for one that a later version knows. */
    static Optional<EntryKind> of(int code) {
        return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }
}
