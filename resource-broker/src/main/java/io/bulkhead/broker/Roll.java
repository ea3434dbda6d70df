package io.bulkhead.broker;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Calls the roll: the manager tells of many partitions page by page, by name. One that is there all the while is told
 * exactly once; one that comes or goes meanwhile may be told or not. Safe for any thread.
 */
final class Roll {
    private final Desk desk;

    /** One page, whatever it tells of. */
    private record Page<T>(List<T> items, boolean more) {}

    Roll(Desk desk) {
        this.desk = desk;
    }

    /** All partitions in the order of names. */
    CompletionStage<List<PartitionStatus>> list() {
        return collect(
                after -> desk.ask(new Order.ListPartitions(after), Reply.Partitions.class, Desk.TO_TELL)
                        .thenApply(reply -> new Page<>(reply.partitions(), reply.more())),
                PartitionStatus::name);
    }

    /** What every partition uses now, in the order of names. */
    CompletionStage<List<PartitionUsage>> usage() {
        return collect(
                after -> desk.ask(new Order.MeasurePartitions(after), Reply.Measured.class, Desk.TO_TELL)
                        .thenApply(reply -> new Page<>(reply.partitions(), reply.more())),
                PartitionUsage::partition);
    }

    private static <T> CompletionStage<List<T>> collect(
            Function<Optional<PartitionName>, CompletionStage<Page<T>>> ask, Function<T, PartitionName> name) {
        return collect(ask, name, new ArrayList<>());
    }

    private static <T> CompletionStage<List<T>> collect(
            Function<Optional<PartitionName>, CompletionStage<Page<T>>> ask,
            Function<T, PartitionName> name,
            List<T> all) {
        Optional<PartitionName> after = last(all, name);
        return ask.apply(after).thenCompose(page -> {
            requireProgress(page, after, name);
            all.addAll(page.items());
            return page.more() ? collect(ask, name, all) : CompletableFuture.completedStage(List.copyOf(all));
        });
    }

    /** A manager that told the same page again would be asked for ever. */
    private static <T> void requireProgress(
            Page<T> page, Optional<PartitionName> after, Function<T, PartitionName> name) {
        boolean stands = page.items().isEmpty()
                ? page.more()
                : after.map(seen -> name.apply(page.items().get(0)).compareTo(seen) <= 0)
                        .orElse(false);
        if (stands) {
            throw Refusal.of(
                    ProblemCode.PROTOCOL_ERROR,
                    "the manager tells the same partitions again and again",
                    "run the manager and the control plane of one release");
        }
    }

    private static <T> Optional<PartitionName> last(List<T> all, Function<T, PartitionName> name) {
        return all.isEmpty() ? Optional.empty() : Optional.of(name.apply(all.get(all.size() - 1)));
    }
}
