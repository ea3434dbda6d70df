package io.bulkhead.contract.order;

/**
 * One entry of the manager's journal.
 *
 * @param sequence rises with every event, across restarts of the manager too, not always by one
 * @param timeMillis when, milliseconds since 1970 UTC
 * @param event what
 */
public record EventRecord(long sequence, long timeMillis, Event event) {}
