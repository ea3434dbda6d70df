package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.State;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code bulkhead pause}. */
@Command(name = "pause", description = "Freezes every task of partitions; they keep their slices and their memory.")
final class PauseVerb extends ActVerb {
    PauseVerb(Bulkhead bulkhead) {
        super(bulkhead, "pause", Set.of(State.RUNNING));
    }
}
