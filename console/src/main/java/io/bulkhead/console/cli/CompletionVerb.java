package io.bulkhead.console.cli;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bulkhead completion}. */
@Command(
        name = "completion",
        description = {
            "Prints completion for bash, zsh or fish: verbs, options, their values, files, and the names of partitions as they are now.",
            "At a Tab no JVM is started: the script asks the control plane's socket, by curl or perl."
        },
        footer = {
            "",
            "bash: source <(bulkhead completion), or keep it as /usr/share/bash-completion/completions/bulkhead",
            "zsh:  source <(bulkhead completion zsh) behind compinit, or keep it as _bulkhead in a directory of $fpath",
            "fish: bulkhead completion fish | source, or keep it as ~/.config/fish/completions/bulkhead.fish"
        })
final class CompletionVerb extends Verb {
    /** Shells that there is completion for. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SHELL",
            defaultValue = "bash",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Shell shell = Shell.BASH;

    CompletionVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        ShellCompletion completion = new ShellCompletion(Main.commandLine(bulkhead()));
        String socket = bulkhead().settings().apiSocket().toString();
        bulkhead()
                .print(
                        switch (shell) {
                            case BASH -> completion.bash(socket);
                            case ZSH -> completion.zsh(socket);
                            case FISH -> completion.fish(socket);
                        });
        return DONE;
    }
}
