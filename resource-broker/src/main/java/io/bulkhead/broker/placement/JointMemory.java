package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.MemorySpread;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import java.util.Comparator;
import java.util.List;

/**
 * Whether what has no place but only an amount is there for all of a set. Memory belongs to it: a claim that names its node
 * has it from there, any other from anywhere if need be, so whether it fits does not depend on the CPUs.
 */
final class JointMemory {
    private JointMemory() {}

    /** Whether the memory of all finds room on the nodes that each may have it from. */
    static boolean fits(Machine machine, Holdings others, List<Wish> wishes) {
        Room room = new Room(machine, others);
        MemorySpread spread = room.memory();
        MemoryChoice choice = new MemoryChoice(room);
        long sum =
                wishes.stream().mapToLong(wish -> wish.claim().memory().bytes()).reduce(0, Math::addExact);
        return sum <= room.freeBytes()
                && narrowFirst(wishes).stream()
                        .allMatch(wish -> spread.add(
                                choice.nodesAllowed(wish.claim()),
                                wish.claim().memory().bytes()));
    }

    /** Whether the parts of the pool and all other sums are no more than there is, and no device is wanted twice. */
    static boolean sumsFit(Room room, List<Wish> wishes) {
        long parts = wishes.stream()
                .map(wish -> wish.claim().cpus())
                .filter(CpuClaim.Part.class::isInstance)
                .mapToLong(part -> ((CpuClaim.Part) part).amount().millis())
                .sum();
        return (parts == 0 || parts <= room.freeMillis())
                && Devices.areFree(room, wishes)
                && List.of(Amount.values()).stream().allMatch(amount -> {
                    long asked = wishes.stream()
                            .mapToLong(wish -> amount.of(wish.claim()))
                            .reduce(0, Math::addExact);
                    return asked == 0
                            || amount.of(room.machine().capacity())
                                    .map(known -> asked <= known - room.held(amount))
                                    .orElse(true);
                });
    }

    /** Who has memory from one node only comes before those who can step aside. */
    static List<Wish> narrowFirst(List<Wish> wishes) {
        return wishes.stream()
                .sorted(Comparator.comparing((Wish wish) -> !namesNode(wish.claim())))
                .toList();
    }

    private static boolean namesNode(Claim claim) {
        return claim.cpus() instanceof CpuClaim.Whole whole && whole.node().isPresent();
    }
}
