package io.bulkhead.console.serial;

import io.bulkhead.contract.wire.RecordCodec;

/** What somebody may do with a console, beside managing its partition. */
public enum ConsoleRight {
    /** View it and read its log. */
    READ,
    /** Type on it, when it is one's turn, and send a break. */
    WRITE,
    /** Take the writing from somebody else. */
    TAKE_OVER;

    /** Its name in settings, messages and the audit trail: {@code console-read}. */
    public String word() {
        return "console-" + RecordCodec.constantName(this);
    }
}
