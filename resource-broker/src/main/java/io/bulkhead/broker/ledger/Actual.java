package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.PartitionName;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is so, by the manager's word: the inventory and what each partition holds.
 *
 * @param stock what there is
 * @param grants one for each partition that holds a slice, in the order of names
 */
public record Actual(Stock stock, List<Grant> grants) {
    public Actual {
        grants = grants.stream().sorted(Comparator.comparing(Grant::owner)).toList();
    }

    /** The slices by owner. */
    Map<PartitionName, Grant> byOwner() {
        Map<PartitionName, Grant> byOwner = new TreeMap<>();
        grants.forEach(grant -> byOwner.put(grant.owner(), grant));
        return byOwner;
    }
}
