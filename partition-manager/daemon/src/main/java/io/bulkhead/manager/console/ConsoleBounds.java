package io.bulkhead.manager.console;

import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;

/**
 * What a console may cost.
 *
 * @param rate taken from the partition at most; above it the partition's writers wait
 * @param history kept of the newest output
 */
public record ConsoleBounds(Limit<ByteRate> rate, ByteSize history) {}
