package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
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

    /** The same promises, where that of the CPUs does not hold while one of them is offline, and says so. */
    static List<Promise> withOffline(List<Promise> promises, Slice slice, CpuSet online) {
        if (!(slice.cpus() instanceof CpuSlice.Whole whole)
                || whole.cpus().minus(online).isEmpty()) {
            return promises;
        }
        CpuSet offline = whole.cpus().minus(online);
        String words = (offline.size() == 1 ? "CPU " + offline + " is" : "CPUs " + offline + " are") + " offline ("
                + "/sys/devices/system/cpu/online says '" + online + "')";
        return promises.stream()
                .map(promise -> promise.resource() == Resource.CPUS ? broken(promise, words) : promise)
                .toList();
    }

    /** The same promises, none of which holds, for a reason of its own. */
    static List<Promise> noneHeld(List<Promise> promises, String words) {
        return promises.stream().map(promise -> broken(promise, words)).toList();
    }

    private static Promise broken(Promise promise, String words) {
        String reason = promise.held()
                ? words
                : words + promise.reason().map(text -> "; " + text).orElse("");
        return new Promise(
                promise.resource(),
                promise.promised(),
                promise.readBack(),
                promise.strength(),
                false,
                promise.evidence(),
                Optional.of(reason));
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
