package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.State;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead release}. */
@Command(name = "release", description = "Gives the slices of partitions that do not run back to the free hardware.")
final class ReleaseVerb extends ActVerb {
    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    ReleaseVerb(Bulkhead bulkhead) {
        super(bulkhead, "release", Set.of(State.BOUND, State.FAILED));
    }

    @Override
    void confirm(List<PartitionName> chosen) {
        bulkhead().confirm("This lets others take the hardware of " + DeleteVerb.enumerated(chosen), yes);
    }
}
