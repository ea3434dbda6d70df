package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.State;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code bulkhead restart}. */
@Command(name = "restart", description = "Stops partitions in order and boots them again; their consoles stay.")
final class RestartVerb extends EndVerb {
    RestartVerb(Bulkhead bulkhead) {
        super(bulkhead, "restart", Set.of(State.RUNNING, State.PAUSED));
    }
}
