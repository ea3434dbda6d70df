package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireSparse;
import java.util.Optional;

/**
 * How a partition's generation stands to the host, as far as that is known without reading the partition's files.
 *
 * @param packagesMoved how many of the host's packages have moved since the generation was captured
 * @param newerGeneration whether a newer generation was captured since
 * @param rebase the generation that it is to be taken to at its next start
 * @param wayBack the generation that the last rebase can be taken back to
 */
public record Drift(
        long packagesMoved, @WireSparse boolean newerGeneration, Optional<String> rebase, Optional<String> wayBack) {}
