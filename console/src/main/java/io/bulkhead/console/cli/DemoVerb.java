package io.bulkhead.console.cli;

import io.bulkhead.console.daemons.Installation;
import io.bulkhead.console.demo.Demo;
import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead demo}. */
@Command(
        name = "demo",
        description = {
            "Shows on this machine what Bulkhead does: boots two partitions of a throw-away installation, measures every",
            "promise from inside by a real load, and takes everything down again. Takes less than a minute; needs root.",
            "Ends with 0 only if everything holds and nothing is left."
        })
final class DemoVerb extends Verb {
    private static final List<String> ENDING_SIGNALS = List.of("INT", "TERM", "HUP");

    @Option(names = "--keep", description = "leave the partitions running, and say how to use them")
    private boolean keep;

    DemoVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path launcher = Installation.of(bulkhead().loadedSettings(), bulkhead().configFile())
                .launcher()
                .toAbsolutePath();
        Thread demonstration = Thread.currentThread();
        ENDING_SIGNALS.forEach(signal -> Terminal.onSignal(signal, demonstration::interrupt));
        boolean held =
                Demo.run(bulkhead().surroundings().out(), colour(), launcher.resolveSibling("configs/demo.yaml"), keep);
        return held ? DONE : ProblemCode.PROMISE_BROKEN.exitCode();
    }
}
