package io.bulkhead.contract.partition;

/** How strongly this host holds a promise, from the strongest down. */
public enum Strength {
    /** Nobody else can be there. */
    EXCLUSIVE,
    /** The amount is kept for the partition against everybody. */
    GUARANTEED,
    /** No other partition can be there; the host's own tasks can. */
    SHARED_WITH_HOST,
    /** The pool is never promised twice, so the amount is there when asked for. */
    ENTITLED,
    /** The partition cannot go beyond; what lies below is admitted, not kept. */
    CAPPED
}
