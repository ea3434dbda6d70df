package io.bulkhead.console.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes scripts for bash, zsh and fish out of what the command line itself knows of verbs, options and parameters. What a parameter
 * takes is told by its label: {@code NAME} is a partition that there is, {@code FILE} and {@code DIRECTORY} are on the disk.
 * What may stand in a place is found by one program of bash, which the scripts of the other shells hold and run. Pure.
 */
final class ShellCompletion {
    private static final String TEMPLATE = """
            # Completion of bulkhead; made by 'bulkhead completion'.
            # The names of the partitions that there are; silent, and within a second, whatever is wrong.
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

            # What option $2 of verb $1 takes: words, or =files, =directories, =anything, =names; nothing if it takes nothing.
            _bulkhead_value() {
              case "$1 $2" in
            @VALUES@
              esac
            }

            # Sets value to what may stand in the place of word COMP_CWORD of COMP_WORDS, in the form of _bulkhead_value.
            _bulkhead_find() {
              local word=${COMP_WORDS[COMP_CWORD]} verb='' path='' options='' takes='' i count=0
              value=''
              for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in
                  --) return 0 ;;
                  -*) [[ -z $(_bulkhead_value "$verb" "${COMP_WORDS[i]}") ]] || ((i++)) ;;
                  *)
                    path="${verb:+$verb }${COMP_WORDS[i]}"
                    case $path in
                      @PATHS@) verb=$path count=0 ;;
                      *) ((count++)) ;;
                    esac
                    ;;
                esac
              done
              if ((i > COMP_CWORD)); then # the word before is an option that takes one
                value=$(_bulkhead_value "$verb" "${COMP_WORDS[COMP_CWORD - 1]}")
              fi
              case $verb in
            @VERBS@
              esac
              if [[ -z $value && $word == -* ]]; then
                value=$options
              elif [[ -z $value ]]; then
                value=$takes
              fi
              [[ $value != =names ]] || value=$(_bulkhead_names)
            }
            """;

    private static final String FOR_BASH = """

            _bulkhead() {
              local word=${COMP_WORDS[COMP_CWORD]} value
              COMPREPLY=()
              _bulkhead_find
              case $value in
                =files | =directories) # each line is one name, whatever blanks it has
                  local kind=-f
                  [[ $value == =files ]] || kind=-d
                  mapfile -t COMPREPLY < <(compgen "$kind" -- "$word")
                  compopt -o filenames 2>/dev/null
                  ;;
                =*) ;;
                *) COMPREPLY=($(compgen -W "$value" -- "$word")) ;;
              esac
            }
            complete -F _bulkhead bulkhead ./bulkhead
            """;

    /** As a program: the place of the word, then all words; prints what may stand there, one a line. */
    private static final String AS_PROGRAM = """

            COMP_CWORD=$1 COMP_WORDS=("${@:2}")
            _bulkhead_find
            [[ $value == =* ]] && echo "$value" || compgen -W "$value" -- "${COMP_WORDS[COMP_CWORD]}"
            """;

    private static final String FOR_ZSH = """
            #compdef bulkhead
            # Completion of bulkhead for zsh; made by 'bulkhead completion zsh'. What may come next is found by bash, which every
            # Debian has; no JVM is started.
            typeset -g _bulkhead_program=@PROGRAM@

            _bulkhead() {
              local -a offered
              offered=("${(@f)$(command bash --norc --noprofile -c "$_bulkhead_program" bulkhead $((CURRENT - 1)) "${(@Q)words}" 2>/dev/null)}")
              case ${offered[1]} in
                '=files') _files ;;
                '=directories') _files -/ ;;
                '' | '='*) return 1 ;;
                *) compadd -- "${offered[@]}" ;;
              esac
            }
            if [[ ${funcstack[1]} == _bulkhead ]]; then # a file of $fpath, called for the first time
              _bulkhead "$@"
            else
              compdef _bulkhead bulkhead ./bulkhead
            fi
            """;

    private static final String FOR_FISH = """
            # Completion of bulkhead for fish; made by 'bulkhead completion fish'. What may come next is found by bash, which every
            # Debian has; no JVM is started.
            set -g __bulkhead_program @PROGRAM@

            function __bulkhead_offer
                set -l words (commandline -opc)
                set -l word (commandline -ct)
                set -l offered (command bash --norc --noprofile -c $__bulkhead_program bulkhead (count $words) $words "$word" 2>/dev/null)
                switch "$offered[1]"
                    case '=files'
                        __fish_complete_path "$word"
                    case '=directories'
                        __fish_complete_directories "$word"
                    case '=*'
                    case '*'
                        string match -v '' -- $offered
                end
            end
            complete -c bulkhead -f -a '(__bulkhead_offer)'
            """;

    private final CommandLine line;
    private final Map<String, CommandLine> verbs = new LinkedHashMap<>();

    ShellCompletion(CommandLine line) {
        this.line = line;
        verbs.put("", line);
        addBelow("", line);
    }

    private void addBelow(String path, CommandLine command) {
        command.getSubcommands().forEach((name, verb) -> {
            String below = path.isEmpty() ? name : path + " " + name;
            verbs.put(below, verb);
            addBelow(below, verb);
        });
    }

    /**
     * The script for bash.
     *
     * @param socket of the control plane
     */
    String bash(String socket) {
        return finder(socket) + FOR_BASH;
    }

    /** The script for zsh: to be evaluated, or a file {@code _bulkhead} of its {@code fpath}. */
    String zsh(String socket) {
        String program = finder(socket) + AS_PROGRAM;
        return FOR_ZSH.replace("@PROGRAM@", "'" + program.replace("'", "'\\''") + "'");
    }

    /** The script for fish, in whose quotes a backslash stands for itself only when it is doubled. */
    String fish(String socket) {
        String program = finder(socket) + AS_PROGRAM;
        return FOR_FISH.replace("@PROGRAM@", "'" + program.replace("\\", "\\\\").replace("'", "\\'") + "'");
    }

    private String finder(String socket) {
        return TEMPLATE.replace("@SOCKET@", socket)
                .replace(
                        "@PATHS@",
                        verbs.keySet().stream()
                                .filter(path -> !path.isEmpty())
                                .map(path -> "'" + path + "'")
                                .collect(Collectors.joining(" | ")))
                .replace("@VALUES@", lines(values()))
                .replace("@VERBS@", lines(cases()));
    }

    private static String lines(List<String> lines) {
        return lines.stream().map(text -> "    " + text).collect(Collectors.joining("\n"));
    }

    /** One case for each option that takes something. */
    private List<String> values() {
        List<String> cases = new ArrayList<>();
        verbs.forEach((path, verb) -> {
            for (OptionSpec option : verb.getCommandSpec().options()) {
                if (option.arity().max() > 0) {
                    String names = Stream.of(option.names())
                            .map(name -> "'" + path + " " + name + "'")
                            .collect(Collectors.joining(" | "));
                    cases.add(names + ") echo '" + taken(option) + "' ;;");
                }
            }
        });
        return cases;
    }

    /** One case for each verb: its options, and what stands in the place where the word is. */
    private List<String> cases() {
        List<String> cases = new ArrayList<>();
        verbs.forEach((path, verb) -> {
            StringBuilder text = new StringBuilder("'" + path + "') options='" + options(verb) + "'");
            if (!verb.getSubcommands().isEmpty()) {
                text.append(" takes='")
                        .append(String.join(" ", verb.getSubcommands().keySet()))
                        .append('\'');
            }
            for (PositionalParamSpec parameter : verb.getCommandSpec().positionalParameters()) {
                String place = parameter.index().max() > 1000
                        ? "((count >= " + parameter.index().min() + "))"
                        : "((count >= " + parameter.index().min() + " && count <= "
                                + parameter.index().max() + "))";
                text.append(" && { ! ")
                        .append(place)
                        .append(" || takes='")
                        .append(taken(parameter))
                        .append("'; }");
            }
            cases.add(text.append(" ;;").toString());
        });
        return cases;
    }

    private String taken(ArgSpec argument) {
        if (argument.completionCandidates() != null) {
            return StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                    .collect(Collectors.joining(" "));
        }
        return switch (argument.paramLabel()) {
            case "NAME" -> isNew(argument) ? "=anything" : "=names";
            case "FILE" -> "=files";
            case "DIRECTORY", "DIR" -> "=directories";
            case "VERB" -> words(line.getSubcommands().keySet()) + " exit-codes";
            default -> "=anything";
        };
    }

    /** A partition that is to be made has no name yet that could be known. */
    private static boolean isNew(ArgSpec argument) {
        return argument.command().userObject() instanceof DefineVerb;
    }

    private static String options(CommandLine verb) {
        return words(verb.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList());
    }

    private static String words(Collection<String> words) {
        return String.join(" ", new TreeSet<>(words));
    }
}
