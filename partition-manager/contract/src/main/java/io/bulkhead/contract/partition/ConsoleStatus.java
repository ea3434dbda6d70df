package io.bulkhead.contract.partition;

import java.util.Optional;

/**
 * The serial console of a partition.
 *
 * @param offset bytes that it has put out so far
 * @param viewers how many are attached
 * @param writer who may type, if anybody
 */
public record ConsoleStatus(long offset, int viewers, Optional<String> writer) {}
