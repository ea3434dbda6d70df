package io.bulkhead.console.serial;

import io.bulkhead.contract.partition.PartitionName;
import java.util.concurrent.CompletionStage;

/** What a break does. */
@FunctionalInterface
public interface ConsoleBreaks {
    /**
     * Does it.
     *
     * @return what all viewers are shown and the log keeps, lines with {@code \n} between; fails with a refusal
     */
    CompletionStage<String> send(PartitionName name);
}
