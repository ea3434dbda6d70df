package io.bulkhead.manager.start;

import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.sys.Architecture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Little programs that make system calls and then become something else. In Perl, since that is what every Debian has
 * (perl-base is essential), what can make any call and what has one thread, as joining a user namespace wants. Pure; any
 * thread.
 */
public final class Perl {
    public static final String PROGRAM = "/usr/bin/perl";

    /** Numbers of system calls, asm/unistd.h. */
    public static final int SYS_SETNS = Architecture.pick(308, 268);

    public static final int SYS_SETGROUPS = Architecture.pick(116, 159);
    public static final int SYS_SETGID = Architecture.pick(106, 144);
    public static final int SYS_SETUID = Architecture.pick(105, 146);
    public static final int SYS_UNSHARE = Architecture.pick(272, 97);
    public static final int SYS_MOUNT = Architecture.pick(165, 40);
    public static final int SYS_FCHDIR = Architecture.pick(81, 50);
    public static final int SYS_CLOCK_GETTIME = Architecture.pick(228, 113);

    private static final int SYS_PRCTL = Architecture.pick(157, 167);
    private static final int SYS_SECCOMP = Architecture.pick(317, 277);

    /**
     * A function {@code restrain} that takes capabilities out of the bounding set, prctl(2) PR_CAPBSET_DROP, and installs a
     * filter, seccomp(2) SECCOMP_SET_MODE_FILTER: its arguments are the first two of {@link Restraints#words}. It has every
     * capability in its user namespace, so it needs no no-new-privileges, with which no set-user-id program would work.
     */
    public static final String RESTRAIN =
            """
            sub restrain {
              my ($filter, $capabilities) = @_;
              for (split /,/, $capabilities) { syscall(PRCTL, 24, $_ + 0, 0, 0, 0) == 0 or return 0 }
              my $bytes = pack 'H*', $filter;
              syscall(SECCOMP, 1, 0, pack 'S x6 P', length($bytes) / 8, $bytes) == 0
            }
            """.replace("PRCTL", Integer.toString(SYS_PRCTL)).replace("SECCOMP", Integer.toString(SYS_SECCOMP));

    private Perl() {}

    /**
     * The command line of a script; {@code -f}: nothing of the host's own (sitecustomize.pl) runs with it.
     *
     * @param numbers its first arguments
     * @param command its further ones
     */
    public static List<String> command(String script, List<Integer> numbers, List<String> command) {
        List<String> words = new ArrayList<>(List.of(PROGRAM, "-f", "-e", script));
        numbers.forEach(number -> words.add(number.toString()));
        words.addAll(command);
        return words;
    }

    /**
     * Its environment, from that of the program it becomes, which has to strike {@code PERL_HASH_SEED} again: with a seed
     * given, Perl reads none from the kernel, a tenth of its start.
     */
    public static Map<String, String> environment(Map<String, String> ofCommand) {
        Map<String, String> environment = new HashMap<>(ofCommand);
        environment.put("PERL_HASH_SEED", "0");
        return environment;
    }
}
