package io.bulkhead.contract.generation;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.WireSparse;

/**
 * What a rebase did, or will do at the partition's next start.
 *
 * @param partition which
 * @param from the generation before
 * @param to the generation after; the same where there was nothing to do
 * @param pending whether it is left for the next start, because the partition runs
 * @param taken what is taken over from the new generation; nothing on the way back
 * @param kept what the partition itself had changed and keeps
 */
public record Rebase(
        PartitionName partition,
        String from,
        String to,
        @WireSparse boolean pending,
        FileChanges taken,
        FileChanges kept) {}
