package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.State;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code bulkhead resume}. */
@Command(name = "resume", description = "Lets the tasks of paused partitions go on.")
final class ResumeVerb extends ActVerb {
    ResumeVerb(Bulkhead bulkhead) {
        super(bulkhead, "resume", Set.of(State.PAUSED));
    }
}
