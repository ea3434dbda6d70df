package io.bulkhead.contract.generation;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.WireSparse;
import java.util.Optional;

/**
 * How far a partition and its host have gone from the generation that the partition builds on.
 *
 * @param partition which
 * @param generation that it builds on
 * @param newest what the host was last found to be
 * @param own what the partition changed in its /etc and in the skeleton of its /var. A directory that it added is one line,
 *     with a slash at its end, whatever is in it
 * @param ownIncomplete whether there were more entries than are looked at
 * @param host what is different in /etc and in the skeleton of /var of the host since, of what would pass into a generation
 *     now
 * @param packages which of the host's packages, whose /usr the partition shares, have moved since
 * @param rebase the generation that it is to be taken to at its next start
 * @param wayBack the generation that the last rebase can be taken back to
 */
public record PartitionDifferences(
        PartitionName partition,
        String generation,
        String newest,
        FileChanges own,
        @WireSparse boolean ownIncomplete,
        FileChanges host,
        PackageChanges packages,
        Optional<String> rebase,
        Optional<String> wayBack) {}
