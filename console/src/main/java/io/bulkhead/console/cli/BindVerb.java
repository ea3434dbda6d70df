package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.State;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code bulkhead bind}. */
@Command(name = "bind", description = "Takes the slices of partitions from the free hardware again.")
final class BindVerb extends ActVerb {
    BindVerb(Bulkhead bulkhead) {
        super(bulkhead, "bind", Set.of(State.DEFINED));
    }
}
