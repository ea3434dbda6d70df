package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Optional;

/** Readings of promises in words. Pure. */
final class Promises {
    private Promises() {}

    /** One line per promise that does not hold, with the kernel's words. */
    static List<String> broken(List<Promise> promises) {
        return promises.stream()
                .filter(promise -> !promise.held())
                .map(promise -> RecordCodec.constantName(promise.resource()) + ": "
                        + promise.reason()
                                .orElseGet(() -> "promised " + promise.promised() + ", the kernel says "
                                        + promise.readBack() + " (" + promise.evidence() + ")"))
                .toList();
    }

    /** Throws {@link Refusal} unless all hold. */
    static void requireHeld(PartitionName partition, List<Promise> promises) {
        List<String> broken = broken(promises);
        if (!broken.isEmpty()) {
            throw new Refusal(new Problem(
                    ProblemCode.PROMISE_BROKEN,
                    "the kernel does not keep what " + partition + " is promised: " + String.join("; ", broken),
                    Optional.empty(),
                    List.of()));
        }
    }
}
