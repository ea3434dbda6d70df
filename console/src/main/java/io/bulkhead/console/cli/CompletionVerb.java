package io.bulkhead.console.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code bulkhead completion}: a script for bash that knows the verbs and their options, and asks the control plane for
 * the names by curl or perl, because starting a JVM at every Tab would be felt.
 */
@Command(
        name = "completion",
        description = {
            "Prints completion for bash.",
            "Use it by: source <(bulkhead completion), or keep it in /usr/share/bash-completion/completions/bulkhead."
        })
final class CompletionVerb extends Verb {
    /** Verbs whose words are names of partitions. */
    private static final List<String> NAMING = List.of(
            "show", "start", "stop", "restart", "pause", "resume", "bind", "release", "delete", "console", "exec",
            "logs", "verify");

    private static final String TEMPLATE = """
            # Completion of bulkhead for bash; made by 'bulkhead completion'.
            _bulkhead_names() {
              local socket=${BULKHEAD_API_SOCKET:-@SOCKET@}
              [[ -S $socket ]] || return 0
              { if type -P curl >/dev/null; then
                  curl -s --max-time 1 --unix-socket "$socket" http://bulkhead/v1/partitions
                else
                  perl -MIO::Socket::UNIX -e 'alarm 1; my $s = IO::Socket::UNIX->new($ARGV[0]) or exit;
                    print $s "GET /v1/partitions HTTP/1.1\\r\\nHost: bulkhead\\r\\nConnection: close\\r\\n\\r\\n";
                    print while <$s>' "$socket"
                fi; } 2>/dev/null | grep -o '"name":"[a-z0-9-]*"' | cut -d'"' -f4 | sort -u
            }

            _bulkhead() {
              local word=${COMP_WORDS[COMP_CWORD]} verb='' options='@GLOBAL@' names='' i
              COMPREPLY=()
              for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in
                  --config | --override | -o | --output) ((i++)) ;;
                  -*) ;;
                  *) verb=${COMP_WORDS[i]} && break ;;
                esac
              done
              case ${COMP_WORDS[COMP_CWORD - 1]} in
                -o | --output) COMPREPLY=($(compgen -W 'table json' -- "$word")) && return ;;
                --sort) COMPREPLY=($(compgen -W '@SORTS@' -- "$word")) && return ;;
                --config | -f | --file)
                  [[ ${COMP_WORDS[COMP_CWORD - 1]} == -f && $verb != apply ]] ||
                    { COMPREPLY=($(compgen -f -- "$word")) && return; } ;;
              esac
              case $verb in
                '') COMPREPLY=($(compgen -W "$options @VERBS@" -- "$word")) && return ;;
            @CASES@
                help) COMPREPLY=($(compgen -W 'exit-codes @VERBS@' -- "$word")) && return ;;
                config) COMPREPLY=($(compgen -W 'explain' -- "$word")) && return ;;
              esac
              if [[ $word == -* ]]; then
                COMPREPLY=($(compgen -W "$options" -- "$word"))
              else
                case $verb in
                  @NAMING@) COMPREPLY=($(compgen -W "$(_bulkhead_names)" -- "$word")) ;;
                esac
              fi
            }
            complete -F _bulkhead bulkhead ./bulkhead
            """;

    CompletionVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        CommandLine line = Main.commandLine(bulkhead());
        bulkhead().print(script(line, bulkhead().settings().apiSocket().toString()));
        return DONE;
    }

    static String script(CommandLine line, String socket) {
        Map<String, CommandLine> verbs = line.getSubcommands();
        String cases = verbs.entrySet().stream()
                .filter(each -> !List.of("help", "config").contains(each.getKey()))
                .map(each -> "    " + each.getKey() + ") options='" + options(each.getValue()) + "' ;;")
                .collect(Collectors.joining("\n"));
        return TEMPLATE.replace("@SOCKET@", socket)
                .replace(
                        "@SORTS@",
                        Arrays.stream(UsageTable.Order.values()).map(Enum::name).collect(Collectors.joining(" ")))
                .replace("@GLOBAL@", options(line))
                .replace("@VERBS@", String.join(" ", verbs.keySet()))
                .replace("@NAMING@", String.join(" | ", NAMING))
                .replace("@CASES@", cases);
    }

    private static String options(CommandLine verb) {
        return verb.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .collect(Collectors.collectingAndThen(
                        Collectors.toCollection(TreeSet::new), all -> String.join(" ", all)));
    }
}
