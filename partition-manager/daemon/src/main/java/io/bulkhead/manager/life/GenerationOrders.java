package io.bulkhead.manager.life;

import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.generation.GenerationStore.Captured;
import io.bulkhead.manager.rebase.GenerationOffice;
import io.bulkhead.manager.record.PartitionRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Supplier;

/** The orders about generations. Safe for any thread. */
final class GenerationOrders {
    private final LifeParts parts;
    private final Lock creation;
    private final Supplier<List<PartitionLife>> all;
    private final Function<PartitionName, PartitionLife> find;

    /**
     * @param creation held while a partition is being made: it needs a generation before it is on record
     * @param all partitions by name
     * @param find one of them, or refuses
     */
    GenerationOrders(
            LifeParts parts,
            Lock creation,
            Supplier<List<PartitionLife>> all,
            Function<PartitionName, PartitionLife> find) {
        this.parts = parts;
        this.creation = creation;
        this.all = all;
        this.find = find;
    }

    static boolean knows(Order order) {
        return order instanceof Order.CaptureGeneration
                || order instanceof Order.ListGenerations
                || order instanceof Order.RemoveUnusedGenerations
                || order instanceof Order.DiffPartition
                || order instanceof Order.RebasePartition
                || order instanceof Order.UndoRebase;
    }

    Reply carryOut(Order order) {
        try {
            if (order instanceof Order.CaptureGeneration) {
                return capture();
            } else if (order instanceof Order.RemoveUnusedGenerations removal) {
                return removeUnused(removal.wayBack());
            } else if (order instanceof Order.DiffPartition diff) {
                return new Reply.Differences(find.apply(diff.name()).differences());
            } else if (order instanceof Order.RebasePartition rebase) {
                return new Reply.Rebased(find.apply(rebase.name()).rebase());
            } else if (order instanceof Order.UndoRebase undo) {
                return new Reply.Rebased(find.apply(undo.name()).undoRebase());
            }
            List<GenerationInfo> infos =
                    parts.generations().list(users(PartitionRecord::generation), users(GenerationOrders::wayBack));
            int shown = Math.min(infos.size(), Reply.Generations.MOST);
            return new Reply.Generations(infos.subList(0, shown), infos.size() - shown);
        } catch (IOException e) {
            throw new UncheckedIOException("the generations: " + e.getMessage(), e);
        }
    }

    private Reply capture() throws IOException {
        Captured captured = parts.generations().capture();
        if (captured.isNew()) {
            parts.journal()
                    .append(new Event.GenerationCaptured(captured.generation().name()));
        }
        String name = captured.generation().name();
        GenerationInfo info = parts.generations()
                .info(
                        captured.generation(),
                        users(PartitionRecord::generation).getOrDefault(name, List.of()),
                        users(GenerationOrders::wayBack).getOrDefault(name, List.of()));
        return new Reply.Captured(info, captured.isNew());
    }

    private Reply removeUnused(boolean waysBack) throws IOException {
        creation.lock();
        try {
            long dropped = 0;
            if (waysBack) {
                for (PartitionLife life : all.get()) {
                    dropped += life.dropWayBack() ? 1 : 0;
                }
            }
            Set<String> needed = new HashSet<>();
            for (PartitionLife life : all.get()) {
                PartitionRecord record = life.record();
                needed.add(record.generation());
                record.rebase().ifPresent(needed::add);
                record.wayBack().ifPresent(needed::add);
            }
            GenerationOffice.Removed removed = parts.generations().removeUnused(needed);
            if (!removed.names().isEmpty()) {
                parts.journal().append(new Event.GenerationsRemoved(removed.names()));
            }
            return new Reply.GenerationsRemoved(removed.names(), removed.bytes(), dropped);
        } finally {
            creation.unlock();
        }
    }

    private static String wayBack(PartitionRecord record) {
        return record.wayBack().orElse("");
    }

    private Map<String, List<PartitionName>> users(Function<PartitionRecord, String> generation) {
        Map<String, List<PartitionName>> users = new HashMap<>();
        for (PartitionLife life : all.get()) {
            Optional<PartitionRecord> record = Optional.of(life.record());
            record.map(generation).filter(name -> !name.isEmpty()).ifPresent(name -> users.computeIfAbsent(
                            name, none -> new ArrayList<>())
                    .add(life.name()));
        }
        return users;
    }
}
