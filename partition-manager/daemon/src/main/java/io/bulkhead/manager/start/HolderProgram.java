package io.bulkhead.manager.start;

import static io.bulkhead.manager.start.Perl.SYS_CLOCK_GETTIME;
import static io.bulkhead.manager.start.Perl.SYS_MOUNT;
import static io.bulkhead.manager.start.Perl.SYS_SETGID;
import static io.bulkhead.manager.start.Perl.SYS_SETGROUPS;
import static io.bulkhead.manager.start.Perl.SYS_SETNS;
import static io.bulkhead.manager.start.Perl.SYS_SETUID;
import static io.bulkhead.manager.start.Perl.SYS_UNSHARE;

import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.sys.ProcessEnd;
import java.util.ArrayList;
import java.util.List;

/**
 * The holder's program, whose child becomes process 1. The tools of util-linux would be four programs one after the other, and
 * loading them took as long as building the root. It loads no module, and looks up one path of the host's, before it has a
 * child, and the console's, in the child.
 * Pure; any thread.
 *
 * <p>Descriptors: {@value PartitionStarter#HOLDERS_MASTER} is the console's master, 4 a pipe on which it is told to go on, a
 * newline for each time, 5 a slave of the console, 6 the user namespace, 7 what {@link BirthSigns} reads, 8 the network namespace where
 * one was made ahead. Those
 * that Perl opens anew close by themselves at an exec.
 */
final class HolderProgram {
    /** How it ends where it cannot go on; what cannot be said in a status is nowhere, since its errors go to /dev/null. */
    private static final int NO_NETWORK = 87;

    private static final int NO_GATE = 90;

    private static final int NO_USER_NAMESPACE = 91;
    private static final int NOT_ITS_ROOT = 92;
    private static final int NO_NAMESPACES = 93;
    private static final int NO_CHILD = 94;
    private static final int NO_CLOCKS = 88;
    private static final int NO_LIMITS = 89;
    private static final int NO_CONSOLE = 95;
    private static final int NO_OWN_MOUNTS = 96;
    private static final int NOT_RESTRAINED = 99;

    /**
     * It ends as its child has ended, by the same signal too: reboot(2) inside shows in how the kernel kills process 1. The
     * limits in /proc/sys/user are set and read back on the host's proc, in which they are those of whoever opens a file: it
     * keeps them open, so that the manager can read them through it. The mounts are unshared when all are there, which locks
     * them: mount_namespaces(7). What restrains process 1 comes last, before it waits for its release, so that it can be
     * proved, and what can be taken away again be mounted there.
     *
     * <p>Monotonic and boot clock begin at its birth, to the second, where the kernel has time namespaces: time_namespaces(7).
     * The file for that is opened while it is still the host's root, whose alone it is.
     */
    private static final String SCRIPT = Perl.RESTRAIN
            + """
            my ($gated, $joins, $setns, $setgroups, $setgid, $setuid, $unshare, $mount) = map $_ + 0, splice @ARGV, 0, 8;
            my ($filter, $capabilities, $objects) = splice @ARGV, 0, 3;
            sub await { sysread GO, my $newline, 1 or exit $_[0] }
            open GO, '<&=', 4 or exit 90;
            await(90) if $gated;
            open my $clocks, '+<', '/proc/self/timens_offsets';
            syscall($setns, 6, 0x10000000) == 0 or exit 91;
            syscall($setgroups, 0, 0) == 0 && syscall($setgid, 0) == 0 && syscall($setuid, 0) == 0 or exit 92;
            my @kept;
            for (split /,/, $objects) {
              my ($name, $value, $now, $file) = split /=/;
              open $file, '>', "/proc/sys/user/$name" and syswrite $file, $value and close $file or exit 89;
              open $file, '<', "/proc/sys/user/$name" and sysread $file, $now, 32 and $now == $value or exit 89;
              push @kept, $file;
            }
            syscall($setns, 8, 0x40000000) == 0 or exit 87 if $joins;
            syscall($unshare, $joins ? 0x2e000000 : 0x6e000000) == 0 or exit 93;
            if (defined fileno $clocks) {
              my @now = map { my $time = ' ' x 16; syscall(CLOCK_GETTIME, $_, $time) == 0 or exit 88; unpack 'q', $time } 1, 7;
              syscall($unshare, 0x80) == 0 or exit 93;
              syswrite $clocks, sprintf "monotonic -%d 0\nboottime -%d 0\n", @now or exit 88;
              close $clocks;
            }
            open TOLD, '>&=', 7 or exit 94;
            my $child = fork;
            defined $child or exit 94;
            if ($child) {
              close TOLD;
              $SIG{INT} = $SIG{TERM} = 'IGNORE';
              $0 = 'bulkhead-holder';
              waitpid $child, 0;
              my $signal = $? & 127;
              $SIG{INT} = $SIG{TERM} = 'DEFAULT';
              kill $signal, $$ if $signal;
              exit $? >> 8;
            }
            syswrite TOLD, "\n";
            open MASTER, '+<&=', 3;
            open SLAVE, '+<&=', 5;
            open USERS, '<&=', 6;
            open NETWORK, '<&=', 8 if $joins;
            await(98);
            open STDIN, '+<', '/dev/console' and open STDOUT, '>&STDIN' and open STDERR, '>&STDIN' or exit 95;
            delete $ENV{PERL_HASH_SEED};
            my $hosts = delete $ENV{HOSTS_VARIABLE};
            hosts($hosts) if defined $hosts;
            my ($none, $root) = ('none', '/');
            syscall($unshare, 0x20000) == 0 && syscall($mount, $none, $root, 0, 0x44000, 0) == 0 or exit 96;
            restrain($filter, $capabilities) or exit 99;
            syswrite TOLD, "\n";
            await(98);
            exec { $ARGV[0] } @ARGV or exit 97;
            """.replace("CLOCK_GETTIME", Integer.toString(SYS_CLOCK_GETTIME))
                    .replace("HOSTS_VARIABLE", HostsBlock.VARIABLE)
            + HostsBlock.SUBROUTINE;

    private HolderProgram() {}

    /**
     * Its command line.
     *
     * @param gated whether it waits for a newline before it does anything; process 1 waits for one in any case
     * @param joinsNetwork whether descriptor 8 is its network namespace; it makes one otherwise
     * @param restraints of process 1
     * @param init what process 1 executes
     */
    static List<String> command(boolean gated, boolean joinsNetwork, Restraints restraints, List<String> init) {
        List<String> words = new ArrayList<>(restraints.words());
        words.addAll(init);
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
                words);
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
                    case NO_CLOCKS -> "the kernel did not take the offsets of its clocks";
                    case NO_LIMITS -> "the kernel did not take its limits in /proc/sys/user";
                    case NO_CHILD -> "it could not fork; are its groups' tasks used up?";
                    case NO_CONSOLE -> "process 1 could not open its console";
                    case NO_OWN_MOUNTS -> "process 1 could not lock its mounts";
                    case NOT_RESTRAINED -> "process 1 could not put on its filter of system calls or drop capabilities";
                    default -> "Perl could not run it";
                }
                : "somebody killed it";
        return "the holder " + end + ": " + reason;
    }
}
