package io.bulkhead.console.cli;

import picocli.CommandLine.Command;

/** {@code bulkhead completion}. */
@Command(
        name = "completion",
        description = {
            "Prints completion for bash: verbs, options, their values, and the names of partitions as they are now.",
            "Use it by: source <(bulkhead completion), or keep it in /usr/share/bash-completion/completions/bulkhead. At a Tab no JVM"
                    + " is started: the script asks the control plane's socket, by curl or perl."
        })
final class CompletionVerb extends Verb {
    CompletionVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        bulkhead()
                .print(new BashCompletion(Main.commandLine(bulkhead()))
                        .script(bulkhead().settings().apiSocket().toString()));
        return DONE;
    }
}
