package io.bulkhead.console.cli;

import io.bulkhead.console.daemons.Installation;
import io.bulkhead.console.daemons.Stopping;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead down}. */
@Command(
        name = "down",
        description = {
            "Stops the partitions in order, then ends the manager and the control plane.",
            "Definitions, slices and files stay on record. Needs root."
        })
final class DownVerb extends Verb {
    @Option(names = "--keep-partitions", description = "partitions go on running; the next 'bulkhead up' finds them")
    private boolean keepPartitions;

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    DownVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Installation installation =
                Installation.of(bulkhead().loadedSettings(), bulkhead().configFile());
        Stopping stopping = new Stopping(installation, bulkhead()::remark);
        if (!stopping.isAnythingUp()) {
            bulkhead()
                    .remark("nothing of the instance " + installation.settings().instance() + " runs");
            return DONE;
        }
        bulkhead()
                .confirm(
                        keepPartitions
                                ? "This ends the manager and the control plane; partitions go on without them"
                                : "This stops every partition, the manager and the control plane",
                        yes);
        stopping.run(keepPartitions);
        bulkhead().remark("down");
        return DONE;
    }
}
