package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.start.HostsBlock;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names that partitions which run know: written into their own {@code /etc/hosts} by process 1 before its init
 * begins, and by a command inside when peers come and go. Safe for any thread.
 */
final class NamesInside {
    private static final Logger LOG = LoggerFactory.getLogger(NamesInside.class);

    /** Runs a command inside a partition, as its root; returns when it was started. */
    @FunctionalInterface
    interface Entering {
        void run(PartitionName partition, ProcessId init, List<String> command);
    }

    private record Told(ProcessId init, String block) {}

    private final Entering entering;
    private final Map<PartitionName, Told> running = new ConcurrentHashMap<>();

    NamesInside(Entering entering) {
        this.entering = entering;
    }

    /** A partition runs that was told this. */
    void begin(PartitionName partition, ProcessId init, String block) {
        running.put(partition, new Told(init, block));
    }

    /** It runs no more. */
    void end(PartitionName partition) {
        running.remove(partition);
    }

    /** Tells whoever has not heard it what the names are now. */
    synchronized void update(Function<PartitionName, String> blocks) {
        running.forEach((partition, told) -> {
            String block = blocks.apply(partition);
            if (block.equals(told.block())) {
                return;
            }
            try {
                entering.run(partition, told.init(), HostsBlock.command(block));
                running.replace(partition, told, new Told(told.init(), block));
            } catch (RuntimeException e) {
                // Its names are an amenity; it may just be ending.
                LOG.atWarn()
                        .addKeyValue("partition", partition)
                        .addKeyValue("reason", e.getMessage())
                        .log("It could not be told the names of its peers");
            }
        });
    }
}
