package io.bulkhead.broker.placement;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why there is no place for a claim: everything that is short, who holds it, and what would make room. */
final class Explanation {
    private final Room room;
    private final Claim claim;

    Explanation(Room room, Claim claim) {
        this.room = room;
        this.claim = claim;
    }

    Problem problem() {
        List<Shortage> all = new ArrayList<>();
        Shortages shortages = new Shortages(room);
        if (!Placement.cpusFit(room, claim)) {
            all.add(shortages.ofCpus(claim.cpus()));
        }
        if (claim.memory().bytes() > room.freeBytes()) {
            all.add(shortages.ofMemory(claim.memory()));
        } else if (!new MemoryChoice(room).fits(claim)) {
            all.add(shortages.ofNodeMemory(claim));
        }
        room.shortAmounts(claim).forEach(amount -> all.add(shortages.of(amount, amount.of(claim))));
        Devices.shortage(room, claim).ifPresent(all::add);
        return new Problem(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                String.join("; and ", all.stream().map(Shortage::detail).toList()),
                Optional.of(remedy(all)),
                all.stream().flatMap(shortage -> shortage.holders().stream()).toList());
    }

    private List<String> makers(boolean byDeletion) {
        return new RoomMakers(room.machine(), room.holdings(), claim, byDeletion)
                .smallest().stream().map(PartitionName::toString).toList();
    }

    private String remedy(List<Shortage> shortages) {
        List<String> ways = new ArrayList<>();
        List<String> release = makers(false);
        List<String> delete = release.isEmpty() && claim.storage().isPresent() ? makers(true) : List.of();
        if (!release.isEmpty()) {
            ways.add("release " + Words.list(release));
        } else if (!delete.isEmpty()) {
            ways.add("delete " + Words.list(delete) + ", as volumes are kept until then");
        }
        if (shortages.stream().allMatch(shortage -> shortage.atMost().isPresent())) {
            ways.add("ask for at most "
                    + Words.list(shortages.stream()
                            .map(shortage -> shortage.atMost().orElseThrow())
                            .toList()));
        }
        if (!ways.isEmpty() && !(release.isEmpty() && delete.isEmpty())) {
            return String.join(", or ", ways);
        }
        ways.add(Words.list(shortages.stream().map(Shortage::ever).toList())
                + " is all that this host has for partitions; its own share is set in bulkhead.conf");
        return String.join("; ", ways);
    }
}
