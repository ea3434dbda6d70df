package io.bulkhead.broker.ledger;

/**
 * A commit that is asked for.
 *
 * @param timeMillis when, milliseconds since 1970 UTC
 * @param actor who wants it
 * @param reason why, one sentence
 * @param key by which a repetition is recognized
 * @param change what it is about
 */
public record Draft(long timeMillis, String actor, String reason, String key, Change change) {}
