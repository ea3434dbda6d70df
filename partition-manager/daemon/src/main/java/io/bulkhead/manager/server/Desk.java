package io.bulkhead.manager.server;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.manager.console.ConsoleViewer;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.journal.Journal;

/** Where orders are carried out. Throws {@link Refusal} where one cannot be. Safe for any thread. */
public interface Desk {
    /** Carries out an order that opens no stream. */
    Reply execute(Order order);

    /** Attaches a viewer to a console. */
    ConsoleViewer openConsole(Order.OpenConsole order);

    /** Starts a command in a partition; the caller owns what it gets. */
    Entered enter(Order.ExecuteCommand order);

    /** The events. */
    Journal journal();

    /** Called when an order to shut down was answered: the process may end now. */
    void leave();
}
