package io.bulkhead.console.cli;

import io.bulkhead.console.daemons.Installation;
import io.bulkhead.console.demo.Demo;
import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead demo}. */
@Command(
        name = "demo",
        description = {
            "Shows on this machine that Bulkhead does what it says, and cleans up after itself.",
            "Boots two partitions of a throw-away installation, measures every promise from inside by a real load, and takes"
                    + " everything down again. Takes less than a minute; needs root.",
            "What this host cannot do is said with the reason. Ends with 0 only if everything holds and nothing is left."
        })
final class DemoVerb extends Verb {
    private static final List<String> ENDING_SIGNALS = List.of("INT", "TERM", "HUP");

    /** What shells report for SIGINT. */
    private static final int ENDED_BY_SIGNAL = 130;

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
        Path definitions = launcher.resolveSibling("configs/demo.yaml");
        Thread demonstration = Thread.currentThread();
        AtomicBoolean ended = new AtomicBoolean();
        ENDING_SIGNALS.forEach(signal -> Terminal.onSignal(signal, () -> {
            ended.set(true);
            demonstration.interrupt();
        }));
        try {
            boolean held = Demo.run(bulkhead().surroundings().out(), colour(), width(), definitions, keep);
            return held ? DONE : ProblemCode.PROMISE_BROKEN.exitCode();
        } catch (Refusal | IOException | InterruptedException e) {
            if (!ended.get()) {
                throw e;
            }
            bulkhead().surroundings().err().println("bulkhead: ended by a signal; the demonstration was taken down");
            return ENDED_BY_SIGNAL;
        }
    }
}
