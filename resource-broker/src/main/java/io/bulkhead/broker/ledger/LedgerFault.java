package io.bulkhead.broker.ledger;

/**
 * The ledger cannot be read or written: something is wrong with its file, its place or what stands in it. Nothing was
 * committed.
 */
public final class LedgerFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String remedy;

    /** What is wrong. */
    public enum Kind {
        /** Bytes are missing or wrong, or what they say contradicts itself. */
        DAMAGED,
        /** A newer release wrote it. */
        NEWER_VERSION,
        /** The file or its directory may not be written. */
        READ_ONLY,
        /** Another process has it open. */
        LOCKED,
        /** There is no room for it. */
        DISK_FULL,
        /** The system failed in another way. */
        FAILED
    }

    /**
     * @param kind what is wrong
     * @param detail with the place, one sentence
     * @param remedy what the administrator can do
     */
    public LedgerFault(Kind kind, String detail, String remedy) {
        super(detail);
        this.kind = kind;
        this.remedy = remedy;
    }

    /** One with the failure that led to it. */
    public LedgerFault(Kind kind, String detail, String remedy, Throwable cause) {
        super(detail, cause);
        this.kind = kind;
        this.remedy = remedy;
    }

    /** A ledger whose content is wrong; rebuilding it is what helps. */
    public static LedgerFault damaged(String detail) {
        return new LedgerFault(Kind.DAMAGED, detail, "run 'bulkhead ledger rebuild'; the file is kept aside");
    }

    public Kind kind() {
        return kind;
    }

    /** What is wrong, one sentence with the place. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    public String remedy() {
        return remedy;
    }
}
