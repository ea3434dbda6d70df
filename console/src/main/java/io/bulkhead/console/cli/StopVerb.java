package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead stop}. */
@Command(
        name = "stop",
        description =
                "Stops partitions in order, and kills what is left after their stop timeout; they keep their slices.")
final class StopVerb extends ActVerb {
    @Option(names = "--kill", description = "kill everything at once")
    private boolean kill;

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    StopVerb(Bulkhead bulkhead) {
        super(bulkhead, "stop", Set.of(State.STARTING, State.RUNNING, State.PAUSED));
    }

    @Override
    Json body() {
        return new Json.Obj(kill ? Map.of("kill", Json.of(true)) : Map.of());
    }

    @Override
    void confirm(List<PartitionName> chosen) {
        if (kill) {
            bulkhead().confirm("This kills everything that runs in " + DeleteVerb.enumerated(chosen), yes);
        }
    }
}
