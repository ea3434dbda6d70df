package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.State;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code bulkhead start}. */
@Command(name = "start", description = "Boots partitions, after proving every promise of their slices.")
final class StartVerb extends ActVerb {
    StartVerb(Bulkhead bulkhead) {
        super(bulkhead, "start", Set.of(State.BOUND, State.FAILED));
    }
}
