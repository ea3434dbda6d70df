package io.bulkhead.manager.enter;

import static io.bulkhead.manager.start.Perl.SYS_FCHDIR;
import static io.bulkhead.manager.start.Perl.SYS_SETGID;
import static io.bulkhead.manager.start.Perl.SYS_SETGROUPS;
import static io.bulkhead.manager.start.Perl.SYS_SETNS;
import static io.bulkhead.manager.start.Perl.SYS_SETUID;

import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.start.Perl;
import java.util.ArrayList;
import java.util.List;

/**
 * The program that joins a partition and has the command as its child, whose end becomes its own. Not nsenter(1), which stops
 * itself when its child is stopped and is not continued with it: systemd stops every process inside before it ends them, and
 * would wait for a child that nobody reaps. Pure; any thread.
 *
 * <p>Descriptors: 0 to 2 are the command's, {@value #GATE} a pipe on which it is told to go on, those from {@value
 * #FIRST_NAMESPACE} the namespaces of {@link #NAMESPACES}, and the next one the root. None but the command's reaches it.
 */
final class EnterProgram {
    static final int GATE = 3;
    static final int FIRST_NAMESPACE = 4;

    /** Files in /proc/PID/ns, in the order in which they are joined: the user namespace gives the right to the others. */
    static final List<String> NAMESPACES = List.of("user", "mnt", "pid", "uts", "ipc", "net", "cgroup");

    static final int ROOT = FIRST_NAMESPACE + NAMESPACES.size();

    private static final String SCRIPT = Perl.RESTRAIN + """
            my ($setns, $setgroups, $setgid, $setuid, $fchdir, $gate, $first, $root) = map $_ + 0, splice @ARGV, 0, 8;
            my ($filter, $capabilities) = splice @ARGV, 0, 3;
            my @held = map { open my $file, '<&=', $_; $file } $gate .. $root;
            sysread $held[0], my $newline, 1 or exit 99;
            syscall($setns, $_, 0) == 0 or die "cannot join namespace $_: $!\\n" for $first .. $root - 1;
            syscall($fchdir, $root) == 0 && chroot '.' or die "cannot go to the root: $!\\n";
            syscall($setgroups, 0, 0) == 0 && syscall($setgid, 0) == 0 && syscall($setuid, 0) == 0
              or die "cannot become root: $!\\n";
            my $child = fork;
            defined $child or die "cannot fork: $!\\n";
            if ($child) {
              @held = ();
              $0 = 'bulkhead-exec';
              waitpid $child, 0;
              my $signal = $? & 127;
              kill $signal, $$ if $signal;
              exit $? >> 8;
            }
            restrain($filter, $capabilities) or die "cannot restrain the command: $!\n";
            exec { $ARGV[0] } @ARGV or die "cannot execute $ARGV[0]: $!\\n";
            """;

    private EnterProgram() {}

    /**
     * Its command line.
     *
     * @param restraints of the command
     * @param inside what it executes inside; sets an environment of its own
     */
    static List<String> command(Restraints restraints, List<String> inside) {
        List<String> words = new ArrayList<>(restraints.words());
        words.addAll(inside);
        return Perl.command(
                SCRIPT,
                List.of(SYS_SETNS, SYS_SETGROUPS, SYS_SETGID, SYS_SETUID, SYS_FCHDIR, GATE, FIRST_NAMESPACE, ROOT),
                words);
    }
}
