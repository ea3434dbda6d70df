package io.bulkhead.console.cli;

import io.bulkhead.console.checks.SubnetCheck;
import io.bulkhead.console.daemons.Installation;
import io.bulkhead.console.daemons.Starting;
import io.bulkhead.settings.LoadedSettings;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code bulkhead up}. */
@Command(
        name = "up",
        description = {
            "Starts the manager and the control plane, and waits until they answer. What is up already stays.",
            "Makes the run and state directories and, unless another user is set, the system user bulkhead. Needs root."
        })
final class UpVerb extends Verb {
    UpVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LoadedSettings loaded = bulkhead().loadedSettings();
        Installation installation = Installation.of(loaded, bulkhead().configFile());
        Runnable check = () -> new SubnetCheck(Path.of("/")).requireApart(loaded);
        boolean started = new Starting(installation, check, bulkhead()::remark).run();
        bulkhead()
                .remark((started ? "up: " : "up already: ") + "the control plane answers at "
                        + installation.settings().apiSocket());
        return DONE;
    }
}
