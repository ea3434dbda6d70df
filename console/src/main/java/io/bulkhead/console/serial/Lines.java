package io.bulkhead.console.serial;

import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import java.util.Map;
import java.util.function.Consumer;

/** The manager's consoles. Lives on the service's thread. */
public interface Lines extends AutoCloseable {
    /**
     * Tells which consoles there are: now, and again whenever that may have changed. To be called once.
     *
     * @param consoles is given all of them each time
     */
    void watch(Consumer<Map<PartitionName, ConsoleStatus>> consoles);

    /**
     * Opens a console's stream, and opens it again whenever it breaks, behind what came last.
     *
     * @param from the first offset wanted
     */
    Line open(PartitionName name, long from, Line.Listener listener);

    @Override
    void close();
}
