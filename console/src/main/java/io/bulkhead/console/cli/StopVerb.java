package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.State;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code bulkhead stop}. */
@Command(
        name = "stop",
        description =
                "Stops partitions in order, and kills what is left after their stop timeout; they keep their slices.")
final class StopVerb extends EndVerb {
    StopVerb(Bulkhead bulkhead) {
        super(bulkhead, "stop", Set.of(State.STARTING, State.RUNNING, State.PAUSED));
    }
}
