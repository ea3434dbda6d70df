package io.bulkhead.broker.placement;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import java.util.Comparator;
import java.util.List;

/** The order in which the partitions of a set are placed: who has least choice comes first, then who needs most. */
final class Wishes {
    private static final Comparator<Wish> ORDER = Comparator.<Wish>comparingInt(wish -> rank(wish.claim()))
            .thenComparing(
                    Comparator.<Wish>comparingInt(wish -> count(wish.claim())).reversed())
            .thenComparing(
                    Comparator.<Wish>comparingLong(wish -> wish.claim().memory().bytes())
                            .reversed())
            .thenComparing(Wish::name);

    private Wishes() {}

    static List<Wish> ordered(List<Wish> wishes) {
        if (wishes.stream().map(Wish::name).distinct().count() != wishes.size()) {
            throw new IllegalArgumentException("a partition is wished for twice");
        }
        return wishes.stream().sorted(ORDER).toList();
    }

    /** 0 for named CPUs, 7 for a part of the pool; whoever may share cores comes after those who may not. */
    private static int rank(Claim claim) {
        if (!(claim.cpus() instanceof CpuClaim.Whole whole)) {
            return 7;
        } else if (whole.ids().isPresent()) {
            return 0;
        }
        int narrow = whole.node().isPresent()
                ? 1
                : whole.oneCache() || whole.coreType().isPresent() ? 2 : 3;
        return whole.threads() == CpuClaim.Threads.ANY ? narrow + 3 : narrow;
    }

    private static int count(Claim claim) {
        return claim.cpus() instanceof CpuClaim.Whole whole ? whole.count() : 0;
    }

    /** Whether a claim looks for whole CPUs that it does not name. */
    static boolean seeks(Claim claim) {
        return claim.cpus() instanceof CpuClaim.Whole whole && whole.ids().isEmpty();
    }
}
