package io.bulkhead.manager.start;

import static io.bulkhead.manager.start.Perl.SYS_MOUNT;
import static io.bulkhead.manager.start.Perl.SYS_SETGID;
import static io.bulkhead.manager.start.Perl.SYS_SETGROUPS;
import static io.bulkhead.manager.start.Perl.SYS_SETNS;
import static io.bulkhead.manager.start.Perl.SYS_SETUID;
import static io.bulkhead.manager.start.Perl.SYS_UNSHARE;

import io.bulkhead.manager.sys.ProcessEnd;
import java.util.List;

/**
 * The holder's program, whose child becomes process 1. The tools of util-linux would be four programs one after the other, and
 * loading them took as long as building the root. It loads no module, and looks up one path: the console's, in the child.
 * Pure; any thread.
 *
 * <p>Descriptors: {@value PartitionStarter#HOLDERS_MASTER} is the console's master, 4 a pipe on which it is told to go on, 5
 * a slave of the console, 6 the user namespace, 7 the network namespace where one was made ahead. Those that Perl opens anew close by themselves at an exec.
 */
final class HolderProgram {
    /** How it ends where it cannot go on; what cannot be said in a status is nowhere, since its errors go to /dev/null. */
    private static final int NO_NETWORK = 89;

    private static final int NO_GATE = 90;

    private static final int NO_USER_NAMESPACE = 91;
    private static final int NOT_ITS_ROOT = 92;
    private static final int NO_NAMESPACES = 93;
    private static final int NO_CHILD = 94;

    /**
     * It ends as its child has ended, by the same signal too: reboot(2) inside shows in how the kernel kills process 1. The
     * mounts are unshared last of all, which locks what was mounted before: mount_namespaces(7).
     */
    private static final String SCRIPT = """
            my ($gated, $joins, $setns, $setgroups, $setgid, $setuid, $unshare, $mount) = map $_ + 0, splice @ARGV, 0, 8;
            sub await { sysread GO, my $newline, 1 or exit $_[0] }
            open GO, '<&=', 4 or exit 90;
            await(90) if $gated;
            syscall($setns, 6, 0x10000000) == 0 or exit 91;
            syscall($setgroups, 0, 0) == 0 && syscall($setgid, 0) == 0 && syscall($setuid, 0) == 0 or exit 92;
            syscall($setns, 7, 0x40000000) == 0 or exit 89 if $joins;
            syscall($unshare, $joins ? 0x2e000000 : 0x6e000000) == 0 or exit 93;
            my $child = fork;
            defined $child or exit 94;
            if ($child) {
              $SIG{INT} = $SIG{TERM} = 'IGNORE';
              $0 = 'bulkhead-holder';
              waitpid $child, 0;
              my $signal = $? & 127;
              $SIG{INT} = $SIG{TERM} = 'DEFAULT';
              kill $signal, $$ if $signal;
              exit $? >> 8;
            }
            open MASTER, '+<&=', 3;
            open SLAVE, '+<&=', 5;
            open USERS, '<&=', 6;
            open NETWORK, '<&=', 7 if $joins;
            await(98);
            open STDIN, '+<', '/dev/console' and open STDOUT, '>&STDIN' and open STDERR, '>&STDIN' or exit 95;
            delete $ENV{PERL_HASH_SEED};
            my $hosts = delete $ENV{%s};
            hosts($hosts) if defined $hosts;
            my ($none, $root) = ('none', '/');
            syscall($unshare, 0x20000) == 0 && syscall($mount, $none, $root, 0, 0x44000, 0) == 0 or exit 96;
            exec { $ARGV[0] } @ARGV or exit 97;
            """.formatted(HostsBlock.VARIABLE) + HostsBlock.SUBROUTINE;

    private HolderProgram() {}

    /**
     * Its command line.
     *
     * @param gated whether it waits for a newline before it does anything; process 1 waits for one in any case
     * @param joinsNetwork whether descriptor 7 is its network namespace; it makes one otherwise
     * @param init what process 1 executes
     */
    static List<String> command(boolean gated, boolean joinsNetwork, List<String> init) {
        return Perl.command(
                SCRIPT,
                List.of(
                        gated ? 1 : 0,
                        joinsNetwork ? 1 : 0,
                        SYS_SETNS,
                        SYS_SETGROUPS,
                        SYS_SETGID,
                        SYS_SETUID,
                        SYS_UNSHARE,
                        SYS_MOUNT),
                init);
    }

    /** Why it has ended before it had a child. */
    static String reason(ProcessEnd end) {
        String reason = end instanceof ProcessEnd.Exited exited
                ? switch (exited.status()) {
                    case NO_NETWORK -> "it could not join the network that was made for it";
                    case NO_GATE -> "it was not told to go on";
                    case NO_USER_NAMESPACE -> "it could not join the user namespace";
                    case NOT_ITS_ROOT -> "it could not become root of the user namespace";
                    case NO_NAMESPACES -> "the kernel gave it no namespaces; are user.max_*_namespaces used up?";
                    case NO_CHILD -> "it could not fork; are its groups' tasks used up?";
                    default -> "Perl could not run it";
                }
                : "somebody killed it";
        return "the holder " + end + ": " + reason;
    }
}
