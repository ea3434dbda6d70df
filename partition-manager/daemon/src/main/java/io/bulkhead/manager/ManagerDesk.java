package io.bulkhead.manager;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.manager.console.ConsoleStart;
import io.bulkhead.manager.console.ConsoleViewer;
import io.bulkhead.manager.enter.Entrance;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.journal.Journal;
import io.bulkhead.manager.journal.LedgerNotes;
import io.bulkhead.manager.life.Partitions;
import io.bulkhead.manager.server.Desk;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import java.util.concurrent.CountDownLatch;

/** Hands orders on to whoever carries them out. Safe for any thread. */
final class ManagerDesk implements Desk {
    private final Partitions partitions;
    private final Entrance entrance;
    private final Journal journal;
    private final LedgerNotes ledger;
    private final CountDownLatch left = new CountDownLatch(1);
    private final OrderGate gate = new OrderGate();

    ManagerDesk(Partitions partitions, Entrance entrance, Journal journal) {
        this.partitions = partitions;
        this.entrance = entrance;
        this.journal = journal;
        this.ledger = new LedgerNotes(journal);
    }

    @Override
    public Reply execute(Order order) {
        if (order instanceof Order.ShutDown shutDown) {
            shutDown(shutDown.keepPartitions());
            return new Reply.Done();
        }
        if (order instanceof Order.NoteLedger note) {
            ledger.note(note.standing());
            return new Reply.Done();
        }
        if (order instanceof Order.DescribeHost
                || order instanceof Order.ListPartitions
                || order instanceof Order.MeasurePartitions
                || order instanceof Order.ShowPartition) {
            return partitions.execute(order);
        }
        return gate.pass(() -> partitions.execute(order));
    }

    private void shutDown(boolean keepPartitions) {
        gate.close();
        partitions.lookAway(true);
        if (keepPartitions) {
            return;
        }
        try {
            gate.whenEmpty(partitions::stopAll);
        } catch (RuntimeException e) {
            gate.open();
            partitions.lookAway(false);
            throw e;
        }
    }

    @Override
    public ConsoleViewer openConsole(Order.OpenConsole order) {
        ConsoleStart start =
                order.from().map(ConsoleStart::at).orElseGet(() -> ConsoleStart.withNewest(order.historyBytes()));
        return partitions
                .console(order.name())
                .open(order.viewer(), order.write(), order.takeOver(), start, order.follow());
    }

    @Override
    public Entered enter(Order.ExecuteCommand order) {
        ProcessId init = partitions.runningInit(order.name());
        return entrance.run(order.name(), init, order.command(), order.environment(), order.terminal());
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public void leave() {
        left.countDown();
    }

    /** Returns when the manager may go. */
    void awaitLeave() throws InterruptedException {
        left.await();
    }
}
