package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import java.util.List;
import java.util.Optional;

/** What a commit is about. Its entries follow from it and from the books before it. */
public sealed interface Change {
    /** The partition that it is about; empty where it is about the hardware. */
    default Optional<PartitionName> subject() {
        if (this instanceof Intended intended) {
            return Optional.of(intended.owner());
        } else if (this instanceof Settled settled) {
            return Optional.of(settled.owner());
        } else if (this instanceof Adopted adopted) {
            return Optional.of(adopted.owner());
        } else if (this instanceof Numbered numbered) {
            return Optional.of(numbered.owner());
        }
        return Optional.empty();
    }

    /**
     * The first commit of a ledger: the inventory comes onto the books.
     *
     * @param stock the inventory
     * @param found what partitions have already; each is adopted by a commit of its own, also if we die in between
     */
    record Opened(Stock stock, List<Grant> found) implements Change {
        public Opened {
            found = List.copyOf(found);
        }
    }

    /**
     * The inventory is another one now. What is gone but held by a partition stays on the books until it is given back.
     */
    record HardwareChanged(Stock stock) implements Change {}

    /**
     * The manager is about to be asked. From here on the owner's account holds what either outcome needs, so that
     * nobody else can be given it.
     *
     * @param owner whose slice
     * @param before what it has
     * @param after what it is to have; empty for nothing
     */
    record Intended(PartitionName owner, Optional<Grant> before, Optional<Grant> after) implements Change {
        public Intended {
            if (before.equals(after)) {
                throw new IllegalArgumentException("an intent changes something");
            }
        }
    }

    /**
     * How an intent ended: the owner's account holds what came out of it, and no more.
     *
     * @param owner whose slice
     * @param intent the version of the commit that said so
     * @param carriedOut whether the manager did it
     */
    record Settled(PartitionName owner, long intent, boolean carriedOut) implements Change {}

    /**
     * What the manager has is taken over as it is: at the opening, on the administrator's word, or because an order of
     * ours arrived late.
     *
     * @param owner whose slice
     * @param grant what it has; empty for nothing
     */
    record Adopted(PartitionName owner, Optional<Grant> grant) implements Change {}

    /**
     * The manager has given a partition these user ids of the host, or the partition is gone. Ids are not counted: no two
     * partitions have the same.
     *
     * @param owner whose
     * @param range which; empty for none
     */
    record Numbered(PartitionName owner, Optional<UidRange> range) implements Change {}
}
