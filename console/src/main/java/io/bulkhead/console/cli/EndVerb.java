package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** A verb that ends what runs in partitions: in order, or by killing once it was confirmed. */
abstract class EndVerb extends ActVerb {
    @Option(names = "--kill", description = "kill everything at once instead of stopping in order")
    private boolean kill;

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    EndVerb(Bulkhead bulkhead, String verb, Set<State> whenAll) {
        super(bulkhead, verb, whenAll);
    }

    @Override
    final Json body() {
        return new Json.Obj(kill ? Map.of("kill", Json.of(true)) : Map.of());
    }

    @Override
    final void confirm(List<PartitionName> chosen) {
        if (kill) {
            bulkhead().confirm("This kills everything that runs in " + DeleteVerb.enumerated(chosen), yes);
        }
    }
}
