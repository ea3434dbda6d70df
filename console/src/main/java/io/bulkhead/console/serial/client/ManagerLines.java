package io.bulkhead.console.serial.client;

import io.bulkhead.broker.client.EventFollower;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.console.serial.Line;
import io.bulkhead.console.serial.Lines;
import io.bulkhead.console.serial.ServiceThread;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The manager's consoles. Which there are is asked at the start, whenever the manager comes back, and when its journal tells
 * of a partition that came or went; many events at once lead to one question.
 */
public final class ManagerLines implements Lines {
    private static final long GATHER_MILLIS = 20;
    private static final long RETRY_MILLIS = 500;

    private final ManagerClient manager;
    private final ServiceThread thread;
    private final Supplier<CompletionStage<List<PartitionStatus>>> partitions;
    private Consumer<Map<PartitionName, ConsoleStatus>> watcher = consoles -> {};
    private Optional<EventFollower> follower = Optional.empty();
    private boolean planned;
    private boolean closed;

    /** @param partitions asks the manager for all of them */
    public ManagerLines(
            ManagerClient manager, ServiceThread thread, Supplier<CompletionStage<List<PartitionStatus>>> partitions) {
        this.manager = manager;
        this.thread = thread;
        this.partitions = partitions;
    }

    @Override
    public void watch(Consumer<Map<PartitionName, ConsoleStatus>> consoles) {
        watcher = consoles;
        thread.execute(() -> {
            ask();
            follow();
        });
    }

    private void follow() {
        if (closed) {
            return;
        }
        EventFollower.open(manager, 0, new Following())
                .onSuccess(opened -> {
                    follower = Optional.of(opened);
                    if (closed) {
                        opened.close();
                    }
                })
                .onFailure(away -> thread.after(RETRY_MILLIS, this::follow));
    }

    private final class Following implements EventFollower.Listener {
        @Override
        public void event(EventRecord event) {
            if (event.event() instanceof Event.PartitionDefined || event.event() instanceof Event.PartitionDeleted) {
                plan(GATHER_MILLIS);
            }
        }

        @Override
        public void gap(StreamMessage.Gap gap) {
            plan(GATHER_MILLIS);
        }

        @Override
        public void caughtUp(long sequence) {
            plan(GATHER_MILLIS);
        }
    }

    private void plan(long millis) {
        if (!planned && !closed) {
            planned = true;
            thread.after(millis, () -> {
                planned = false;
                ask();
            });
        }
    }

    private void ask() {
        if (closed) {
            return;
        }
        partitions
                .get()
                .whenComplete((all, failure) -> thread.execute(() -> {
                    if (closed) {
                        return;
                    } else if (failure != null) {
                        plan(RETRY_MILLIS);
                        return;
                    }
                    Map<PartitionName, ConsoleStatus> consoles = new LinkedHashMap<>();
                    all.forEach(each -> consoles.put(each.name(), each.console()));
                    watcher.accept(consoles);
                }));
    }

    @Override
    public Line open(PartitionName name, long from, Line.Listener listener) {
        return new ManagerLine(manager, thread, name, from, listener);
    }

    @Override
    public void close() {
        closed = true;
        follower.ifPresent(EventFollower::close);
    }
}
