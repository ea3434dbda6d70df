package io.bulkhead.manager.init;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The small init: a script for dash that keeps a login on the console, runs the hook {@code /etc/rc.partition}, reaps
 * orphans (any {@code wait} of dash does) and stops in order. It needs programs of Debian's Essential packages only.
 *
 * <p>It outlives a fork bomb. A shell that cannot fork ends, and the partition with its process 1; an error inside of {@code
 * command eval} is only that command's status. So everything that starts a process after the boot stands in one.
 */
final class SmallInit {
    private static final List<String> PROGRAMS =
            List.of("/bin/sh", "/bin/login", "/usr/bin/setsid", "/usr/bin/sleep", "/usr/bin/stty", "/usr/bin/env");

    private static final String COMMON = """

            seconds() { read -r now rest </proc/uptime; now=${now%%.*}; }
            # Pauses without an end in sight are cut short by a stop, since the trap interrupts wait. Where no process can be
            # started to wait for, a second goes by on the processor.
            pause() {
                if command eval 'sleep "$(($1 / 10)).$(($1 % 10))" &' 2>/dev/null; then
                    wait $!
                else
                    seconds; until=$((now + 2))
                    while [ "$now" -lt "$until" ]; do seconds; done
                fi
            }
            """;

    private static final String STOP = """

            stop() {
                trap : TERM PWR
                service=${supervisor:-}
                supervisor=
                [ -z "$service" ] || { kill -TERM "$service" 2>/dev/null && wait "$service"; }
                [ ! -x /etc/rc.partition ] || command eval '/etc/rc.partition stop </dev/null'
                kill -s TERM -- -1 2>/dev/null
                # What is stopped must run to hear it.
                kill -s CONT -- -1 2>/dev/null
                # Login shells ignore TERM and heed HUP; for a daemon on its way out HUP could be the end.
                for process in /proc/[0-9]*; do
                    words=
                    read -r words <"$process/cmdline"
                    case $words in -*) kill -HUP "${process#/proc/}" ;; esac
                done 2>/dev/null
                patience=40
                while [ "$patience" -gt 0 ] && kill -s 0 -- -1 2>/dev/null; do
                    command eval 'sleep 0.05' 2>/dev/null
                    patience=$((patience - 1))
                done
                exit 0
            }
            trap '' HUP
            trap stop TERM PWR
            """;

    private static final String HOOK = """

            start_hook() { [ ! -x /etc/rc.partition ] || /etc/rc.partition start </dev/null; }
            """;

    private static final String SUPERVISOR = """

            # state, pid, starts and the last status, for anybody to read.
            service_status() { printf 'state=%s pid=%s starts=%s status=%s\\n' "$@" >/run/service.status; }
            supervise() {
                pid=
                ending=
                starts=0
                status=-
                trap 'ending=1; [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null' TERM
                delay=2
                while [ -z "$ending" ]; do
                    seconds; began=$now
                    starts=$((starts + 1))
                    if command eval 'env --default-signal setsid "$@" </dev/null &'; then
                        pid=$!
                        echo "$pid" >/run/service.pid
                        service_status running "$pid" "$starts" "$status"
                        while :; do
                            wait "$pid"; status=$?
                            kill -0 "$pid" 2>/dev/null || break
                        done
                        pid=
                        command eval 'rm -f /run/service.pid'
                    else
                        status=126
                    fi
                    [ -z "$ending" ] || break
                    again || { service_status ended - "$starts" "$status"; return; }
                    seconds
                    [ $((now - began)) -lt 10 ] || delay=2
                    printf 'Service ended with status %s; starting it again in %s.%s s\\n' \\
                        "$status" $((delay / 10)) $((delay % 10))
                    service_status waiting - "$starts" "$status"
                    pause "$delay"
                    delay=$((delay * 2)); [ "$delay" -le 300 ] || delay=300
                done
                service_status stopped - "$starts" "$status"
            }
            """;

    private static final String CONSOLE = """

            delay=2
            while :; do
                seconds; began=$now
                if command eval 'setsid sh -c "$session" session &'; then wait $!; fi
                seconds
                if [ $((now - began)) -ge 2 ]; then delay=2; fi
                pause "$delay"
                delay=$((delay * 2)); [ "$delay" -le 50 ] || delay=50
                command eval 'stty -F /dev/console sane' 2>/dev/null
            done
            """;

    private SmallInit() {}

    static InitProgram shell(PartitionName hostname, boolean automaticLogin) {
        return program(script(hostname, automaticLogin, "", "start_hook &\n"));
    }

    static InitProgram withService(Init.Service service, PartitionName hostname, boolean automaticLogin) {
        String supervisor = SUPERVISOR + again(service.restart());
        String start = "{ start_hook; supervise " + ShellText.quote(service.command()) + "; } &\nsupervisor=$!\n";
        return program(script(hostname, automaticLogin, supervisor, start));
    }

    private static InitProgram program(String script) {
        return new InitProgram(
                InitProgram.ARGUMENTS,
                InitProgram.ENVIRONMENT,
                List.of(InitProgram.DIRECTORY),
                Map.of(InitProgram.SCRIPT, script),
                Map.of(),
                PROGRAMS,
                InitProgram.SIGTERM);
    }

    private static String script(PartitionName hostname, boolean automaticLogin, String supervisor, String start) {
        return ShellText.greeting(hostname.value())
                + COMMON
                + STOP
                + HOOK
                + supervisor
                + "\n"
                + start
                + "session="
                + ShellText.quote(session(hostname.value(), automaticLogin))
                + "\n"
                + CONSOLE;
    }

    /**
     * One session on the console: its shell is a session leader that opens the console and so gets it as its
     * controlling terminal. The name is asked for here, because login(1) gives up after a minute and would fill the
     * console's history.
     */
    private static String session(String hostname, boolean automaticLogin) {
        String open = "exec <>/dev/console >&0 2>&0\n";
        if (automaticLogin) {
            return open + "exec login -f root";
        }
        return open
                + "user=\n"
                + "while [ -z \"$user\" ]; do printf '%s login: ' "
                + ShellText.quote(hostname)
                + "; read -r user || exit 0; done\n"
                + "exec login -- \"$user\"";
    }

    /** The shell function that says whether a service that ended with $status runs again. */
    private static String again(Init.Restart restart) {
        String condition =
                switch (restart) {
                    case ALWAYS -> "true";
                    case ON_FAILURE -> "[ \"$status\" -ne 0 ]";
                    case NEVER -> "false";
                };
        return "# Restart policy: " + restart.name().toLowerCase(Locale.ROOT) + "\nagain() { " + condition + "; }\n";
    }
}
