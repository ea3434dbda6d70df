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
import java.util.stream.Stream;

/**
 * The program that joins a partition and has the command as its child, whose end becomes its own. Not nsenter(1), which stops
 * itself when its child is stopped and is not continued with it: systemd stops every process inside before it ends them, and
 * would wait for a child that nobody reaps. Pure; any thread.
 *
 * <p>Descriptors: 0 to 2 are the command's, {@value #GATE} a pipe on which it is told to go on, those from {@value
 * #FIRST_NAMESPACE} the namespaces of {@link #namespaces}, and the next one the root. None but the command's reaches it.
 */
final class EnterProgram {
    static final int GATE = 3;
    static final int FIRST_NAMESPACE = 4;

    /** Files in /proc/PID/ns, in the order in which they are joined: the user namespace gives the right to the others. */
    private static final List<String> NAMESPACES = List.of("user", "mnt", "pid", "uts", "ipc", "net", "cgroup");

    /**
     * The same where the kernel has time namespaces. That one goes first: a partition of before may have none of its own, and
     * the host's can be joined by the host's root alone.
     */
    private static final List<String> WITH_CLOCKS =
            Stream.concat(Stream.of("time"), NAMESPACES.stream()).toList();

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

    /** @param clocks whether the kernel has time namespaces */
    static List<String> namespaces(boolean clocks) {
        return clocks ? WITH_CLOCKS : NAMESPACES;
    }

    private static int root(boolean clocks) {
        return FIRST_NAMESPACE + namespaces(clocks).size();
    }

    /**
     * Its command line.
     *
     * @param clocks whether the kernel has time namespaces
     * @param restraints of the command
     * @param inside what it executes inside; sets an environment of its own
     */
    static List<String> command(boolean clocks, Restraints restraints, List<String> inside) {
        List<String> words = new ArrayList<>(restraints.words());
        words.addAll(inside);
        return Perl.command(
                SCRIPT,
                List.of(
                        SYS_SETNS,
                        SYS_SETGROUPS,
                        SYS_SETGID,
                        SYS_SETUID,
                        SYS_FCHDIR,
                        GATE,
                        FIRST_NAMESPACE,
                        root(clocks)),
                words);
    }
}
