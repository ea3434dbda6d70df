package io.bulkhead.broker.metrics;

import io.bulkhead.contract.partition.PartitionName;

/**
 * What is measured of a console by whoever serves it.
 *
 * @param partition whose
 * @param offset of the next byte to come
 * @param received bytes that came since this control plane began
 * @param lost bytes of the stream that never came since then
 * @param writing viewers that type, 0 or 1
 * @param waiting viewers that wait for the writing
 * @param viewing the other ones
 * @param worstLagBytes of the viewer that is the furthest behind
 * @param skippedBytes that viewers were too slow for, since then
 * @param logLostBytes that the log could not record, since then
 * @param logLatencyMicros how long the last batch waited until it was written
 * @param logWritable whether the log can be written now
 */
public record ConsoleFigures(
        PartitionName partition,
        long offset,
        long received,
        long lost,
        long writing,
        long waiting,
        long viewing,
        long worstLagBytes,
        long skippedBytes,
        long logLostBytes,
        long logLatencyMicros,
        boolean logWritable) {}
