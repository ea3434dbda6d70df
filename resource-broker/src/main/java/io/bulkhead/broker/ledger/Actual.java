package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.UidRange;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is so, by the manager's word: the inventory and what each partition holds.
 *
 * @param stock what there is
 * @param grants one for each partition that holds something, in the order of names
 * @param ranges the user ids of every partition; empty where nobody asked for them
 */
public record Actual(Stock stock, List<Grant> grants, Optional<SortedMap<PartitionName, UidRange>> ranges) {
    public Actual {
        grants = grants.stream().sorted(Comparator.comparing(Grant::owner)).toList();
    }

    /** One that says nothing of user ids. */
    public Actual(Stock stock, List<Grant> grants) {
        this(stock, grants, Optional.empty());
    }

    /** All that the manager says of partitions. */
    public static Actual of(Stock stock, List<PartitionStatus> partitions) {
        SortedMap<PartitionName, UidRange> ranges = new TreeMap<>();
        partitions.forEach(partition -> ranges.put(partition.name(), partition.uidRange()));
        return new Actual(
                stock,
                partitions.stream().map(Grant::of).flatMap(Optional::stream).toList(),
                Optional.of(ranges));
    }

    /** The slices by owner. */
    Map<PartitionName, Grant> byOwner() {
        Map<PartitionName, Grant> byOwner = new TreeMap<>();
        grants.forEach(grant -> byOwner.put(grant.owner(), grant));
        return byOwner;
    }
}
